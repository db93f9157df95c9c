"""Opening the store: by fingerprint or face beside the PIN, and what wrong PINs cost whoever found the phone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from tests.journeys.phone import PIN, PhoneUser, ServedCentre, phone_user


def by_name(centre: ServedCentre) -> str:
    """A passkey belongs to a name; a bare address has none."""
    return centre.address.replace("127.0.0.1", "localhost")


def give_finger(user: PhoneUser, *, has_prf: bool = True) -> None:
    """Chromium's virtual authenticator: a platform one that always finds its owner's finger."""
    line = user.context.new_cdp_session(user.page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
        "hasPrf": has_prf,
    }
    line.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def go_to_phone(user: PhoneUser) -> None:
    user.press("这台手机")
    user.screen("这台手机")


def turn_on(user: PhoneUser, pin: str = PIN) -> None:
    user.fill("先输入密码", pin)
    user.press("开启")


def test_a_finger_opens_beside_the_pin_and_can_be_turned_off(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", by_name(centre), "finger") as user:
        give_finger(user)
        user.enrol(centre.code())
        user.see("都已送达中心")
        go_to_phone(user)
        turn_on(user, "999999")
        user.see("密码不对")
        turn_on(user)
        user.see("已开启")
        user.picture("on")
        user.press("返回")
        user.press("锁上")
        user.see("您好")
        user.picture("locked")
        user.press("用指纹或面容打开")
        user.screen("今天")
        user.press("锁上")
        user.unlock()
        user.screen("今天")
        go_to_phone(user)
        user.press("关闭")
        user.page.get_by_role("button", name="开启").wait_for()
        user.press("返回")
        user.press("锁上")
        user.see("您好")
        assert user.page.get_by_role("button", name="用指纹或面容打开").count() == 0


def test_a_phone_whose_finger_gives_no_bytes_says_so_and_keeps_the_pin(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", by_name(centre), "finger_without") as user:
        give_finger(user, has_prf=False)
        user.enrol(centre.code())
        user.see("都已送达中心")
        go_to_phone(user)
        turn_on(user)
        user.see("没有认出来，或这台手机不支持")
        user.press("返回")
        user.press("锁上")
        user.unlock()
        user.screen("今天")


def test_reached_by_a_bare_address_a_finger_is_not_offered(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", centre.address, "finger_address") as user:
        give_finger(user)
        user.enrol(centre.code())
        go_to_phone(user)
        user.see("不能用指纹或面容打开")


def test_starting_the_phone_again_does_not_end_the_wait_after_wrong_pins(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with phone_user(driver, profile, centre.address, "wrong_pins") as user:
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.press("锁上")
        for _ in range(3):
            user.unlock("111222")
            user.see("密码不对")
        # Each further wrong one is let through only after a wait, and doubles the next.
        user.page.clock.install()
        for seconds in (2, 4, 8, 16):
            user.page.clock.fast_forward(seconds * 1_000 + 1_000)
            user.unlock("111222")
            user.see("密码不对")
    with phone_user(driver, profile, centre.address, "wrong_pins_again") as user:
        user.go_offline()
        user.open()
        user.unlock()
        user.see("输错次数太多")
        user.picture("waiting")
