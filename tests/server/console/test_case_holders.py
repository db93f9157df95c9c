"""Who can be named in a case's forms, who cannot, and what each unit of a joint handling has said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.show_case import show_case
from server.centre import platform_of
from server.console.case_holders import case_forms, told_parts, unlisted
from server.domain.people.reach import unit_holder
from server.domain.people.roles import Role, Scope
from server.storage.people import AccountRow, insert_accounts
from tests.put_record import case_of, put_record
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE
from tests.small_centre import TOWN, VILLAGE, SmallCentre, small_centre

COUNTY = "341881000000"
PART = {"asked_on": "2026-11-03", "days": 20, "due": "2026-12-01"}


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SmallCentre]:
    async with small_centre(tmp_path) as made:
        yield made


async def offered(small: SmallCentre, account: AccountRow, **fields: object) -> dict[str, dict[str, str]]:
    """Step → key → name, of what the account may name in each form of such a case."""
    await put_record(small, "case", CASE, case_of(small, **fields))
    platform = platform_of(small.centre, small.writer)
    forms = await case_forms(platform, account, await show_case(platform, account, CASE))
    return {
        form.step: {key: zh for one in form.inputs for key, (zh, _) in (one.choices or {}).items()} for form in forms
    }


async def clerk_with(small: SmallCentre, scope: Scope) -> AccountRow:
    clerk = AccountRow("9" * 32, "another", "科员", Role.DESK_CLERK, scope, "")
    async with small.centre.database.write() as tx:
        await insert_accounts(tx, [clerk], 0)
    return clerk


def units_of_the_county(small: SmallCentre) -> list[tuple[str, str]]:
    return [(unit_holder(unit.id), unit.name) for unit in small.world.units if unit.place == COUNTY]


async def test_units_around_are_offered_but_not_the_one_that_leads(small: SmallCentre) -> None:
    (lead, _), (other, name), *_ = units_of_the_county(small)
    found = await offered(small, await clerk_of(small), state="received", finished_at="", holder=lead)
    assert found["case.accept"][other] == name
    assert lead not in found["case.accept"] | found["case.transfer"]
    assert {key.partition(":")[0] for key in found["case.accept"]} == {"unit"}
    assert {key.partition(":")[0] for key in found["case.transfer"]} == {"unit", "place"}


async def test_a_part_is_answered_for_ones_own_unit_and_let_go_for_any(small: SmallCentre) -> None:
    (own, name), (other, second), *_ = units_of_the_county(small)
    clerk = await clerk_with(small, Scope(units=frozenset({own[5:]})))
    parts = [{"unit": own, **PART}, {"unit": other, **PART}]
    case = {"state": "reviewing", "finished_at": "", "holder": f"place:{VILLAGE}", "parts": parts}
    found = await offered(small, clerk, **case)
    assert (found["case.part_answer"], found["case.part_drop"]) == ({own: name}, {own: name, other: second})


async def test_where_no_part_is_ones_own_there_is_nothing_to_answer(small: SmallCentre) -> None:
    city = next(unit_holder(unit.id) for unit in small.world.units if unit.place == "341800000000")
    case = {"state": "reviewing", "finished_at": "", "holder": f"place:{VILLAGE}", "parts": [{"unit": city, **PART}]}
    found = await offered(small, await clerk_with(small, Scope(places=frozenset({TOWN}))), **case)
    assert "case.part_answer" not in found
    assert city in found["case.part_drop"]


@pytest.mark.parametrize(
    ("step", "fields", "told"),
    [
        ("case.accept", {"joint": ["unit:none", "民政局"]}, ["unit:none", "民政局"]),
        ("case.transfer", {"transfer": {"to": "某地"}}, ["某地"]),
        ("case.review", {"joint": ["unit:none"]}, []),
    ],
)
async def test_who_is_not_listed_is_told(
    small: SmallCentre, step: str, fields: dict[str, object], told: list[str]
) -> None:
    directory = await platform_of(small.centre, small.writer).directory()
    assert [one.zh for one in unlisted(step, fields, directory)] == [f"没有“{one}”这个承办方" for one in told]
    assert unlisted("case.accept", {"joint": [units_of_the_county(small)[0][0]]}, directory) == []


@pytest.mark.parametrize("step", ["case.transfer", "case.pass_up"])
async def test_who_is_named_nowhere_is_asked_for(small: SmallCentre, step: str) -> None:
    directory = await platform_of(small.centre, small.writer).directory()
    assert [one.code for one in unlisted(step, {}, directory)] == ["holder_unnamed"]


async def test_each_part_is_told_with_its_answer(small: SmallCentre) -> None:
    (first, name), (second, _), (third, _), *_ = units_of_the_county(small)
    parts = [
        {"unit": first, **PART},
        {"unit": second, **PART, "answered_on": "2026-11-09", "agrees": False, "text": "选址不符"},
        {"unit": third, **PART, "dropped_on": "2026-11-09", "text": "不涉及"},
    ]
    told = await told_parts(platform_of(small.centre, small.writer), {"parts": parts})
    assert (told[0]["name"], told[1]["text"]) == (name, "选址不符")
    assert [(one["is_open"], one["agrees"], one["dropped"]) for one in told] == [
        (True, False, False),
        (False, False, False),
        (False, False, True),
    ]
