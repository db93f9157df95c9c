"""A step at a desk goes the way of every change, and no further than the account's scope."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.actions.platform import Platform
from server.actions.raise_lights import raise_lights
from server.actions.refusals import NotFound
from server.actions.show_case import show_case
from server.actions.take_step import Taken, centre_itself, read_record, take_step
from server.centre import platform_of
from server.domain.cases.consent import DATA_KINDS, SENSITIVE_KINDS
from server.domain.people.roles import Role, Scope
from server.domain.record_fields import groups
from server.merge_policies.supervision_policies import light_id
from server.storage.people import AccountRow, insert_accounts
from sync.core.chain import encode_hash
from sync.core.changes import Base, OutcomeCode
from sync.core.clock import from_iso
from tests.people import HandClock
from tests.put_record import case_of, put_record
from tests.server.actions.test_show_case import CASE, file_case
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre


def login_of(small: SmallCentre, role: str) -> str:
    return next(one.login for one in small.world.accounts if one.role == role)


async def test_a_clerk_corrects_a_resident_of_the_own_place_and_a_phone_hears_of_it(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        device = await small.enrol(HELPER)
        resident = "7" * 32
        await small.register(device, record=resident)
        standing = await read_record(platform, "resident", resident)
        assert standing is not None
        epoch = (await small.fetch("SELECT epoch FROM centre"))[0][0]
        clerk = await small.account(clerk_over(small))
        taken = await take_step(
            platform,
            clerk,
            kind="resident",
            record=resident,
            name="resident.edit",
            fields={"address": "胡乐村12号"},
            seen=Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash)),
        )
        assert taken.outcome.code is OutcomeCode.APPLIED
        assert taken.record is not None
        assert taken.record.fields["address"] == "胡乐村12号"
        assert f"place:{VILLAGE}" in small.raised


def clerk_over(small: SmallCentre) -> str:
    """A clerk whose scope holds the village's county."""
    return next(
        one.login
        for one in small.world.accounts
        if one.role == "desk_clerk" and any(VILLAGE.startswith(place[:6]) for place in one.scope_places)
    )


async def test_out_of_reach_and_absent_are_the_same(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        stranger = await small.account(login_of(small, "administrator"))
        fields = {"name": "王秀英", "village": VILLAGE}
        for name in ("resident.register", "resident.edit", "resident.nothing"):
            with pytest.raises(NotFound):
                await take_step(
                    platform, stranger, kind="resident", record="7" * 32, name=name, fields=fields, seen=None
                )


async def test_the_centre_itself_takes_steps_anywhere_and_an_administrator_does_not_thereby(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        fields = {"name": "王秀英", "village": VILLAGE}
        taken = await take_step(
            platform,
            await centre_itself(platform),
            kind="resident",
            record="7" * 32,
            name="resident.register",
            fields=fields,
            seen=None,
        )
        assert taken.outcome.code is OutcomeCode.APPLIED


async def test_a_unit_of_a_joint_handling_reaches_the_case_and_answers_for_itself_alone(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        units = [unit for unit in small.world.units if unit.place == "341800000000"]
        city = AccountRow("9" * 32, "city-unit", "市直", Role.DESK_CLERK, Scope(units=frozenset({units[0].id})), "")
        part = {"asked_on": "2026-11-02", "days": 20, "due": "2026-11-30"}
        parts = [{**part, "unit": f"unit:{unit.id}"} for unit in units[:2]]
        held = case_of(small, state="reviewing", finished_at="", holder=f"place:{VILLAGE}", parts=parts)
        await put_record(small, "case", "c" * 32, held)

        async def answer(unit: str) -> str:
            said = {"part_answer": {"unit": f"unit:{unit}", "agrees": True}}
            seen = await small.seen("case", "c" * 32)
            taken = await take_step(
                platform, city, kind="case", record="c" * 32, name="case.part_answer", fields=said, seen=seen
            )
            return taken.outcome.code.value

        with pytest.raises(NotFound):
            await answer(units[1].id)
        async with small.centre.database.write() as tx:
            await insert_accounts(tx, [city], 0)
        assert await answer(units[0].id) == "applied"
        assert (await show_case(platform, city, "c" * 32)).record.id == "c" * 32


async def test_a_unit_that_is_not_listed_handles_nothing_jointly(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        await put_record(small, "case", "c" * 32, case_of(small, state="received", holder=f"place:{VILLAGE}"))
        clerk, seen = await small.account(clerk_over(small)), await small.seen("case", "c" * 32)
        said = {"joint": ["unit:" + "0" * 32]}
        with pytest.raises(NotFound):
            await take_step(platform, clerk, kind="case", record="c" * 32, name="case.accept", fields=said, seen=seen)


async def test_a_department_does_not_answer_for_its_neighbour_although_it_sees_the_case(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    clerk = await either.account(clerk_over(either))
    [own] = clerk.scope.units
    other = next(one.id for one in either.world.units if one.place in clerk.scope.places and one.id != own)
    part = {"asked_on": "2026-11-02", "days": 20, "due": "2026-11-30"}
    parts = [{**part, "unit": f"unit:{unit}"} for unit in (own, other)]
    held = case_of(either, state="reviewing", finished_at="", holder=f"place:{VILLAGE}", parts=parts)
    await put_record(either, "case", "c" * 32, held)

    async def answer(unit: str) -> str:
        said = {"part_answer": {"unit": f"unit:{unit}", "agrees": True}}
        seen = await either.seen("case", "c" * 32)
        taken = await take_step(
            platform, clerk, kind="case", record="c" * 32, name="case.part_answer", fields=said, seen=seen
        )
        return taken.outcome.code.value

    with pytest.raises(NotFound):
        await answer(other)
    assert await answer(own) == "applied"


async def test_a_units_case_is_decided_by_the_unit_and_taken_in_by_any_desk_that_sees_it(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    clerks = [await either.account(one.login) for one in either.world.accounts if one.role == "desk_clerk"]
    [county, *_] = [one.scope.places for one in clerks if one.login == clerk_over(either)]
    one, other = [clerk for clerk in clerks if clerk.scope.places == county][:2]
    [unit] = one.scope.units
    assert unit not in other.scope.units
    held = case_of(either, state="received", finished_at="", holder=f"unit:{unit}")
    await put_record(either, "case", "c" * 32, held)

    async def step(clerk: AccountRow, verb: str, fields: dict[str, Any]) -> str:
        seen = await either.seen("case", "c" * 32)
        name = f"case.{verb}"
        taken = await take_step(platform, clerk, kind="case", record="c" * 32, name=name, fields=fields, seen=seen)
        return taken.outcome.code.value

    papers = {f"material.{no}": {"state": "paper"} for no in range(1, 9)}
    assert await step(other, "accept", papers) == "applied"
    page = await show_case(platform, other, "c" * 32, "核对")
    assert "case.decide" not in page.steps
    assert "case.transfer" in page.steps
    assert [advice.code for advice in page.advice if advice.code == "unit_decides"]
    with pytest.raises(NotFound):
        await step(other, "decide", {"decision": {"granted": True}})
    assert "case.decide" in (await show_case(platform, one, "c" * 32, "核对")).steps
    assert await step(one, "decide", {"decision": {"granted": True}}) == "applied"


async def test_a_desk_files_a_standard_item_for_a_resident_of_any_village_it_reaches(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    clerk = await either.account(clerk_over(either))
    rows = await either.fetch("SELECT id, catalogue FROM items WHERE unit IS NULL AND status = 'active' ORDER BY id")
    item = next(item for item, catalogue in rows if catalogue.startswith("village:"))
    resident, consent, case = "1" * 32, "2" * 32, "3" * 32
    given = {
        "resident": resident, "items": [item], "data_kinds": sorted(DATA_KINDS), "purpose": "代办",
        "recipients": ["民政"], "sensitive": sorted(SENSITIVE_KINDS), "means": "signature",
        "text_hash": "ab" * 32, "signed_at": "2026-11-24T09:00:00+08:00",
        "valid_until": "2026-12-20", "helper": clerk.id, "village": VILLAGE,
    }  # fmt: skip
    filing = {"resident": resident, "item": item, "item_version": 1, "consent": consent, "village": VILLAGE}
    for kind, name, record, fields in (
        ("resident", "resident.register", resident, {"name": "王秀英", "village": VILLAGE}),
        ("consent", "consent.give", consent, given),
        ("case", "case.submit", case, filing),
    ):
        taken = await take_step(platform, clerk, kind=kind, record=record, name=name, fields=fields, seen=None)
        assert taken.outcome.code.has_effect, taken.outcome
    held = await read_record(platform, "case", case)
    assert held is not None
    assert (held.fields["state"], held.fields["served"]) == ("received", "desk")


async def reviewed_below(small: SmallCentre) -> tuple[Platform, AccountRow]:
    """A case whose item is reviewed where it is accepted and decided above (行政许可法 35, 43), accepted."""
    platform, clerk = platform_of(small.centre, small.writer), await small.account(clerk_over(small))
    item = next(one for one in small.world.standard_items if one.key == "V01")
    held = await read_record(platform, "item", item.id)
    assert held is not None
    await small.tamper("DELETE FROM items WHERE id = ?", [item.id])
    materials = [one for one in groups(held.fields, "materials") if one.get("no") == 1]
    fields = {**held.fields, "review_days": 5, "materials": materials}
    await put_record(small, "item", item.id, fields, bucket=held.bucket)
    await file_case(small)
    accepted = await case_step(small, platform, clerk, "case.accept")
    assert accepted.outcome.code is OutcomeCode.APPLIED, accepted.outcome.detail
    return platform, clerk


async def case_step(small: SmallCentre, platform: Platform, who: AccountRow, name: str, **fields: Any) -> Taken:
    seen = await small.seen("case", CASE)
    return await take_step(platform, who, kind="case", record=CASE, name=name, fields=fields, seen=seen)


def unit_above(small: SmallCentre, holder: object) -> str:
    return min(one for unit in small.world.units if (one := f"unit:{unit.id}") != holder)


async def test_who_reviews_first_passes_it_up_with_an_opinion_and_who_has_it_then_decides(either: SmallCentre) -> None:
    platform, clerk = await reviewed_below(either)
    shown = await show_case(platform, clerk, CASE)
    assert ("case.pass_up" in shown.steps, "case.decide" in shown.steps) == (True, False)
    assert [due.code for due in shown.dues if due.code == "review"] == ["review"]
    above = unit_above(either, shown.record.fields["holder"])
    for step, fields, reason in (
        ("case.decide", {"decision": {"granted": True}}, "review_first"),
        ("case.pass_up", {"passing_up": {"to": above}}, "opinion_missing"),
        ("case.pass_up", {"passing_up": {"to": shown.record.fields["holder"], "opinion": "齐全"}}, "holder_same"),
    ):
        refused = await case_step(either, platform, clerk, step, **fields)
        assert (refused.outcome.code, refused.outcome.reason) == (OutcomeCode.REFUSED, reason)
    passed = await case_step(either, platform, clerk, "case.pass_up", passing_up={"to": above, "opinion": "建议准予"})
    assert passed.outcome.code is OutcomeCode.APPLIED
    assert passed.record is not None
    clock = passed.record.fields["clock"]
    assert isinstance(clock, dict)
    assert (passed.record.fields["holder"], clock["passed_on"]) == (above, "2026-11-24")
    assert await either.fetch("SELECT holder FROM cases WHERE id = ?", [CASE]) == [(above,)]
    shown = await show_case(platform, clerk, CASE)
    assert ("case.pass_up" in shown.steps, "case.decide" in shown.steps) == (False, True)
    assert [due.code for due in shown.dues if due.code == "review"] == []
    again = await case_step(either, platform, clerk, "case.pass_up", passing_up={"to": above, "opinion": "再报"})
    assert again.outcome.code is OutcomeCode.REFUSED
    decided = await case_step(either, platform, clerk, "case.decide", decision={"granted": True})
    assert decided.outcome.code is OutcomeCode.APPLIED


async def test_nobody_is_passed_a_case_who_is_not_there_and_who_filed_it_gives_no_opinion(either: SmallCentre) -> None:
    platform, clerk = await reviewed_below(either)
    with pytest.raises(NotFound):
        await case_step(either, platform, clerk, "case.pass_up", passing_up={"to": "unit:nobody", "opinion": "齐全"})
    helper = replace(await either.account(HELPER), role=Role.DESK_CLERK)
    above = unit_above(either, "")
    own = await case_step(either, platform, helper, "case.pass_up", passing_up={"to": above, "opinion": "齐全"})
    assert (own.outcome.code, own.outcome.reason) == (OutcomeCode.REFUSED, "own_filing")


async def test_a_review_that_takes_too_long_shines_on_who_reviews_and_not_once_it_is_passed_up(
    either: SmallCentre,
) -> None:
    platform, clerk = await reviewed_below(either)
    late = replace(platform, clock=HandClock(wall=from_iso("2026-12-08T10:00:00+08:00")))
    await raise_lights(late)
    light = light_id(CASE, "review")
    shown = await read_record(platform, "light", light)
    case = await read_record(platform, "case", CASE)
    assert shown is not None
    assert case is not None
    assert (shown.fields["level"], shown.fields["holder"]) == ("red_plus", case.fields["holder"])
    above = unit_above(either, case.fields["holder"])
    await case_step(either, platform, clerk, "case.pass_up", passing_up={"to": above, "opinion": "建议准予"})
    await raise_lights(late)
    assert await either.fetch("SELECT state FROM lights WHERE id = ?", [light]) == [("cleared",)]
