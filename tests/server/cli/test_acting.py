"""In whose name a command acts, and who answers for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.activate_account import activate_account
from server.actions.desk_change import CENTRE_LOGIN
from server.actions.refusals import AccountClosed, NotFound, ReasonMissing
from server.actions.sign_in import give_sign_in
from server.actions.take_step import centre_itself
from server.centre import platform_of
from server.cli.acting import InPlaceOf, account_named, vouched
from server.cli.centre import staff_door
from tests.small_centre import HELPER, SmallCentre, small_centre


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SmallCentre]:
    async with small_centre(tmp_path) as made:
        yield made


def administrator(small: SmallCentre) -> str:
    return next(one.login for one in small.world.accounts if one.role == "administrator")


async def test_an_account_is_found_by_its_login_or_is_not_there(small: SmallCentre) -> None:
    platform = platform_of(small.centre, small.writer)
    assert (await account_named(platform, HELPER)).login == HELPER
    with pytest.raises(NotFound, match="no account nobody"):
        await account_named(platform, "nobody")


async def test_nobody_acts_as_the_centre_or_in_its_name(small: SmallCentre) -> None:
    platform = platform_of(small.centre, small.writer)
    await centre_itself(platform)
    for login, operator in ((CENTRE_LOGIN, administrator(small)), (HELPER, CENTRE_LOGIN)):
        with pytest.raises(NotFound, match="no account centre"):
            await vouched(
                platform, InPlaceOf(login, operator, "受托办理"), kind="item", record="a" * 32, what="item.publish"
            )
    with pytest.raises(NotFound):
        await activate_account(
            *(platform.database, small.centre.secrets, CENTRE_LOGIN),
            actor="operator",
            now_ms=1,
            randomness=platform.randomness,
        )
    with pytest.raises(AccountClosed):
        await give_sign_in(staff_door(small.centre), CENTRE_LOGIN, actor="operator")


async def test_the_reason_is_in_the_read_log_before_anything_is_done(small: SmallCentre) -> None:
    platform = platform_of(small.centre, small.writer)
    who = InPlaceOf(HELPER, administrator(small), "受托办理")
    account, operator = await vouched(platform, who, kind="item", record="a" * 32, what="item.publish")
    assert (account.login, operator.login) == (HELPER, administrator(small))
    assert await small.fetch("SELECT account, kind, record FROM reads") == [(operator.id, "item", "a" * 32)]


@pytest.mark.parametrize(("operator", "reason", "why"), [("", "受托办理", NotFound), ("admin", "", ReasonMissing)])
async def test_nobody_acts_in_a_place_without_an_administrator_and_a_reason(
    small: SmallCentre, operator: str, reason: str, why: type[Exception]
) -> None:
    platform = platform_of(small.centre, small.writer)
    who = InPlaceOf(HELPER, administrator(small) if operator else HELPER, reason)
    with pytest.raises(why):
        await vouched(platform, who, kind="item", record="a" * 32, what="item.publish")
    assert await small.fetch("SELECT count(*) FROM reads") == [(0,)]
