"""A photograph taken in the app: small, bare, sealed on the phone, and at the centre once the line is back."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Playwright, expect

from server.centre import open_centre
from server.storage.blobs import open_blobs
from tests.command import finish
from tests.journeys.film import HEIGHT, WIDTH, page_picture, shoot
from tests.journeys.others import Others
from tests.journeys.phone import PhoneUser, ServedCentre, phone_user

VERIFIED = "城乡居民养老保险待遇领取资格认证"
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


def reach_materials(user: PhoneUser) -> None:
    """Up to the materials of a service that is photographed, for a resident who is registered."""
    page = user.page
    user.press("开始上门办理")
    user.screen("为谁办？")
    page.get_by_role("listitem").get_by_role("button").first.click()
    user.screen("办什么事？")
    user.fill("事项名称", "资格认证")
    user.choose(VERIFIED)
    user.screen("填写")
    user.fill("联系电话", "19900001111")
    user.fill("见面日期", "2026-11-20")
    user.choose("上门见面")
    user.press("下一步")
    user.screen("材料")


def file_photograph(user: PhoneUser) -> None:
    """A visit with one photograph, from the first screen back to Today. The user may use the camera."""
    reach_materials(user)
    user.choose("拍照")
    user.press("拍照")
    user.page.get_by_role("button", name="拍下", disabled=False).wait_for()
    user.picture("camera")
    user.press("拍下")
    user.page.get_by_role("img", name="照片 1").wait_for()
    user.picture("taken")
    finish_on_paper(user)


def file_again(user: PhoneUser) -> None:
    """What was refused, from its content: nobody photographs again what the centre has."""
    user.press("1 项中心没有照办")
    user.screen("中心的答复")
    user.see("恢复后用原内容重办")
    user.press("用原内容重办")
    user.screen("填写")
    user.press("下一步")
    user.screen("材料")
    user.see("已上传到中心")
    user.picture("named_again")
    finish_on_paper(user)


def named_file(case: dict[str, Any]) -> str:
    """The first file that a case names; empty when there is none."""
    return next((str(one["file"]) for one in case.values() if isinstance(one, dict) and one.get("file")), "")


def finish_on_paper(user: PhoneUser) -> None:
    """From the materials to Today, with a consent that was signed on paper."""
    user.press("下一步")
    user.screen("委托与同意")
    user.choose("已全部读给本人听")
    for tick in user.page.get_by_text("同意使用：").all():
        tick.click()
    user.choose("已在纸上签名")
    user.press("下一步")
    user.press("本人确认，完成办理")
    user.screen("回执")
    user.press("回到今天")


def everything_in(profile: Path) -> bytes:
    """Whatever the browser wrote: databases, caches, logs."""
    return b"".join(path.read_bytes() for path in profile.rglob("*") if path.is_file())


def assert_sealed(photo: bytes, disk: bytes) -> None:
    """None of the photograph's own bytes lie on the disk; the tables of the format, which are in many a file, may."""
    pieces = [photo[at : at + 48] for at in range(0, len(photo) - 48, 48)]
    telling = [piece for piece in pieces if len(set(piece)) >= 28][:40]
    assert len(telling) > 10
    for piece in telling:
        assert piece not in disk, "the photograph lies in the clear"


def test_a_photograph_goes_up_once_even_when_its_filing_is_refused_and_done_again(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    profile, others = tmp_path / "profile", Others(centre)
    with phone_user(driver, profile, centre.address, "photograph", arguments=CAMERA) as user:
        user.context.grant_permissions(["camera"])
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.go_offline()
        file_photograph(user)
        user.see("1 张照片在排队")
        assert user.page.get_by_text("都已送达中心").count() == 0
        kept = b"".join(path.read_bytes() for path in profile.rglob("*") if path.is_file() and "IndexedDB" in str(path))
        assert b"JFIF" not in kept
        waiting = everything_in(profile)
        others.item_step(VERIFIED, "item.suspend", "系统升级")
        user.go_online()
        user.press("现在送出")
        user.see("1 项中心没有照办")
        user.see("都已送达中心")
        others.item_step(VERIFIED, "item.resume", "升级完成")
        user.exchange()
        user.go_offline()
        file_again(user)
        user.go_online()
        user.press("现在送出")
        user.see("都已送达中心")

    [(_, case)] = [one for one in others.all("case", "cases") if named_file(one[1])]
    assert case["state"] == "received"
    [(blob, kind)] = stored_files(centre)
    assert kind == "image/jpeg"
    assert_sealed(blob, waiting)
    assert_sealed(blob, everything_in(profile))
    with Image.open(io.BytesIO(blob)) as picture:
        assert max(picture.size) <= 1_600
        assert not picture.getexif()


def test_what_is_on_file_is_chosen_and_the_camera_says_what_stands_in_the_way(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    night, page = Image.new("L", (WIDTH, HEIGHT), 12), page_picture()
    camera = shoot(tmp_path / "film.y4m", [night] * 8 + [page] * 8)
    others = Others(centre)
    with phone_user(driver, tmp_path / "profile", centre.address, "aiming", arguments=camera) as user:
        user.context.grant_permissions(["camera"])
        user.enrol(centre.code())
        user.see("都已送达中心")
        name = first_resident(user)
        [resident] = [one for one, fields in others.all("resident", "residents") if fields["name"] == name]
        others.keep_licence(resident, "身份证")
        user.press("现在送出")
        user.see("都已送达中心")
        ask_for_card(user)
        card = user.page.get_by_role("group", name="居民身份证")
        expect(card.get_by_label("证照库已有，不用带")).to_be_checked()
        expect(card.get_by_text("证照库里有")).to_be_visible()
        user.choose("收了纸质件", card)
        user.press("返回")
        user.screen("填写")
        user.press("下一步")
        expect(card.get_by_label("收了纸质件")).to_be_checked()

        photo = user.page.get_by_role("group", name="近期一寸免冠照片")
        user.choose("拍照", photo)
        photo.get_by_role("button", name="拍照").click()
        user.see("太暗了，开灯或挪到亮处")
        user.see("四边都看到了，可以拍")
        user.picture("aiming")


def test_a_card_that_may_be_kept_is_photographed_once_and_shown_again(
    driver: Playwright, either: ServedCentre, tmp_path: Path
) -> None:
    others, files = Others(either), len(stored_files(either))
    with phone_user(driver, tmp_path / "profile", either.address, "keeping", arguments=CAMERA) as user:
        user.context.grant_permissions(["camera"])
        user.enrol(either.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        ask_for_card(user, person=1)
        card = user.page.get_by_role("group", name="居民身份证")
        user.choose("拍照", card)
        for n in (1, 2):
            card.get_by_role("button", name="拍").click()
            user.page.get_by_role("button", name="拍下", disabled=False).wait_for()
            user.press("拍下")
            card.get_by_role("img", name=f"照片 {n}").wait_for()
        user.choose("本人同意留着这张身份证，以后办事不用再拍", card)
        user.picture("keep")
        finish_on_paper(user)

        # Still without a network, for another service: shown again, and a draft that is given up takes nothing away.
        for is_finished in (False, True):
            ask_for_bus_card(user, person=1)
            card = user.page.get_by_role("group", name="居民身份证")
            card.get_by_role("button", name="用上次拍的照片").click()
            card.get_by_role("img", name="照片 2").wait_for()
            user.picture("shown_again")
            if is_finished:
                finish_on_paper(user)
            else:
                give_up(user)
        user.go_online()
        user.press("现在送出")
        user.see("都已送达中心")

    [(_, kept)] = [(record, one) for record, one in others.all("licence", "licences") if one["source"] == "helper"]
    assert (kept["kind"], kept["trust"], kept["state"]) == ("身份证", "C", "held")
    sides = [page["file"] for page in kept["pages"]]
    cases = [one for _, one in others.all("case", "cases") if one["resident"] == kept["resident"]]
    named = [[value["file"], *(page["file"] for page in value["pages"])] for value in map(pictured, cases) if value]
    assert named == [sides, sides], "both cases name the same two pictures"
    assert len(stored_files(either)) == files + 2, "which went up once"


def pictured(case: dict[str, Any]) -> Any:
    """What a case says of the material that was photographed."""
    return next((one for one in case.values() if isinstance(one, dict) and one.get("pages")), None)


def give_up(user: PhoneUser) -> None:
    """Back to the first step, and the draft is deleted."""
    for title in ("填写", "办什么事？", "为谁办？"):
        user.press("返回")
        user.screen(title)
    user.press("不办了，删除草稿")
    user.press("再点一次，删除草稿")
    user.screen("今天")


def begin_for(user: PhoneUser, person: int) -> None:
    user.press("开始上门办理")
    user.screen("为谁办？")
    user.page.get_by_role("listitem").get_by_role("button").nth(person).click()
    user.screen("办什么事？")


def ask_for_bus_card(user: PhoneUser, person: int) -> None:
    begin_for(user, person)
    user.fill("事项名称", "乘车卡")
    user.choose("老年人免费(优惠)乘车卡办理")
    user.screen("填写")
    user.fill("联系电话", "19900001111")
    user.choose("村代领")
    user.press("下一步")
    user.screen("材料")


def ask_for_card(user: PhoneUser, person: int = 0) -> None:
    """Up to the materials of a card for a resident of the list, the one at its top if none is named."""
    begin_for(user, person)
    user.fill("事项名称", "老年卡")
    user.choose("老年人优待证(老年卡)申领")
    user.screen("填写")
    user.fill("联系电话", "19900001111")
    user.choose("电子证")
    user.press("下一步")
    user.screen("材料")


def first_resident(user: PhoneUser) -> str:
    """The one at the top of the list, whom nobody has begun to serve."""
    user.press("开始上门办理")
    user.screen("为谁办？")
    name = user.page.get_by_role("listitem").locator("strong").first.inner_text()
    user.press("不办了，删除草稿")
    user.screen("今天")
    return name


def stored_files(centre: ServedCentre, purpose: str = "material") -> list[tuple[bytes, str]]:
    """Every picture for this purpose that the centre holds whole."""

    async def read() -> list[tuple[bytes, str]]:
        async with open_centre(centre.settings) as opened, opened.database.read() as snapshot:
            blobs = open_blobs(centre.settings.blobs, opened.sealing)
            rows = await snapshot.fetch(
                "SELECT b.object, f.sha256, f.type FROM files f JOIN blobs b ON b.blob = f.blob "
                "WHERE f.purpose = ? AND f.state = 'stored'",
                [purpose],
            )
            return [(await blobs.get(key, sha256), kind) for key, sha256, kind in rows]

    return finish(read())
