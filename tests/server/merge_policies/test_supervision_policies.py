"""Who may do what to lights, reviews and notices, and what follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.centre_writes import write_edits
from server.actions.desk_change import DeskEdit
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import Taken, read_record, take_step
from server.centre import platform_of
from server.merge_policies.supervision_policies import light_id, review_id
from sync.core.chain import encode_hash
from sync.core.changes import Base, OutcomeCode
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre


async def opened(small: SmallCentre, platform: Platform) -> str:
    """A review of the village's helper."""
    helper = await small.account(HELPER)
    review = review_id("AR02", helper.id, "2026-03-01")
    fields = {
        "place": VILLAGE,
        "code": "AR02",
        "level": "yellow",
        "account": helper.id,
        "since": "2026-03-01",
        "until": "2026-03-31",
        "evidence": ["c" * 32],
    }
    edit = DeskEdit(kind="review", record=review, name="review.open", fields=fields)
    assert await write_edits(platform, [(VILLAGE, edit)]) == 1
    return review


async def find(small: SmallCentre, platform: Platform, role: str, review: str) -> Taken:
    standing = await read_record(platform, "review", review)
    assert standing is not None
    [(epoch,)] = await small.fetch("SELECT epoch FROM centre")
    login = next(one.login for one in small.world.accounts if one.role == role)
    return await take_step(
        platform,
        await small.account(login),
        kind="review",
        record=review,
        name="review.find",
        fields={"finding": "unfounded", "finding_note": "集中缴费期"},
        seen=Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash)),
    )


async def test_a_review_is_told_answered_and_found_by_a_supervisor_alone(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        review = await opened(small, platform)
        phone = await small.enrol(HELPER)
        [(notice,)] = await small.fetch("SELECT id FROM notices WHERE bucket LIKE 'person:%'")
        told = await read_record(platform, "notice", notice)
        [(epoch,)] = await small.fetch("SELECT epoch FROM centre")
        assert told is not None
        seen = Base(epoch=epoch, rev=told.rev, hash=encode_hash(told.hash))
        empty = small.change("notice", "notice.answer", notice, {"answer": "  "}, base=seen)
        full = small.change("notice", "notice.answer", notice, {"answer": "医保集中缴费，一天走了十二户"}, base=seen)
        codes = [one.code for one in (await small.send(phone, empty, full)).outcomes]
        assert codes == [OutcomeCode.REFUSED, OutcomeCode.APPLIED]
        with pytest.raises(NotFound):
            await find(small, platform, "town_lead", review)
        taken = await find(small, platform, "city_supervisor", review)
        assert taken.outcome.code is OutcomeCode.APPLIED
        assert taken.record is not None
        assert taken.record.fields["explanation"] == "医保集中缴费，一天走了十二户"
        assert taken.record.fields["state"] == "found"


async def test_a_notice_that_asks_nothing_takes_no_answer(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        helper = await small.account(HELPER)
        phone = await small.enrol(HELPER)
        platform = platform_of(small.centre, small.writer)
        fields = {"place": VILLAGE, "about": "x", "about_kind": "case", "code": "step", "level": "blue"}
        edit = DeskEdit(
            kind="light",
            record=light_id("x", "step"),
            name="light.raise",
            fields={**fields, "told": [helper.id]},
        )
        assert await write_edits(platform, [(VILLAGE, edit)]) == 1
        [(notice,)] = await small.fetch("SELECT id FROM notices")
        await small.tamper("DELETE FROM lights")
        told = await read_record(platform, "notice", notice)
        [(epoch,)] = await small.fetch("SELECT epoch FROM centre")
        assert told is not None
        seen = Base(epoch=epoch, rev=told.rev, hash=encode_hash(told.hash))
        answer = small.change("notice", "notice.answer", notice, {"answer": "好"}, base=seen)
        [outcome] = (await small.send(phone, answer)).outcomes
        assert (outcome.code, outcome.reason) == (OutcomeCode.REFUSED, "nothing_asked")


async def test_nobody_but_the_centre_raises_a_light(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        phone = await small.enrol(HELPER)
        fields = {"place": VILLAGE, "about": "x", "about_kind": "case", "code": "step", "level": "red"}
        line = small.change("light", "light.raise", light_id("x", "step"), fields)
        [outcome] = (await small.send(phone, line)).outcomes
        assert not outcome.code.has_effect
        assert await small.fetch("SELECT count(*) FROM lights") == [(0,)]
