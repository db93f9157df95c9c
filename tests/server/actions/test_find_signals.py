"""The signals, measured over observations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from server.actions.find_signals import Window, find_signals, month_of
from server.centre import platform_of
from tests.server.actions.observed import observe
from tests.small_centre import HELPER, SmallCentre, small_centre

MARCH = Window(date(2026, 3, 1), date(2026, 3, 31))


async def codes(small: SmallCentre, window: Window = MARCH) -> dict[str, str]:
    directory = await platform_of(small.centre, small.writer).directory()
    async with small.centre.database.read() as snapshot:
        found = await find_signals(snapshot, window, directory, {})
    return {one.measured.code: one.level for one in found}


async def test_an_ordinary_month_shows_nothing(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        helper = (await small.account(HELPER)).id
        for number in range(40):
            await observe(small, helper, number, f"2026-03-{number % 20 + 1:02d}T{9 + number % 8:02d}:00:00+08:00")
        assert await codes(small) == {}


async def test_each_pattern_raises_its_own_signal(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        helper = (await small.account(HELPER)).id
        for number in range(12):  # at night within ten minutes, one phone, one account to be paid, before month's end
            await observe(
                small,
                helper,
                number,
                f"2026-03-30T22:0{number % 8}:{number:02d}+08:00",
                phone="shared",
                payee="same",
                seconds=20,
                materials=2,
                flags="night,late,outside,own,unfit,plain",
            )
        for number in range(100, 120):
            await observe(small, helper, number, f"2026-03-29T1{number % 10}:00:00+08:00", flags="plain")
        for number, state in ((0, "withdrawn"), (1, "withdrawn"), (2, "voided"), (3, "withdrawn"), (4, "withdrawn")):
            await put_case(small, number, state)
        again = await observe(small, helper, 200, "2026-03-31T10:00:00+08:00", person="p0")
        await observe(small, helper, 201, "2026-03-31T11:00:00+08:00", person="p1")
        assert again
        for name in ("x", "y", "z"):
            await small.enrol(HELPER, name)
        found = await codes(small)
        assert found == {
            "AR01": "red", "AR02": "red", "AR03": "yellow", "AR04": "red", "AR05": "red", "AR06": "red",
            "AR08": "yellow", "AR09": "red", "AR11": "yellow", "AR12": "yellow", "AR13": "yellow", "AR15": "yellow",
            "AR16": "red",
        }  # fmt: skip


async def put_case(small: SmallCentre, number: int, state: str) -> None:
    await small.tamper(
        "INSERT INTO cases (id, bucket, version, rev, state, finished_at, natural_keys, stamps, body) "
        "VALUES (?, 'place:x', 1, 1, ?, '2026-03-10T10:00:00+08:00', '', ?, ?)",
        [f"{number:032x}", state, b"[]", b""],
    )


async def test_an_image_used_for_several_people_and_praise_within_seconds(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        helper = (await small.account(HELPER)).id
        for number in range(12):
            case = await observe(small, helper, number, f"2026-03-{number + 1:02d}T10:00:00+08:00")
            await put_case(small, number, "delivered")
            await small.tamper(
                "INSERT INTO ratings (id, bucket, version, rev, state, of_case, grade, rated_at, natural_keys, stamps, "
                "body) VALUES (?, 'x', 1, 1, 'given', ?, '5', '2026-03-10T10:00:09+08:00', '', x'', x'')",
                [case, case],
            )
            for use in ("signature", "material"):
                if number < 2:
                    file = f"{use}{number}"
                    await small.tamper("INSERT INTO observed_images VALUES (?, ?, ?)", [case, file, use])
                    await small.tamper(
                        "INSERT INTO files VALUES (?, ?, 'a', 'd', ?, 1, 't', 'p', 'stored', 0, 0, 0, 'b', '')",
                        [file, file, f"sha {use}"],
                    )
        assert await codes(small) == {"AR07": "red", "AR14": "yellow", "AR18": "red"}


@pytest.mark.parametrize(
    ("filed", "dropped", "level"),
    [(20, 2, ""), (20, 3, "yellow"), (20, 5, "yellow"), (20, 6, "red"), (9, 9, "")],
    ids=["a tenth", "15 in 100", "a quarter", "30 in 100", "too few to say"],
)
async def test_filings_that_are_withdrawn_or_made_void_soon_after(
    either: SmallCentre, filed: int, dropped: int, level: str
) -> None:
    helper = (await either.account(HELPER)).id
    for number in range(filed):
        await observe(either, helper, number, f"2026-03-{number + 1:02d}T10:00:00+08:00")
        state = ("withdrawn", "voided")[number % 2] if number < dropped else "delivered"
        await put_case(either, number, state)
    assert await codes(either) == ({"AR10": level} if level else {})


async def test_a_village_that_files_more_than_it_has_people(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        helper = (await small.account(HELPER)).id
        columns = "case_id, account, device, village, item, captured_at, received_at, day, person, phone_own, materials"
        await small.tamper(
            f"INSERT INTO observations ({columns}, flags) "
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 800) "
            "SELECT printf('%032x', x), ?, 'd', '341881106200', 'i', 1772500000000 + x * 3000000, "
            "1, '2026-03-05', printf('p%d', x), 1, 0, '' FROM n",
            [helper],
        )
        assert await codes(small) == {"AR17": "yellow"}


def test_a_month_runs_up_to_the_day_and_is_whole_on_its_last() -> None:
    window = month_of(date(2026, 2, 27))
    assert (window.since, window.is_whole) == (date(2026, 2, 1), False)
    assert month_of(date(2026, 2, 28)).is_whole
    assert window.last(3) == ["2026-02-25", "2026-02-27"]
