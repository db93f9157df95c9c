"""Work that travels without a network: sealed by a phone and carried by a computer, and the other way round, and from
screen to camera. It counts once, under its author's name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright

from server.centre import open_centre
from tests.command import finish
from tests.journeys.phone import PIN, PhoneUser, ServedCentre, phone_user
from tests.journeys.test_first_visit import NEW_NAME, file_allowance
from tests.small_centre import HELPER, TOWN, VILLAGE, small_world

LEAD = f"t{TOWN}"


class Computer:
    """A village office's computer: `bangban device` on a store of its own."""

    def __init__(self, folder: Path, centre: ServedCentre, login: str) -> None:
        self._folder = folder
        self.run("enrol", "--server", centre.address, "--code", centre.code(login))
        self.run("sync")

    def run(self, *arguments: object) -> Any:
        line = [sys.executable, "-c", "from server.cli.main import run; run()", "device", "--json"]
        line += ["--store", str(self._folder), *(str(one) for one in arguments)]
        done = subprocess.run(line, capture_output=True, text=True, env={**os.environ, "BANGBAN_PIN": PIN}, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])


def authors_of(centre: ServedCentre, kind: str) -> list[str]:
    """Whose changes of a kind the centre holds, one entry a change."""

    async def read() -> list[str]:
        async with open_centre(centre.settings) as opened, opened.database.read() as snapshot:
            rows = await snapshot.fetch(
                "SELECT a.login FROM changes c JOIN accounts a ON a.id = c.account WHERE c.kind = ? ORDER BY position",
                [kind],
            )
            return [login for (login,) in rows]

    return finish(read())


def go_to_carrying(user: PhoneUser) -> None:
    user.press("看每一项")
    user.screen("送出情况")
    user.press("请同事带走")
    user.screen("没有网络？请人带走")


def test_a_phones_sealed_file_is_handed_in_by_a_colleagues_computer(
    driver: Playwright, either: ServedCentre, tmp_path: Path
) -> None:
    before = authors_of(either, "case")
    with phone_user(driver, tmp_path / "profile", either.address, "carried_away") as user:
        user.enrol(either.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        file_allowance(user)
        user.press("回到今天")
        go_to_carrying(user)
        with user.page.expect_download() as saved:
            user.press("存成文件")
        user.see("已存成文件")
        user.picture("saved")
        sealed = tmp_path / saved.value.suggested_filename
        saved.value.save_as(sealed)
        assert sealed.suffix == ".bangban"
        assert NEW_NAME.encode() not in sealed.read_bytes()

        lead = Computer(tmp_path / "computer", either, LEAD)
        assert lead.run("carry", sealed)[0]["changes"] == 3
        assert authors_of(either, "case") == [*before, HELPER], "it is its author's, not the carrier's"

        user.press("返回")
        user.see("3 项还没有送达中心")
        user.go_online()
        user.press("现在送出")
        user.see("都已送达中心")
        assert authors_of(either, "case") == [*before, HELPER], "sending it again counts once"


def test_a_computers_sealed_file_is_handed_in_by_a_phone(
    driver: Playwright, either: ServedCentre, tmp_path: Path
) -> None:
    lead = Computer(tmp_path / "computer", either, LEAD)
    [who, *_] = small_world().residents_of(VILLAGE, 3)
    lead.run("edit", who.name, "--set", "住址=后村组九号")
    [file] = lead.run("export", tmp_path / "stick")["files"]
    before = authors_of(either, "resident")
    with phone_user(driver, tmp_path / "profile", either.address, "carrying") as user:
        user.enrol(either.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        go_to_carrying(user)
        user.picture("nothing_to_carry")
        noise = tmp_path / "noise.bangban"
        noise.write_bytes(b"not a sealed outbox at all")
        inputs = user.page.locator("input[type=file]")
        inputs.set_input_files(noise)
        user.see("这不是密封的内容")
        inputs.set_input_files(file)
        user.see("收好了")
        user.see("等网络")
        user.picture("kept")

    # The carrier's phone was off on the way: what it took along is still there.
    with phone_user(driver, tmp_path / "profile", either.address, "carrying_again") as user:
        user.open()
        user.unlock()
        user.see("都已送达中心")
        go_to_carrying(user)
        user.see("已交给中心")
        user.picture("handed_in")
    assert authors_of(either, "resident") == [*before, LEAD]
    assert lead.run("sync")["level"]
    assert authors_of(either, "resident") == [*before, LEAD]
