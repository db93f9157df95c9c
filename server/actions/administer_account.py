"""What an administrator does to an account from afar: makes one, gives it another role or other places.

Laws: both the account and what it is given lie in the administrator's own scope, nobody changes their own, and nobody
lets somebody in who reaches further than they do. Who runs the system and who audits are named at the machine alone:
nobody is made one from afar, or made something else.
"""

from __future__ import annotations

from server.actions.account_sheet import AccountEntry, SheetRows, read_account
from server.actions.import_accounts import import_accounts
from server.actions.list_accounts import read_account as read_listed
from server.actions.move_account import Moved, move_account
from server.actions.platform import Platform
from server.actions.refusals import ActionRefused, NotFound
from server.domain.people.entitlement import Directory
from server.domain.people.reach import covers, place_in_scope
from server.domain.people.roles import Role, Scope
from server.storage.people import ACTIVE, AccountRow, accounts_by_login

APART = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


class LoginTaken(ActionRefused):
    """Somebody has this login."""

    code = "login_taken"


class AccountUnfit(ActionRefused):
    """`faults`: what is wrong, each with its field and its words."""

    code = "account_unfit"

    def __init__(self, faults: list[dict[str, str]]) -> None:
        super().__init__(", ".join(fault["field"] for fault in faults))
        self.faults = faults


async def make_account(
    platform: Platform, by: AccountRow, *, login: str, name: str, role: str, places: list[str], units: list[str],
    site: str,
) -> AccountRow:  # fmt: skip
    """Raises AccountUnfit, LoginTaken, or NotFound for what lies out of reach."""
    directory = await platform.directory()
    entry = _entry(directory, login, name, role, places, units, site)
    _check_grant(by, entry.role, entry.scope, entry.site, directory)
    async with platform.database.read() as snapshot:
        if await accounts_by_login(snapshot, [entry.login]):
            raise LoginTaken(entry.login)
    await import_accounts(
        platform.database,
        SheetRows(1, (entry,), ()),
        directory=directory,
        partial=False,
        actor=by.id,
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
    )
    async with platform.database.read() as snapshot:
        return (await accounts_by_login(snapshot, [entry.login]))[entry.login]


async def rescope_account(
    platform: Platform, by: AccountRow, account: str, *, role: str, places: list[str], units: list[str], site: str
) -> Moved:
    """Another role, other places or units. What is still on its phones merges as ever for fourteen days. Raises
    AccountUnfit, or NotFound for what lies out of reach.
    """
    directory, standing = await platform.directory(), await account_to_let_in(platform, by, account)
    if standing.status != ACTIVE:
        raise NotFound("a closed account has no places")
    entry = _entry(directory, standing.login, standing.name, role or standing.role.value, places, units, site)
    _check_grant(by, entry.role, entry.scope, entry.site, directory, before=standing.role)
    moved = await move_account(
        platform.database,
        account,
        role=entry.role,
        scope=entry.scope,
        site=entry.site,
        directory=directory,
        actor=by.id,
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
    )
    platform.forget_standings()
    return moved


async def account_to_change(platform: Platform, by: AccountRow, account: str) -> AccountRow:
    """One that this administrator may change. Raises NotFound."""
    found = await read_listed(platform, by.scope, account)
    if found is None or account == by.id:
        raise NotFound("no such account in this scope")
    return found[0]


async def account_to_let_in(platform: Platform, by: AccountRow, account: str) -> AccountRow:
    """One to which this administrator may give access: it reaches nothing that they do not. Raises NotFound."""
    found = await account_to_change(platform, by, account)
    if not covers(by.scope, found.scope, await platform.directory()):
        raise NotFound("it reaches beyond this scope")
    return found


def _entry(
    directory: Directory, login: str, name: str, role: str, places: list[str], units: list[str], site: str
) -> AccountEntry:
    cells = {"login": login, "name": name, "role": role, "places": ",".join(places), "units": ",".join(units)}
    entry, faults = read_account({**cells, "site": site}, directory)
    if entry is None or faults:
        raise AccountUnfit([{"field": one.column, "zh": one.zh, "en": one.en} for one in faults])
    return entry


def _check_grant(
    by: AccountRow, role: Role, scope: Scope, site: str, directory: Directory, *, before: Role | None = None
) -> None:
    """Whoever grants holds what is granted. `before`: the role that the account has."""
    is_apart = role is not before and APART & {role, before}
    if is_apart or not place_in_scope(by.scope, site, directory) or not covers(by.scope, scope, directory):
        raise NotFound("out of this scope")
