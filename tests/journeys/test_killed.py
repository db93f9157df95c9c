"""A battery that dies at every bad moment of a visit: while a photograph is taken, while somebody signs, while a reply
is under way, while a photograph goes up. Nothing typed, signed or photographed is lost, nothing counts twice, and what
the dead phone's disk holds is sealed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Playwright, Route, expect

from server.centre import open_centre
from tests.command import finish
from tests.journeys.film import HEIGHT, WIDTH, shoot
from tests.journeys.others import Others
from tests.journeys.phone import PATIENCE_MS, PhoneUser, ServedCentre, phone_user
from tests.journeys.test_photographs import assert_sealed, everything_in, reach_materials, stored_files

MATERIAL = "拍照"


@dataclass
class Line:
    """What goes from the phone to the centre, and whose reply is held back for ever."""

    pieces: list[tuple[int, int]] = field(default_factory=list)
    """Of each piece of a photograph that went up, where it begins and how long it is."""
    is_to_hold: Callable[[Route], bool] = lambda route: False
    held: int = 0

    def carry(self, route: Route) -> None:
        request = route.request
        is_piece = request.method == "PATCH"
        if is_piece:
            body = request.post_data_buffer or b""
            self.pieces.append((int(request.headers["upload-offset"]), len(body)))
        if not self.is_to_hold(route):
            route.continue_()
            return
        route.fetch()
        self.held += 1

    def wait_until_held(self, user: PhoneUser) -> None:
        deadline = time.monotonic() + PATIENCE_MS / 1_000
        while not self.held:
            assert time.monotonic() < deadline, "nothing went over the line"
            user.page.wait_for_timeout(50)  # the routes' handlers run meanwhile


@dataclass
class Phone:
    """One phone over all its lives."""

    driver: Playwright
    centre: ServedCentre
    folder: Path
    lives: int = 0

    @contextmanager
    def life(self, line: Line | None = None) -> Iterator[PhoneUser]:
        self.lives += 1
        # Noise does not pack: a photograph of several pieces.
        noise = random.Random(7).randbytes(WIDTH * HEIGHT // 2) + bytes(WIDTH * HEIGHT // 2)
        camera = shoot(self.folder / "film.y4m", [Image.frombytes("L", (WIDTH, HEIGHT), noise)])
        name = f"killed_{self.lives}"
        with phone_user(self.driver, self.folder / "profile", self.centre.address, name, arguments=camera) as user:
            user.context.grant_permissions(["camera"])
            user.go_offline()
            if line:
                user.context.route("**/v1/exchange", line.carry)
                user.context.route("**/v1/uploads**", line.carry)
                user.context.route("**/v1/uploads/**", line.carry)
            if self.lives > 1:
                user.open()
                user.unlock()
                user.screen("今天")
            yield user


def go_on(user: PhoneUser, step: str) -> None:
    """The draft on Today, where it was left."""
    user.page.locator("section", has=user.page.get_by_role("heading", name="没办完的")).get_by_role("button").click()
    user.screen(step)


def photograph(user: PhoneUser) -> None:
    user.press("拍照")
    user.page.get_by_role("button", name="拍下", disabled=False).wait_for()
    user.press("拍下")


def changes_at(centre: ServedCentre) -> tuple[int, int]:
    """How many changes the centre has kept, and how many there are by their ids."""

    async def read() -> tuple[int, int]:
        async with open_centre(centre.settings) as opened, opened.database.read() as snapshot:
            [(rows, ids)] = await snapshot.fetch("SELECT count(*), count(DISTINCT id) FROM changes")
            return int(rows), int(ids)

    return finish(read())


def test_a_battery_that_dies_at_every_bad_moment_loses_nothing_and_doubles_nothing(
    driver: Playwright, either: ServedCentre, tmp_path: Path
) -> None:
    phone, others = Phone(driver, either, tmp_path), Others(either)
    with phone.life() as user:
        user.go_online()
        user.enrol(either.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        known = {record for record, _ in others.records("cases")}
        before = changes_at(either)[0]
        reach_materials(user)
        user.choose(MATERIAL)
        # It dies while the picture is drawn and sealed: whatever was kept before that is still there.
        photograph(user)
        user.die()

    with phone.life() as user:
        go_on(user, "材料")
        if not user.page.get_by_role("img", name="照片 1").count():
            photograph(user)
        user.page.get_by_role("img", name="照片 1").wait_for()
        # What is called kept is on the disk.
        user.draft_kept()
        user.die()

    with phone.life() as user:
        go_on(user, "材料")
        user.page.get_by_role("img", name="照片 1").wait_for()
        assert user.page.get_by_role("img", name="照片 2").count() == 0
        user.press("下一步")
        user.screen("委托与同意")
        user.choose("已全部读给本人听")
        for tick in user.page.get_by_text("同意使用：").all():
            tick.click()
        user.draft_kept()
        # In the middle of a stroke.
        box = user.page.get_by_role("img", name="请在框内签名").bounding_box()
        assert box
        user.page.mouse.move(box["x"] + 40, box["y"] + 40)
        user.page.mouse.down()
        user.page.mouse.move(box["x"] + 120, box["y"] + 80)
        user.die()

    with phone.life() as user:
        go_on(user, "委托与同意")
        expect(user.page.get_by_label("已全部读给本人听")).to_be_checked()
        for tick in user.page.get_by_label("同意使用：").all():
            expect(tick).to_be_checked()
        user.sign()
        user.draft_kept()
        user.die()

    with phone.life() as user:
        go_on(user, "委托与同意")
        user.page.get_by_role("button", name="重签", disabled=False).wait_for()
        user.press("下一步")
        user.press("本人确认，完成办理")
        user.screen("回执")
        receipt = user.page.locator(".number").first.inner_text().replace(" ", "")
        user.die()
    assert changes_at(either)[0] == before, "nothing has gone over any line yet"

    # The centre has taken the visit, and the phone dies before it hears so.
    line = Line(is_to_hold=lambda route: route.request.url.endswith("/v1/exchange"))
    with phone.life(line) as user:
        user.see("2 项还没有送达中心")
        user.see("2 张照片在排队")
        user.go_online()
        line.wait_until_held(user)
        user.die()
    assert changes_at(either)[0] == before + 2, "the centre had taken it"

    # Some pieces of the photograph have arrived, the last of them without a reply.
    line = Line()
    line.is_to_hold = lambda route: len(line.pieces) == 2 and route.request.method == "PATCH"
    with phone.life(line) as user:
        user.see("2 项还没有送达中心")
        user.go_online()
        line.wait_until_held(user)
        user.die()
    dead = everything_in(tmp_path / "profile")

    again = Line()
    with phone.life(again) as user:
        user.go_online()
        user.see("都已送达中心")
        assert user.page.get_by_text("没办完的").count() == 0
        user.picture("all_there")

    [case] = [record for record, _ in others.records("cases") if record not in known]
    assert others.fields("case", case)["receipt"] == receipt
    assert changes_at(either) == (before + 2, before + 2), "each change counts once"
    [(photo, _)] = stored_files(either)
    [(signature, _)] = stored_files(either, "signature")
    # The centre was sent each byte once: every life went on where the last one had come to.
    sent = sorted(line.pieces + again.pieces)
    assert sum(length for _, length in sent) == len(photo) + len(signature)
    assert_sealed(photo, dead)
    assert_sealed(photo, everything_in(tmp_path / "profile"))
