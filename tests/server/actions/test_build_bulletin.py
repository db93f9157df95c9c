"""A period's bulletin: built from the cases, frozen, found again, corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.build_bulletin import (
    PeriodInvalid,
    build_bulletin,
    read_bulletin,
    span_of,
    verify_bulletin,
)
from server.actions.count_outcomes import count_outcomes
from server.actions.freeze_bulletin import freeze_bulletin
from server.actions.refusals import NotFound
from server.centre import platform_of
from server.domain.catalogue.progress import COLUMNS
from server.domain.supervision.bulletins import Span, table_of
from server.domain.supervision.indicators import CODES
from sync.core.clock import from_iso
from tests.put_record import put_record
from tests.small_centre import TOWN, VILLAGE, SmallCentre, small_centre

PERIOD = "2026-10"


async def finished(small: SmallCentre, words: str, number: int, *, start: int = 0, day: str = "2026-10-10") -> None:
    """Cases that are over, as the tally says; only the columns are counted, so only they are written."""
    item = small.world.standard_items[0].id
    for one in range(start, start + number):
        sql = """INSERT INTO cases (id, bucket, version, rev, state, item, finished_at, tally, helper, natural_keys,
                 stamps, body) VALUES (?, ?, 1, 1, 'finished', ?, ?, ?, 'the helper', '', ?, ?)"""
        values = [f"{one:032x}", f"place:{VILLAGE}", item, f"{day}T10:00:00+08:00", words, b"[]", b""]
        await small.tamper(sql, values)
    await small.recount()


async def test_a_month_is_counted_by_village_town_and_county(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await finished(small, "on_time", 40)
        await finished(small, "late returned days:3", 10, start=100)
        await finished(small, "on_time", 5, start=200, day="2026-11-01")
        figures = await count_outcomes(platform_of(small.centre, small.writer), "2026-10-01", "2026-11-01")
        pairs = dict(zip(CODES, figures.villages[VILLAGE].pairs, strict=True))
        assert (pairs["on_time"], pairs["corrections"], pairs["told_once"]) == ((40, 50), (10, 50), (10, 10))
        assert (pairs["delivery_days"], pairs["valid"], pairs["volume"]) == ((30, 10), (50, 50), (50, 3))
        assert figures.towns[TOWN].pairs[CODES.index("on_time")] == (40, 50)
        county = TOWN[:6] + "000000"
        assert figures.counties[county].pairs[CODES.index("on_time")] == (40, 50)
        assert pairs["claims"][1] > 0, "the round that runs is part of it"


async def test_homes_that_were_visited_and_requests_that_were_refused_are_counted(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await finished(small, "on_time elder_home", 30)
        await finished(small, "on_time elder_elsewhere", 10, start=100)
        await finished(small, "on_time", 7, start=200)
        asked = from_iso("2026-10-31T23:59:00+08:00")
        for number, at in enumerate((asked, asked + 60_000)):
            await refused_request(small, f"{0:032x}", at, number)
        figures = await count_outcomes(platform_of(small.centre, small.writer), "2026-10-01", "2026-11-01")
        pairs = dict(zip(CODES, figures.towns[TOWN].pairs, strict=True))
        assert pairs["elders_home"] == (30, 40)
        assert pairs["forbidden"] == (1, 47), "the one of December is not this month's"


async def test_what_was_made_void_counts_against_valid_cases_and_for_nothing_else(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await finished(small, "on_time", 40)
        await finished(small, "void", 3, start=100)
        figures = await count_outcomes(platform_of(small.centre, small.writer), "2026-10-01", "2026-11-01")
        pairs = dict(zip(CODES, figures.towns[TOWN].pairs, strict=True))
        assert (pairs["valid"], pairs["on_time"], pairs["volume"][0]) == ((40, 43), (40, 40), 40)


async def refused_request(small: SmallCentre, case: str, at: int, number: int) -> None:
    """A return that asked for a cancelled material, as the log keeps it."""
    [columns] = {tuple(row[1] for row in await small.fetch("SELECT * FROM pragma_table_info('changes')"))}
    known = {
        **{"id": f"{number:032x}", "account": "a", "device": "d", "record": case, "kind": "case"},
        **{"name": "case.return", "reason": "material_forbidden", "code": "refused", "received_at": at, "reused": 0},
        "position": 900_000 + number,
        "seq": 900_000 + number,
    }
    sql = f"INSERT INTO changes ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    await small.tamper(sql, [known.get(column, b"") for column in columns])


async def test_it_is_built_frozen_and_every_number_found_again(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        await finished(small, "on_time", 40)
        with pytest.raises(NotFound):
            await freeze_bulletin(platform, PERIOD)
        drafted = await build_bulletin(platform, PERIOD)
        assert drafted.fields["state"] == "draft"
        await finished(small, "late", 5, start=100)
        await build_bulletin(platform, PERIOD)
        frozen = await freeze_bulletin(platform, PERIOD)
        assert (frozen.fields["state"], frozen.fields["edition"]) == ("frozen", 1)
        assert table_of(frozen.fields, "towns")[TOWN].pairs[CODES.index("on_time")] == (40, 45)
        found = await verify_bulletin(platform, PERIOD)
        assert (found.unfounded, found.recounted) == ([], [])
        with pytest.raises(NotFound):
            await build_bulletin(platform, PERIOD)


async def test_a_months_lights_and_lists_stay_what_they_were_whatever_came_of_them(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    [(campaign,)] = await either.fetch("SELECT id FROM campaigns ORDER BY ends DESC, id LIMIT 1")
    directory = await platform.directory()
    unit = min(one for one, listed in directory.units.items() if listed.place == TOWN)
    await finished(either, "on_time", 40)
    light = {"place": VILLAGE, "about": "x", "about_kind": "case", "code": "promise", "state": "lit", "number": "1"}
    warned = {"warned_at": "2026-10-20T09:00:00+08:00", "warned_holder": f"unit:{unit}"}
    since = {"level": "yellow", "level_since": "2026-10-20T09:00:00+08:00", "holder": f"unit:{unit}"}
    await put_record(either, "light", "a" * 32, {**light, **since, **warned})
    rows = [[unit, 5, 4, 0, 0, 0, 0, 3, 0, 0]]
    kept = {"campaign": campaign, "place": TOWN, "columns": list(COLUMNS)}
    await put_record(either, "snapshot", "1" * 32, {**kept, "day": "2026-10-29", "rows": rows})
    await build_bulletin(platform, PERIOD)
    frozen = await freeze_bulletin(platform, PERIOD)
    told = dict(zip(CODES, table_of(frozen.fields, "towns")[TOWN].pairs, strict=True))
    assert (told["lights"], told["claims"]) == ((1, 40), (3, 5))
    await either.tamper("DELETE FROM lights")
    later = {"level": "red", "level_since": "2026-11-02T09:00:00+08:00", "holder": f"place:{VILLAGE}"}
    await put_record(either, "light", "a" * 32, {**light, **later, **warned})
    rows[0][7] = 5
    await put_record(either, "snapshot", "2" * 32, {**kept, "day": "2026-11-01", "rows": rows})
    await either.tamper("UPDATE resident_counts SET number = number + 7")
    assert (await verify_bulletin(platform, PERIOD)).recounted == []
    november = await count_outcomes(platform, "2026-11-01", "2026-12-01")
    assert november.towns[TOWN].pairs[CODES.index("lights")] == (0, 0), "it warned a month before"
    await put_record(either, "light", "b" * 32, {**light, **since, **warned, "about": "y"})
    assert (await verify_bulletin(platform, PERIOD)).recounted == ["counties", "towns"]


async def test_villages_are_told_to_their_town_and_nobody_else(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        await finished(small, "on_time", 40)
        public = await build_bulletin(platform, PERIOD)
        own = await read_bulletin(platform, PERIOD, place=TOWN)
        assert own is not None
        assert own.bucket == f"desk:{TOWN}"
        assert VILLAGE in table_of(own.fields, "villages")
        assert VILLAGE not in str(public.fields)


async def test_a_correction_is_the_next_edition_and_the_frozen_one_says_so(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        await finished(small, "on_time", 40)
        with pytest.raises(NotFound):
            await build_bulletin(platform, PERIOD, why="没有可更正的")
        await build_bulletin(platform, PERIOD)
        await freeze_bulletin(platform, PERIOD)
        await finished(small, "late", 5, start=100)
        assert (await verify_bulletin(platform, PERIOD)).recounted == ["counties", "towns"]
        corrected = await build_bulletin(platform, PERIOD, why="补录5件")
        assert (corrected.fields["edition"], corrected.fields["state"], corrected.fields["why"]) == (
            2,
            "draft",
            "补录5件",
        )
        first, town = [await read_bulletin(platform, PERIOD, place=place, edition=1) for place in ("", TOWN)]
        assert first is not None
        assert town is not None
        assert (town.fields["state"], town.fields["why"]) == ("corrected", "补录5件")
        assert (first.fields["state"], first.fields["why"]) == ("corrected", "补录5件")
        assert table_of(first.fields, "towns")[TOWN].pairs[CODES.index("on_time")] == (40, 40)
        await freeze_bulletin(platform, PERIOD)
        assert (await verify_bulletin(platform, PERIOD)).edition == 2


async def test_no_field_of_any_bulletin_holds_an_account(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        await finished(small, "on_time", 40)
        await build_bulletin(platform, PERIOD)
        await freeze_bulletin(platform, PERIOD)
        accounts = await small.fetch("SELECT id, login, name FROM accounts WHERE login <> 'centre'")
        persons = {word for row in accounts for word in row[:2]} | {row[2] for row in accounts if len(row[2]) > 2}
        told = [await read_bulletin(platform, PERIOD), await read_bulletin(platform, PERIOD, place=TOWN)]
        for one in told:
            assert one is not None
            for word in words_of(one.fields):
                assert not any(person in word for person in persons), word


def words_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [word for pair in value.items() for one in pair for word in words_of(one)]
    if isinstance(value, list):
        return [word for one in value for word in words_of(one)]
    return [value] if isinstance(value, str) else []


def test_a_period_is_a_month_or_a_day() -> None:
    assert span_of("2026-12") == (Span.MONTHLY, "2026-12-01", "2027-01-01")
    assert span_of("2026-11-30") == (Span.DAILY, "2026-11-30", "2026-12-01")
    for wrong in ("2026-13", "2026", "soon", "20261122", "2026-W47-7", "9999-12", "9999-12-31"):
        with pytest.raises(PeriodInvalid):
            span_of(wrong)
