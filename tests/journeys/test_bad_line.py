"""A bad line: a station's login page, and two G with a cut every ten seconds. Nothing counts that did not arrive, and
everything arrives in the end.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, Playwright, Route

from tests.journeys.film import HEIGHT, WIDTH, shoot
from tests.journeys.phone import PATIENCE_MS, PhoneUser, ServedCentre, phone_user
from tests.journeys.picture_walk import file_cancelled
from tests.journeys.test_carrying import authors_of
from tests.journeys.test_first_visit import file_allowance
from tests.journeys.test_photographs import file_photograph, stored_files
from tests.small_centre import HELPER

BYTES_A_SECOND = 6_000
CUT_AFTER_S = 10.0
SLICE_S = 0.05


@dataclass
class SlowLine:
    """Passes bytes on to the centre; once slow, as slowly as 2G does, and cuts every connection after ten seconds."""

    port: int
    own_port: int = 0
    is_slow: bool = False
    cuts: int = 0
    bytes_up: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def slow_down(self) -> None:
        """Connections of better days end."""
        self.is_slow = True
        for one in list(self._open):
            self._loop.call_soon_threadsafe(one.transport.abort)

    @contextmanager
    def running(self) -> Iterator[SlowLine]:
        ready = threading.Event()
        thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._line, "127.0.0.1", 0))
        self.own_port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to, back = await asyncio.open_connection("127.0.0.1", self.port)
        self._open |= {writer, back}
        with suppress(OSError, asyncio.CancelledError):
            try:
                async with asyncio.timeout(CUT_AFTER_S if self.is_slow else None):
                    await asyncio.gather(self._pass(reader, back, up=True), self._pass(to, writer, up=False))
            except TimeoutError:
                self.cuts += 1
        for end in (writer, back):
            end.transport.abort()
            self._open.discard(end)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, up: bool) -> None:
        while piece := await source.read(int(BYTES_A_SECOND * SLICE_S)):
            target.write(piece)
            await target.drain()
            self.bytes_up += len(piece) if up and self.is_slow else 0
            if self.is_slow:
                await asyncio.sleep(len(piece) / BYTES_A_SECOND)
        target.write_eof()


class HeldUploads:
    """Photographs that wait at the phone's door until a test has looked around, however long it takes to."""

    def __init__(self) -> None:
        self._is_open = False
        self._waiting: list[Route] = []

    def take(self, route: Route) -> None:
        if self._is_open:
            route.continue_()
        else:
            self._waiting.append(route)

    def wait_for_one(self, user: PhoneUser) -> None:
        deadline = time.monotonic() + PATIENCE_MS / 1_000
        while not self._waiting:
            assert time.monotonic() < deadline, "no photograph was about to go"
            user.page.wait_for_timeout(50)  # the routes' handlers run meanwhile

    def let_go(self) -> None:
        self._is_open = True
        for route in self._waiting:
            with suppress(Error):  # the phone waits half a minute for an answer, and has given this one up
                route.continue_()


def hold_uploads(user: PhoneUser) -> HeldUploads:
    held = HeldUploads()
    user.context.route(re.compile(r"/v1/uploads"), held.take)
    return held


def test_on_two_g_with_a_cut_every_ten_seconds_everything_arrives(
    driver: Playwright, either: ServedCentre, tmp_path: Path
) -> None:
    before = authors_of(either, "case")
    # Noise does not pack: a photograph that takes longer than the line lasts.
    noise = random.Random(7).randbytes(WIDTH * HEIGHT // 2) + bytes(WIDTH * HEIGHT // 2)
    camera = shoot(tmp_path / "film.y4m", [Image.frombytes("L", (WIDTH, HEIGHT), noise)])
    line = SlowLine(int(either.address.rsplit(":", 1)[1]))
    with line.running():
        address = f"http://127.0.0.1:{line.own_port}"
        with phone_user(driver, tmp_path / "profile", address, "two_g", arguments=camera) as user:
            user.context.grant_permissions(["camera"])
            user.context.set_default_timeout(180_000)
            user.enrol(either.code())
            user.see("都已送达中心")
            user.wait_until_kept()
            user.go_offline()
            file_photograph(user)
            user.press("看每一项")
            user.screen("送出情况")
            user.see("等待送出")
            user.picture("waiting")
            line.slow_down()
            held = hold_uploads(user)
            user.go_online()
            # Text first: the filing is at the centre while its photograph is still on the way.
            user.see("正在送出")
            held.wait_for_one(user)
            assert authors_of(either, "case") == [*before, HELPER]
            assert not stored_files(either)
            user.picture("sending")
            held.let_go()
            user.press("返回")
            user.see("1 张照片在排队")
            user.see("都已送达中心")
            user.press("看每一项")
            user.see("已办妥")
            assert user.page.get_by_text("等待送出").count() == 0
            user.picture("settled")
    [(blob, _)] = stored_files(either)
    assert line.cuts > 0, "the line was cut on the way"
    assert line.bytes_up < 3 * len(blob) + 40_000, "what had arrived was not sent again and again"


def test_a_login_page_is_never_success_and_is_called_by_its_name(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    answers = {"page": 0, "redirect": 0}

    def welcome(route: Route) -> None:
        answers["page"] += 1
        route.fulfill(status=200, content_type="text/html", body="<!doctype html><title>欢迎使用车站无线网</title>")

    def lead_away(route: Route) -> None:
        answers["redirect"] += 1
        route.fulfill(status=302, headers={"Location": "/login"})

    with phone_user(driver, tmp_path / "profile", centre.address, "portal") as user:
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        file_allowance(user)
        user.press("回到今天")
        user.see("3 项还没有送达中心")
        for portal in (welcome, lead_away):
            user.context.route("**/v1/**", portal)
            user.go_online()
            user.press("现在送出")
            user.see("现在的网络要先登录")
            user.see("3 项还没有送达中心")
            assert user.page.get_by_text("都已送达中心").count() == 0
            user.picture("portal")
            user.context.unroute("**/v1/**")
            user.go_offline()
        assert all(answers.values()), answers
        user.go_online()
        user.press("现在送出")
        user.see("都已送达中心")
        assert user.page.get_by_text("现在的网络要先登录").count() == 0


def test_who_presses_while_an_attempt_fails_is_told_and_served_at_once(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    hanging: list[Route] = []

    def hold(route: Route) -> None:
        if hanging:
            route.continue_()
        else:
            hanging.append(route)

    with phone_user(driver, tmp_path / "profile", centre.address, "pressing") as user:
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        file_cancelled(user)
        user.press("现在送出")
        user.see("刚才没有连上中心")
        user.picture("not_reached")
        user.context.route("**/v1/exchange", hold)
        with user.page.expect_request("**/v1/exchange"):
            user.go_online()
            user.press("现在送出")
        user.press("正在联系中心")
        user.see("上一次还没有回音")
        user.picture("again")
        hanging[0].abort()
        user.see("都已送达中心")
