"""What follows a filing, step by step through the write path: bad ratings open tasks, tickets reopen once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.actions.take_step import Taken, centre_itself, read_record, take_step
from server.centre import platform_of
from server.domain.cases.ratings import rating_id
from server.domain.cases.tickets import ticket_id
from server.domain.cases.working_days import calendar_id
from server.domain.supervision import tasks
from server.merge_policies.followup_policies import rating_task_id
from server.merge_policies.judging import china_day
from server.storage.people import AccountRow
from sync.core.chain import encode_hash
from sync.core.changes import Base, OutcomeCode
from tests.put_record import case_of, put_record
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre

CASE, CONSENT = "c" * 32, "e" * 32
DESK = f"desk:{VILLAGE}"


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SmallCentre]:
    async with small_centre(tmp_path) as small:
        yield small


def login_of(small: SmallCentre, role: str) -> str:
    """An account of that role whose scope holds the village's county."""
    return next(
        one.login
        for one in small.world.accounts
        if one.role == role and any(VILLAGE.startswith(place.rstrip("0")) for place in one.scope_places)
    )


async def step(
    small: SmallCentre, who: AccountRow, name: str, record: str, fields: dict[str, Any], *, new: bool = False
) -> Taken:
    platform, kind = platform_of(small.centre, small.writer), name.partition(".")[0]
    seen = None
    if not new:
        standing = await read_record(platform, kind, record)
        assert standing is not None
        epoch = (await small.fetch("SELECT epoch FROM centre"))[0][0]
        seen = Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash))
    return await take_step(platform, who, kind=kind, record=record, name=name, fields=fields, seen=seen)


def rating(grade: int, channel: str = "call", place: str = VILLAGE) -> dict[str, Any]:
    return {"case": CASE, "place": place, "grade": grade, "channel": channel}


async def test_a_bad_rating_puts_a_task_of_fifteen_working_days_beside_itself(small: SmallCentre) -> None:
    await put_record(small, "case", CASE, case_of(small))
    clerk = await small.account(login_of(small, "desk_clerk"))
    taken = await step(small, clerk, "rating.give", rating_id(CASE), rating(1), new=True)
    assert taken.outcome.code is OutcomeCode.APPLIED
    assert taken.record is not None
    assert taken.record.bucket == DESK
    task = await read_record(platform_of(small.centre, small.writer), "task", rating_task_id(rating_id(CASE)))
    assert task is not None
    assert (task.bucket, task.fields["state"], task.fields["code"]) == (DESK, "open", "bad_rating")
    assert task.fields["holder"] == f"unit:{taken.record.fields['unit']}"
    assert await small.fetch("SELECT due FROM tasks") == [(task.fields["due"],)]


async def test_a_case_is_rated_once_and_a_good_rating_opens_nothing(small: SmallCentre) -> None:
    await put_record(small, "case", CASE, case_of(small))
    centre = await centre_itself(platform_of(small.centre, small.writer))
    first = await step(small, centre, "rating.give", rating_id(CASE), rating(5, "page"), new=True)
    again = await step(small, centre, "rating.give", rating_id(CASE), rating(1, "page"), new=True)
    assert (first.outcome.code, again.outcome.reason) == (OutcomeCode.APPLIED, "record_exists")
    assert await small.fetch("SELECT 1 FROM tasks") == []


async def test_a_second_rating_stands_only_for_one_that_was_set_aside_and_not_by_who_did(small: SmallCentre) -> None:
    await put_record(small, "case", CASE, case_of(small))
    centre = await centre_itself(platform_of(small.centre, small.writer))
    supervisor = await small.account(login_of(small, "county_supervisor"))
    clerk = await small.account(login_of(small, "desk_clerk"))
    first, second = rating_id(CASE), rating_id(CASE, again=True)
    again = {**rating(4), "instead_of": first}
    early = await step(small, clerk, "rating.give", second, again, new=True)
    await step(small, centre, "rating.give", first, rating(1, "page"), new=True)
    stands = await step(small, clerk, "rating.give", second, again, new=True)
    aside = await step(small, supervisor, "rating.set_aside", first, {"set_aside_why": "不是本人"})
    assert aside.record is not None
    assert aside.record.fields["set_aside_by"] == supervisor.id
    own = await step(small, supervisor, "rating.give", second, again, new=True)
    other = await step(small, clerk, "rating.give", second, {**again, "instead_of": "e" * 32}, new=True)
    reasons = [one.outcome.reason for one in (early, stands, own, other)]
    assert reasons == ["rating_stands", "rating_stands", "rating_aside_own", "rating_stands"]
    given = await step(small, clerk, "rating.give", second, again, new=True)
    assert given.outcome.code is OutcomeCode.APPLIED
    assert (await step(small, clerk, "rating.give", second, again, new=True)).outcome.reason == "record_exists"


async def test_a_delivered_case_is_rated_with_its_rating_and_never_says_how(small: SmallCentre) -> None:
    platform = platform_of(small.centre, small.writer)
    await put_record(small, "case", CASE, case_of(small))
    await step(small, await centre_itself(platform), "rating.give", rating_id(CASE), rating(2, "page"), new=True)
    case = await read_record(platform, "case", CASE)
    assert case is not None
    assert (case.fields["state"], case.rev) == ("rated", 2)
    assert await small.fetch("SELECT state FROM cases WHERE id = ?", [CASE]) == [("rated",)]
    assert f"place:{VILLAGE}" in small.raised, "its helper hears that it was rated"
    assert "grade" not in str(case.fields)
    clerk = await small.account(login_of(small, "desk_clerk"))
    archived = await step(small, clerk, "case.archive", CASE, {})
    assert archived.outcome.code is OutcomeCode.APPLIED


async def test_a_refused_case_that_is_rated_stays_refused(small: SmallCentre) -> None:
    await put_record(small, "case", CASE, case_of(small, state="refused"))
    clerk = await small.account(login_of(small, "desk_clerk"))
    await step(small, clerk, "rating.give", rating_id(CASE), rating(1), new=True)
    assert await small.fetch("SELECT state FROM cases WHERE id = ?", [CASE]) == [("refused",)]


async def test_a_rating_needs_a_case_of_its_place_that_is_over_and_its_own_id(small: SmallCentre) -> None:
    clerk = await small.account(login_of(small, "desk_clerk"))
    centre = await centre_itself(platform_of(small.centre, small.writer))  # a desk names nothing that is not there
    absent = await step(small, centre, "rating.give", rating_id(CASE), rating(5, "page"), new=True)
    await put_record(small, "case", CASE, case_of(small, state="accepted"))
    early = await step(small, clerk, "rating.give", rating_id(CASE), rating(5), new=True)
    page = await step(small, clerk, "rating.give", rating_id(CASE), rating(5, "page"), new=True)
    other = await step(small, clerk, "rating.give", "d" * 32, rating(5), new=True)
    reasons = [one.outcome.reason for one in (absent, early, page, other)]
    assert reasons == ["record_absent", "rating_too_early", "value_unknown", "wrong_id"]


async def test_a_task_is_explained_and_closed_by_another(small: SmallCentre) -> None:
    clerk = await small.account(login_of(small, "desk_clerk"))
    above = await small.account(login_of(small, "county_supervisor"))
    await put_record(small, "case", CASE, case_of(small))
    task = {"place": VILLAGE, "code": "check", "about": CASE, "about_kind": "case", "text": "请核实", "days": 3}
    opened = await step(small, above, "task.open", "a" * 32, task, new=True)
    assert opened.record is not None
    assert opened.record.fields["holder"] == f"place:{VILLAGE}"
    await step(small, clerk, "task.explain", "a" * 32, {"explanation": "已核实"})
    own = await step(small, clerk, "task.close", "a" * 32, {"finding": "done"})
    closed = await step(small, above, "task.close", "a" * 32, {"finding": "done"})
    assert (own.outcome.reason, closed.outcome.code) == ("task_own", OutcomeCode.APPLIED)
    assert await small.fetch("SELECT state, due FROM tasks") == [("closed", None)]


async def test_a_bad_ratings_task_is_closed_with_what_the_call_back_came_to(small: SmallCentre) -> None:
    clerk = await small.account(login_of(small, "desk_clerk"))
    above = await small.account(login_of(small, "county_supervisor"))
    await put_record(small, "case", CASE, case_of(small))
    await step(small, clerk, "rating.give", rating_id(CASE), rating(1), new=True)
    [[task]] = await small.fetch("SELECT id FROM tasks WHERE code = 'bad_rating'")
    bare = await step(small, above, "task.close", task, {"finding": "done"})
    said = {"finding": "well_founded", "finding_note": "已整改，回电本人认可"}
    assert (bare.outcome.reason, (await step(small, above, "task.close", task, said)).outcome.code) == (
        "call_back_untold",
        OutcomeCode.APPLIED,
    )


async def test_a_task_and_a_ticket_count_the_centre_s_own_working_days(small: SmallCentre) -> None:
    await put_record(small, "case", CASE, case_of(small))
    above = await small.account(login_of(small, "county_supervisor"))
    today = china_day(small.centre.clock.wall_ms())
    days = [today + timedelta(days=number) for number in range(1, 40)]

    async def due(ident: str) -> str:
        task = {"place": VILLAGE, "code": "check", "about": CASE, "about_kind": "case", "text": "请核实", "days": 3}
        opened = await step(small, above, "task.open", ident, task, new=True)
        assert opened.record is not None
        return str(opened.record.fields["due"])

    assert await due("a" * 32) == tasks.due_day("", 3, today).isoformat()
    for year in {day.year for day in days}:
        told = {f"day.{day}": {"works": False, "why": "汛期"} for day in days[:30] if day.year == year}
        fields = {"year": year, "catalogue": "all:341800", **told}
        await put_record(small, "calendar", calendar_id(year), fields)
    expected = tasks.due_day("", 3, today, dict.fromkeys(days[:30], False)).isoformat()
    assert await due("b" * 32) == expected > days[29].isoformat()


async def test_a_ticket_is_answered_reopened_once_and_closed(small: SmallCentre) -> None:
    clerk, ident = await small.account(login_of(small, "desk_clerk")), ticket_id("XC20261122001")
    ticket = {
        "place": VILLAGE,
        "source": "hotline",
        "type": "complaint",
        "text": "材料反复要",
        "number": "XC20261122001",
    }
    opened = await step(small, clerk, "ticket.open", ident, ticket, new=True)
    assert opened.record is not None
    assert opened.record.bucket == DESK
    for name, fields in (
        ("ticket.answer", {"answer": "已退还"}),
        ("ticket.close", {"satisfaction": 2}),
        ("ticket.reopen", {"reopen_why": "不满意"}),
        ("ticket.answer", {"answer": "已道歉"}),
    ):
        assert (await step(small, clerk, name, ident, fields)).outcome.code is OutcomeCode.APPLIED
    again = await step(small, clerk, "ticket.reopen", ident, {"reopen_why": "仍不满意"})
    assert again.outcome.reason == "ticket_reopened"
    assert await small.fetch("SELECT state, due FROM tickets") == [("answered", None)]


async def test_a_helper_appeals_for_a_resident_and_hears_of_the_answer(small: SmallCentre) -> None:
    device, ident = await small.enrol(HELPER), "b" * 32
    appeal = {
        "place": VILLAGE,
        "source": "appeal",
        "type": "appeal",
        "text": "补贴三个月未到账",
        "resident": small.world.residents_of(VILLAGE, 1)[0].id,
    }
    hidden = small.change("ticket", "ticket.appeal", "d" * 32, {**appeal, "source": "hotline"})
    written = await small.send(device, small.change("ticket", "ticket.appeal", ident, appeal), hidden)
    assert [one.code for one in written.outcomes] == [OutcomeCode.APPLIED, OutcomeCode.REFUSED]
    assert f"place:{VILLAGE}" in small.raised
    clerk = await small.account(login_of(small, "desk_clerk"))
    await step(small, clerk, "ticket.answer", ident, {"answer": "已于今日发放"})
    helper = await small.account(HELPER)
    [(notice,)] = await small.fetch("SELECT id FROM notices WHERE bucket = ?", [f"person:{helper.id}"])
    told = await read_record(platform_of(small.centre, small.writer), "notice", notice)
    assert told is not None
    assert (told.fields["code"], told.fields["about_kind"], told.fields["about"]) == (
        "appeal_answered",
        "ticket",
        ident,
    )
    read = await step(small, helper, "notice.read", notice, {"read_at": "2026-11-30T09:00:00+08:00"})
    assert read.outcome.code is OutcomeCode.APPLIED


def consent_of(small: SmallCentre) -> dict[str, Any]:
    items = [one.id for one, _ in zip(small.world.unit_items(), range(2), strict=False)]
    return {
        "resident": small.world.residents_of(VILLAGE, 1)[0].id,
        "items": items,
        "data_kinds": ["name"],
        "purpose": "代办",
        "recipients": "民政局",
        "means": "signature",
        "text_hash": "0" * 64,
        "signed_at": "2026-11-20T09:00:00+08:00",
        "valid_until": "2026-12-10",
        "helper": "h",
        "village": VILLAGE,
    }


async def test_a_consent_revoked_at_a_desk_keeps_the_channel_and_tells_every_unit_once(small: SmallCentre) -> None:
    await put_record(small, "consent", CONSENT, consent_of(small))
    clerk = await small.account(login_of(small, "desk_clerk"))
    wider = await step(small, clerk, "consent.revoke", CONSENT, {"items": []})
    taken = await step(small, clerk, "consent.revoke", CONSENT, {"revoke_channel": "hotline"})
    assert wider.outcome.reason == "step_writes"
    assert taken.record is not None
    assert taken.record.fields["revoked_by"] == clerk.id
    assert taken.record.fields["revoked_at"]
    told = await small.fetch("SELECT holder FROM tasks WHERE code = 'consent_revoked' AND about = ?", [CONSENT])
    units = {one.unit_id for one, _ in zip(small.world.unit_items(), range(2), strict=False)}
    assert {holder for (holder,) in told} == {f"unit:{unit}" for unit in units}
    await step(small, clerk, "consent.revoke", CONSENT, {"revoke_reason": "不需要了"})
    assert len(await small.fetch("SELECT 1 FROM tasks")) == len(units)
