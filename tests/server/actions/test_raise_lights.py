"""Each clock that should shine does, once, and no other; the holder hears of it and explains."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.actions.centre_writes import write_edits
from server.actions.desk_change import DeskEdit
from server.actions.platform import Platform
from server.actions.raise_lights import LightReport, raise_lights
from server.actions.take_step import read_record, take_step
from server.centre import open_centre, open_writer, platform_of
from server.domain.cases.working_days import calendar_id
from server.domain.people.reach import account_holder
from server.merge_policies.supervision_policies import light_id
from server.storage.unit_of_work import Engine
from server.write import Job, Written
from sync.core.chain import encode_hash
from sync.core.changes import Base, OutcomeCode
from sync.core.clock import from_iso
from sync.core.codec import encode_body
from tests.people import HandClock
from tests.put_record import put_record
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre

CASE = "c" * 32
MONDAY = from_iso("2026-03-02T10:00:00+08:00")
DAY = 86_400_000


def platform_on(small: SmallCentre, now: int = MONDAY) -> tuple[Platform, HandClock]:
    clock = HandClock(wall=now)
    return replace(platform_of(small.centre, small.writer), clock=clock), clock


async def put_case(small: SmallCentre, *, case: str = CASE, **fields: Any) -> None:
    """A case as a desk left it; what a filing needs beside that is another test's."""
    whole = {
        "village": VILLAGE,
        "state": "reviewing",
        "number": "341881202603020000019",
        "state_since": "2026-03-02T09:00:00+08:00",
        "holder": f"place:{VILLAGE}",
        "clock": {
            "started": "2026-02-02",
            "legal_days": 30,
            "promise_days": 20,
            "legal_due": "2026-03-20",
            "promise_due": "2026-03-06",
        },
        **fields,
    }
    body = encode_body("case", case, 1, whole)
    due = whole["clock"]["promise_due"] if whole["state"] == "reviewing" else None
    await small.tamper("DELETE FROM cases WHERE id = ?", [case])
    await small.tamper(
        "INSERT INTO cases (id, bucket, version, rev, state, due, natural_keys, stamps, body) "
        "VALUES (?, ?, 900, 1, ?, ?, '', ?, ?)",
        [case, f"place:{VILLAGE}", whole["state"], due, b"[]", small.centre.sealing.seal(f"cases/{case}", body)],
    )


async def lights(small: SmallCentre) -> list[tuple[Any, ...]]:
    return list(await small.fetch("SELECT code, level, state FROM lights ORDER BY code"))


async def test_a_light_goes_from_blue_over_yellow_to_red_and_beyond_and_out_once_it_is_decided(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform, clock = platform_on(small)
        await put_case(small)
        seen, warned = [], set()
        for day in ("2026-02-27", "2026-03-02", "2026-03-05", "2026-03-09", "2026-03-23"):
            clock.wall = from_iso(f"{day}T10:00:00+08:00")
            await raise_lights(platform)
            seen += [level for _, level, _ in await lights(small)]
            warned |= set(await small.fetch("SELECT warned_at, warned_holder FROM lights"))
        assert seen == ["blue", "yellow", "red", "red_plus"]
        await put_case(small, state="delivered", holder="")
        assert (await raise_lights(platform)).cleared == 1
        assert await lights(small) == [("promise", "red_plus", "cleared")]
        await put_case(small)
        await raise_lights(platform)
        assert await lights(small) == [("promise", "red_plus", "lit")]
        warned |= set(await small.fetch("SELECT warned_at, warned_holder FROM lights"))
        (_, holder), (never, _) = sorted(warned, key=lambda one: one[0] or "~")
        assert (holder, never) == (f"place:{VILLAGE}", None), "blue warns nobody; the first warning stays"


async def test_a_light_counts_the_centre_s_own_working_days(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform, _ = platform_on(small, from_iso("2026-02-27T10:00:00+08:00"))
        days = {f"day.2026-03-0{day}": {"works": False, "why": "汛期"} for day in (2, 3, 4, 5)}
        await put_record(small, "calendar", calendar_id(2026), {"year": 2026, "catalogue": "all:341800", **days})
        await put_case(small)
        await raise_lights(platform)
        assert [level for _, level, _ in await lights(small)] == ["blue"], "by the plain calendar nothing shines yet"


async def test_looking_again_writes_nothing_and_two_at_once_raise_one(either: SmallCentre) -> None:
    """On PostgreSQL the second is a process of its own, with its own writer."""
    platform, _ = platform_on(either)
    await put_case(either)
    async with AsyncExitStack() as stack:
        other = either
        if either.centre.database.engine is Engine.POSTGRES:
            centre = await stack.enter_async_context(open_centre(either.centre.settings))
            other = SmallCentre(centre, await stack.enter_async_context(open_writer(centre, lambda _: None)))
        await asyncio.gather(raise_lights(platform), raise_lights(platform_on(other)[0]))
    assert await lights(either) == [("promise", "blue", "lit")]
    assert await either.fetch("SELECT count(*) FROM changes WHERE name = 'light.raise' AND code = 'applied'") == [(1,)]
    [before] = await either.fetch("SELECT count(*) FROM changes")
    assert await raise_lights(platform) == LightReport()
    assert await either.fetch("SELECT count(*) FROM changes") == [before]


class CutOff(Exception):
    """The process ends here."""


async def test_a_look_that_was_cut_off_leaves_what_it_did_and_the_next_does_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much there is to raise: a page at a time is written for good, and nothing is raised twice."""
    monkeypatch.setattr("server.actions.light_sources.PAGE", 2)
    async with small_centre(tmp_path) as small:
        platform, _ = platform_on(small)
        for number in range(5):
            await put_case(small, case=f"{number:032x}")

        class Dying:
            async def write(self, job: Job) -> Written:
                if await lights(small):
                    raise CutOff
                return await small.writer.write(job)

            async def close(self) -> None: ...

        with pytest.raises(CutOff):
            await raise_lights(replace(platform, writer=Dying()))
        assert len(await lights(small)) == 2
        assert await raise_lights(platform) == LightReport(raised=3)
        assert await raise_lights(platform) == LightReport()


async def test_the_holder_is_told_and_answers_from_the_phone(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        helper = await small.account(HELPER)
        phone = await small.enrol(HELPER)
        platform, _ = platform_on(small, from_iso("2026-03-05T10:00:00+08:00"))
        await put_case(small, holder=account_holder(helper.id))
        await raise_lights(platform)
        light = light_id(CASE, "promise")
        [(notice,)] = await small.fetch("SELECT id FROM notices WHERE bucket = ?", [f"person:{helper.id}"])
        told = await read_record(platform, "notice", notice)
        assert told is not None
        assert (told.fields["about"], told.fields["asks"]) == (light, "explanation")
        answer = small.change(
            "notice", "notice.answer", notice, {"answer": "等卫健部门回函"}, base=await seen(small, told)
        )
        [outcome] = (await small.send(phone, answer)).outcomes
        assert outcome.code is OutcomeCode.APPLIED
        standing = await read_record(platform, "light", light)
        assert standing is not None
        assert standing.fields["state"] == "explained"
        assert standing.fields["explanation"] == "等卫健部门回函"
        assert standing.fields["explained_by"] == helper.id


async def seen(small: SmallCentre, record: Any) -> Base:
    [(epoch,)] = await small.fetch("SELECT epoch FROM centre")
    return Base(epoch=epoch, rev=record.rev, hash=encode_hash(record.hash))


async def test_a_supervisor_takes_a_red_light_one_stage_further_with_a_reason_and_no_two(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform, _ = platform_on(small, from_iso("2026-03-09T10:00:00+08:00"))
        await put_case(small)
        await raise_lights(platform)
        light = light_id(CASE, "promise")
        login = next(one.login for one in small.world.accounts if one.role == "city_supervisor")
        supervisor = await small.account(login)
        for stage, code in (("talk", OutcomeCode.REFUSED), ("supervise", OutcomeCode.APPLIED)):
            standing = await read_record(platform, "light", light)
            taken = await take_step(
                platform,
                supervisor,
                kind="light",
                record=light,
                name="light.escalate",
                fields={"stage": stage, "why": "超期一天，未说明"},
                seen=await seen(small, standing),
            )
            assert taken.outcome.code is code
        assert taken.record is not None
        steps = taken.record.fields["steps"]
        assert isinstance(steps, list)
        assert [one["stage"] for one in steps] == ["caution", "supervise"]
        assert steps[1]["by"] == supervisor.id


async def test_a_silent_phone_is_unknown_and_never_red(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform, clock = platform_on(small)
        phone = await small.enrol(HELPER)
        await small.tamper("UPDATE devices SET last_contact = ?, unsent = 7 WHERE id = ?", [MONDAY - 90 * DAY, phone])
        await raise_lights(platform)
        assert await lights(small) == [("no_contact", "unknown", "lit")]
        assert await small.fetch("SELECT count(*) FROM notices") == [(0,)]
        await small.tamper("UPDATE devices SET last_contact = ? WHERE id = ?", [clock.wall, phone])
        await raise_lights(platform)
        assert await lights(small) == [("no_contact", "unknown", "cleared")]


async def test_a_filing_that_came_late_keeps_both_its_lights_however_often_it_is_looked_at(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform, _ = platform_on(small)
        await put_case(small)
        captured, received = from_iso("2026-02-26T10:00:00+08:00"), MONDAY - DAY // 2
        await small.tamper(
            "INSERT INTO observations VALUES (?, 'a', 'd', ?, 'i', ?, ?, '2026-02-26', 'p', NULL, 0, NULL, NULL, 0, "
            "'')",
            [CASE, VILLAGE, captured, received],
        )
        await raise_lights(platform)
        assert await lights(small) == [("promise", "blue", "lit"), ("sync_lag", "yellow", "lit")]
        assert await raise_lights(platform) == LightReport(), "neither is cleared and raised again"


async def test_a_part_of_a_joint_handling_shines_on_its_own_unit_and_the_whole_on_who_leads(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform, clock = platform_on(small)
        part = {"asked_on": "2026-02-02", "days": 20, "due": "2026-03-03"}
        parts = [{**part, "unit": "unit:a"}, {**part, "unit": "unit:b", "answered_on": "2026-02-20", "agrees": True}]
        await put_case(small, parts=parts)
        await raise_lights(platform)
        told = await small.fetch("SELECT code, level, holder FROM lights ORDER BY code")
        assert told == [("part", "yellow", "unit:a"), ("promise", "blue", f"place:{VILLAGE}")]
        clock.wall = from_iso("2026-03-04T10:00:00+08:00")
        assert (await raise_lights(platform)).raised == 0
        await put_case(small, parts=[{**parts[0], "answered_on": "2026-03-04", "agrees": True}, parts[1]])
        assert (await raise_lights(platform)).cleared == 1


async def test_who_was_told_of_a_level_is_not_told_again_when_the_light_goes_on_elsewhere(either: SmallCentre) -> None:
    """What the notice says, and that it was read, stays."""
    platform = platform_of(either.centre, either.writer)
    helper, lead = (await either.account(HELPER)).id, "f" * 32
    light = light_id("x", "step")
    about = {"place": VILLAGE, "about": "x", "about_kind": "case", "code": "step"}
    raised: dict[str, object] = {**about, "level": "red", "holder": f"place:{VILLAGE}", "told": [helper]}

    async def step(name: str, fields: dict[str, object]) -> None:
        standing = await read_record(platform, "light", light)
        seen = await either.seen("light", light) if standing is not None else None
        edit = DeskEdit(kind="light", record=light, name=name, fields=fields, base=seen)
        assert await write_edits(platform, [(VILLAGE, edit)]) == 1

    await step("light.raise", raised)
    [(notice,)] = await either.fetch("SELECT id FROM notices")
    phone = await either.enrol(HELPER)
    seen = await either.seen("notice", notice)
    read = either.change("notice", "notice.read", notice, {"read_at": "2026-03-02T10:00:00+08:00"}, base=seen)
    await either.send(phone, read)
    before = await read_record(platform, "notice", notice)
    await step("light.change", {"holder": "unit:hall", "told": [helper, lead]})
    await step("light.change", {"level": "red_plus"})
    await step("light.change", {"level": "red"})
    assert await read_record(platform, "notice", notice) == before
    told = await either.fetch("SELECT bucket, count(*) FROM notices GROUP BY bucket ORDER BY bucket")
    assert told == sorted([(f"person:{helper}", 2), (f"person:{lead}", 2)]), "red and red_plus, once each"
