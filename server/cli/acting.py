"""What the commands share that act in a person's name: who is meant, who acts in that place, and why.

Law: whoever has this machine may change what an account may change, and never unseen: an administrator's name stands in
the log on behalf of the account, and the reason in the read log before anything is done. What is done in the centre's
own name has the administrator and the reason in the read log.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import typer

from server.actions.act_for import vouch_for
from server.actions.desk_change import CENTRE_ACCOUNT
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import centre_itself
from server.storage.people import AccountRow, accounts_by_login

AsOption = Annotated[str, typer.Option("--as", help="The login of the account in whose name it is done.")]
OperatorOption = Annotated[str, typer.Option("--operator", help="The administrator's login who acts in that place.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept in the read log under the operator's name.")]


class InPlaceOf(NamedTuple):
    """`login` is whose place it is, `operator` the administrator's login, `reason` why."""

    login: str
    operator: str
    reason: str


async def account_named(platform: Platform, login: str) -> AccountRow:
    """Raises NotFound, for the centre's own account as well: nobody acts as it, or in its name for somebody."""
    async with platform.database.read() as snapshot:
        found = await accounts_by_login(snapshot, [login])
    if login not in found or found[login].id == CENTRE_ACCOUNT:
        raise NotFound(f"no account {login}")
    return found[login]


async def answered_for(
    platform: Platform, operator: str, reason: str, *, kind: str, record: str, what: str
) -> AccountRow:
    """The centre's own account, after who acts by it and why are kept. Raises what vouched does."""
    centre = await centre_itself(platform)
    who = await account_named(platform, operator)
    await vouch_for(platform, who, centre, reason=reason, kind=kind, record=record, what=what)
    return centre


async def vouched(
    platform: Platform, who: InPlaceOf, *, kind: str, record: str, what: str
) -> tuple[AccountRow, AccountRow]:
    """The account and its operator, the reason kept. Raises NotFound, or ReasonMissing without one."""
    account, operator = await account_named(platform, who.login), await account_named(platform, who.operator)
    await vouch_for(platform, operator, account, reason=who.reason, kind=kind, record=record, what=what)
    return account, operator
