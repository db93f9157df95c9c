"""From an activation code to an open store: scanned with the camera, or typed where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from server.actions.activate_account import activation_link
from tests.journeys.film import code_picture, shoot
from tests.journeys.phone import PIN, ServedCentre, phone_user

# As Android has one whose services are missing: it says that it reads QR codes and then cannot.
IN_NAME_ONLY = """globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ['qr_code'] }
  async detect() { throw new DOMException('service unavailable', 'NotSupportedError') }
}"""
# As Android has one that works; what it reads is told to it, since this machine's Chromium has none to ask.
OWN_DETECTOR = """globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ['qr_code'] }
  async detect(video) { return video.videoWidth ? [{ rawValue: %s }] : [] }
}"""


@pytest.mark.parametrize("detector", ["", IN_NAME_ONLY], ids=["no detector", "one in name only"])
def test_the_code_is_scanned_with_the_camera(
    driver: Playwright, centre: ServedCentre, tmp_path: Path, detector: str
) -> None:
    code = centre.code()
    other = code_picture("https://example.invalid/something-else")
    camera = shoot(tmp_path / "film.y4m", [other, code_picture(activation_link(centre.address, code))])
    with phone_user(driver, tmp_path / "profile", centre.address, "scanning", arguments=camera) as user:
        user.context.grant_permissions(["camera"])
        user.context.add_init_script(detector)
        user.open()
        user.screen("登记这台手机")
        user.picture("enrol")
        user.press("扫二维码")
        expect(user.page.get_by_label("激活码", exact=True)).to_have_value(code)
        user.fill("设置密码", PIN)
        user.fill("再输入一次密码", PIN)
        user.press("登记")
        user.see("都已送达中心")


def test_a_browser_that_reads_codes_itself_is_asked(driver: Playwright, centre: ServedCentre, tmp_path: Path) -> None:
    code = centre.code()
    camera = shoot(tmp_path / "film.y4m", [code_picture("not for the library")])
    with phone_user(driver, tmp_path / "profile", centre.address, "own_detector", arguments=camera) as user:
        user.context.grant_permissions(["camera"])
        user.context.add_init_script(OWN_DETECTOR % json.dumps(activation_link(centre.address, code)))
        fetched: list[str] = []
        user.page.on("request", lambda request: fetched.append(request.url))
        user.open()
        user.press("扫二维码")
        expect(user.page.get_by_label("激活码", exact=True)).to_have_value(code)
        assert not [one for one in fetched if "decode" in one], "the library was fetched for nothing"


def test_without_a_camera_a_picture_or_the_keyboard_does(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    code = centre.code()
    code_picture("nothing of ours").save(tmp_path / "other.png")
    code_picture(activation_link(centre.address, code)).save(tmp_path / "code.png")
    with phone_user(driver, tmp_path / "profile", centre.address, "scanning_without") as user:
        user.open()
        user.press("English")
        user.page.reload()
        user.screen("Enrol this phone")
        assert user.page.locator("html").get_attribute("lang") == "en", "it is read out in the language that was chosen"
        user.press("中文")
        user.press("扫二维码")
        user.see("用不了相机")
        user.picture("no_camera")
        user.page.locator("dialog input[type=file]").set_input_files(tmp_path / "other.png")
        user.see("这不是激活码的二维码")
        user.press("改为输入")
        user.fill("激活码", "12345")
        user.press("登记")
        user.see("激活码是 10 位字母和数字")
        user.press("扫二维码")
        user.page.locator("dialog input[type=file]").set_input_files(tmp_path / "code.png")
        user.fill("设置密码", PIN)
        user.fill("再输入一次密码", PIN)
        user.press("登记")
        user.see("都已送达中心")
