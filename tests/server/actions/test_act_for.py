"""An operator in a clerk's place: the clerk's reach, the operator's name, and a reason that is kept."""

from __future__ import annotations

import pytest

from server.actions.act_for import OwnFiling, act_for
from server.actions.case_history import case_history
from server.actions.refusals import NotFound, ReasonMissing
from server.actions.take_step import Taken
from server.centre import platform_of
from server.storage.people import AccountRow
from server.storage.read_log import reason_place
from tests.put_record import case_of, put_record
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.small_centre import SmallCentre


async def administrator(small: SmallCentre) -> AccountRow:
    return await small.account(next(one.login for one in small.world.accounts if one.role == "administrator"))


async def precheck(small: SmallCentre, operator: AccountRow, reason: str = "窗口停电，受托办理") -> Taken:
    platform = platform_of(small.centre, small.writer)
    return await act_for(
        platform,
        operator,
        await clerk_of(small),
        reason=reason,
        kind="case",
        record=CASE,
        name="case.precheck",
        fields={"precheck": "已看"},
        seen=await small.seen("case", CASE),
    )


async def test_the_step_is_the_operators_in_the_clerks_place_and_the_reason_is_in_the_read_log(
    either: SmallCentre,
) -> None:
    await file_case(either)
    operator, clerk = await administrator(either), await clerk_of(either)
    taken = await precheck(either, operator)
    assert taken.outcome.code.value == "applied", taken.outcome
    [entry] = [one for one in await case_history(platform_of(either.centre, either.writer), CASE) if one.behalf]
    assert (entry.step, entry.account, entry.behalf) == ("case.precheck", operator.id, clerk.login)
    [(position, account, kept)] = await either.fetch(
        "SELECT position, account, reason FROM reads WHERE record = ?", [CASE]
    )
    assert account == operator.id
    reason = either.centre.sealing.open(reason_place(position), bytes(kept)).decode()
    assert reason == f"代{clerk.login} case.precheck：窗口停电，受托办理"


async def test_without_a_reason_or_by_who_administers_nothing_it_is_not_taken(either: SmallCentre) -> None:
    await file_case(either)
    with pytest.raises(ReasonMissing):
        await precheck(either, await administrator(either), reason=" ")
    with pytest.raises(NotFound):
        await precheck(either, await clerk_of(either))


async def test_what_the_clerk_filed_is_decided_by_nobody_in_the_clerks_place(either: SmallCentre) -> None:
    clerk = await clerk_of(either)
    await put_record(either, "case", CASE, case_of(either, state="reviewing", helper=clerk.id))
    with pytest.raises(OwnFiling):
        await act_for(
            platform_of(either.centre, either.writer),
            await administrator(either),
            clerk,
            reason="受托办理",
            kind="case",
            record=CASE,
            name="case.decide",
            fields={"decision": {"granted": True}},
            seen=await either.seen("case", CASE),
        )
