"""What an administrator does to an account from afar: makes one, gives it another role or other places.

Laws: both the account and what it is given lie in the administrator's own scope, and nobody changes their own. Who runs
the system and who audits are named at the machine alone: nobody is made one from afar, or made something else.
"""

from __future__ import annotations

from server.actions.account_sheet import AccountEntry, SheetRows, read_account
from server.actions.import_accounts import import_accounts
from server.actions.list_accounts import read_account as read_listed
from server.actions.move_account import Moved, move_account
from server.actions.platform import Platform
from server.actions.refusals import ActionRefused, NotFound
from server.domain.people.entitlement import Directory
from server.domain.people.reach import place_in_scope, unit_in_scope
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
    directory, standing = await platform.directory(), await account_to_change(platform, by, account)
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
    within = all(place_in_scope(by.scope, place, directory) for place in (*scope.places, site))
    if (
        (role is not before and APART & {role, before})
        or not within
        or not all(unit_in_scope(by.scope, unit, directory) for unit in scope.units)
    ):
        raise NotFound("out of this scope")
