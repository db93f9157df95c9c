"""`bangban accounts`."""

from pathlib import Path

import openpyxl

from fixtures.world.accounts import Role
from tests.command import bangban, finish
from tests.small_centre import HELPER, VILLAGE, load_small, small_centre, small_world


def sheet(path: Path, *rows: tuple[str, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in (("登录名", "姓名", "角色", "区划", "单位", "站点"), *rows):
        book.active.append(row)
    book.save(path)
    return path


def test_a_sheet_is_imported_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    file = sheet(tmp_path / "a.xlsx", ("new.one", "王秀英", "帮办员", VILLAGE, "", ""))
    assert "1 new accounts" in bangban("accounts", "import", file, "--data", tmp_path)
    assert "1 as they were" in bangban("accounts", "import", file, "--data", tmp_path)


def test_a_bad_row_is_told_and_nothing_is_taken_unless_asked(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    file = sheet(
        tmp_path / "a.xlsx",
        ("good", "王秀英", "帮办员", VILLAGE, "", ""),
        ("bad", "李芳", "帮办员", "999999999999", "", ""),
    )
    told = bangban("accounts", "import", file, "--data", tmp_path, code=1)
    assert "nothing was imported" in told
    assert "999999999999" in told
    assert "1 new accounts" in bangban("accounts", "import", file, "--partial", "--data", tmp_path)


def test_what_is_no_sheet_is_told(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    (tmp_path / "a.xlsx").write_text("no")
    assert "not an xlsx file" in bangban("accounts", "import", tmp_path / "a.xlsx", "--data", tmp_path, code=1)


def test_a_password_and_an_authenticator_are_given(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    login = next(one.login for one in small_world().accounts if one.role == Role.DESK_CLERK)
    told = bangban("accounts", "password", login, "--qr", "--data", tmp_path)
    given, password, secret = told.splitlines()[0].split("\t")
    assert given == login
    assert (len(password), len(secret)) == (20, 32)
    assert "█" in told
    assert "no account for the console" in bangban("accounts", "password", HELPER, "--data", tmp_path, code=1)


def test_a_code_is_given_and_can_be_scanned(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    told = bangban("accounts", "activate", HELPER, "--qr", "--data", tmp_path)
    assert told.startswith(HELPER + "\t")
    assert "█" in told
    assert "no account" in bangban("accounts", "activate", "nobody", "--data", tmp_path, code=1).lower()


def test_a_lost_device_is_revoked_by_login_and_its_backlog_told(tmp_path: Path) -> None:
    async def enrolled() -> str:
        await load_small(tmp_path)
        async with small_centre(tmp_path) as small:
            device = await small.enrol(HELPER)
            await small.tamper("UPDATE devices SET unsent = 7 WHERE id = ?", [device])
            return device

    device = finish(enrolled())
    told = bangban("accounts", "revoke", HELPER, "--data", tmp_path)
    assert device in told
    assert "7" in told
    assert device in bangban("accounts", "revoke", device, "--data", tmp_path)
    assert "no account" in bangban("accounts", "revoke", "nobody", "--data", tmp_path, code=1)
