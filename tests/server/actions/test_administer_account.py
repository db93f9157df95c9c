"""Whoever administers gives within their own scope, to others, and makes nobody an administrator or an auditor."""

from __future__ import annotations

from typing import Any

import pytest

from server.actions.administer_account import AccountUnfit, LoginTaken, account_to_change, make_account, rescope_account
from server.actions.refusals import NotFound
from server.centre import platform_of
from server.domain.people.roles import Role
from tests.small_centre import HELPER, TOWN, VILLAGE, SmallCentre

NEW: dict[str, Any] = {"login": "h-new", "name": "张三", "role": "helper", "places": [VILLAGE], "units": [], "site": ""}


async def test_an_account_is_made_once_and_given_another_place(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    admin = await either.account(next(one.login for one in either.world.accounts if one.role == "administrator"))
    made = await make_account(platform, admin, **NEW)
    assert (made.role, sorted(made.scope.places), made.site) == (Role.HELPER, [VILLAGE], VILLAGE)
    with pytest.raises(LoginTaken):
        await make_account(platform, admin, **NEW)
    with pytest.raises(AccountUnfit) as unfit:
        await make_account(platform, admin, **{**NEW, "login": "h-other", "places": [TOWN]})
    assert [fault["field"] for fault in unfit.value.faults] == ["places"]
    await rescope_account(platform, admin, made.id, role="town_lead", places=[TOWN], units=[], site="")
    again = await either.account("h-new")
    assert (again.role, sorted(again.scope.places)) == (Role.TOWN_LEAD, [TOWN])


async def test_nobody_is_changed_out_of_reach_or_by_themselves(either: SmallCentre) -> None:
    platform, helper = platform_of(either.centre, either.writer), await either.account(HELPER)
    admin = await either.account(next(one.login for one in either.world.accounts if one.role == "administrator"))
    for role in ("administrator", "auditor"):
        with pytest.raises(NotFound):
            await make_account(platform, admin, **{**NEW, "role": role, "places": [TOWN]})
        with pytest.raises(NotFound):
            await rescope_account(platform, admin, helper.id, role=role, places=[TOWN], units=[], site="")
    lead = await either.account(next(one.login for one in either.world.accounts if one.role == "town_lead"))
    for by, account in ((admin, admin.id), (admin, "f" * 32), (helper, lead.id)):
        with pytest.raises(NotFound):
            await account_to_change(platform, by, account)
