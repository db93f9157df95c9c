"""Lists the accounts that work in the places of a scope, with what their devices said when they were last heard of.

Law: the order is that of logins, which are places; there is no order by any number, and no count of work.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.desk_change import DESK_APP
from server.actions.platform import Platform
from server.domain.people.reach import place_in_scope, places_below
from server.domain.people.roles import Role, Scope
from server.storage.people import AccountRow, DeviceRow, account_by_id, devices_of

LINES = 50


@dataclass(frozen=True, slots=True)
class AccountLine:
    """`last_contact`: of the device heard of last; `unsent_since`: of the one that waits longest. None: never."""

    id: str
    login: str
    name: str
    role: Role
    site: str
    site_name: str
    status: str
    devices: int
    last_contact: int | None
    unsent: int
    unsent_since: int | None


@dataclass(frozen=True)
class AccountPage:
    """`after`: the account after which the next page begins, "" at the end. Its login stands in no address."""

    lines: tuple[AccountLine, ...]
    after: str


_LIST = """SELECT a.id, a.login, a.name, a.role, a.site, p.name, a.status, count(d.id), max(d.last_contact),
                  coalesce(sum(d.unsent), 0), min(CASE WHEN d.unsent > 0 THEN d.unsent_since END)
           FROM accounts a LEFT JOIN places p ON p.code = a.site
           LEFT JOIN devices d ON d.account = a.id AND d.revoked_at IS NULL AND d.app_version <> ?
           WHERE a.site IN (?*) AND a.login > coalesce((SELECT login FROM accounts WHERE id = ?), '')
                 AND (a.login LIKE ? OR a.name LIKE ?) AND a.role IN (?*)
                 AND (a.status = 'active' OR ? = 0)
           GROUP BY a.id, a.login, a.name, a.role, a.site, p.name, a.status
           HAVING coalesce(max(d.last_contact), 0) < ? AND coalesce(sum(d.unsent), 0) >= ?
           ORDER BY a.login LIMIT ?"""
_EVER = 2**53


async def list_accounts(
    platform: Platform,
    scope: Scope,
    *,
    search: str = "",
    roles: frozenset[Role] = frozenset(Role),
    silent_since: int | None = None,
    unsent_min: int = 0,
    after: str = "",
) -> AccountPage:
    """`search`: the beginning of a login or a part of a name. `silent_since`: only who was not heard of after that;
    `unsent_min`: only who had so much unsent at the last contact. Both leave out closed accounts.
    """
    directory = await platform.directory()
    sites = places_below(scope, directory)
    wanted = "".join(sign for sign in search if sign not in "%_\\")
    params = [
        *(DESK_APP, sites, after, f"{wanted}%", f"%{wanted}%", sorted(role.value for role in roles)),
        *(int(silent_since is not None or unsent_min > 0), silent_since if silent_since is not None else _EVER),
        *(unsent_min, LINES + 1),
    ]
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_LIST, params)
    lines = tuple(
        AccountLine(ident, login, name, Role(role), site, place or site, status, devices, last, int(unsent), since)
        for ident, login, name, role, site, place, status, devices, last, unsent, since in rows[:LINES]
    )
    return AccountPage(lines, lines[-1].id if len(rows) > LINES else "")


async def read_account(platform: Platform, scope: Scope, account: str) -> tuple[AccountRow, list[DeviceRow]] | None:
    """An account that works in the scope, with its devices; None for a foreign or an absent one."""
    directory = await platform.directory()
    async with platform.database.read() as snapshot:
        found = await account_by_id(snapshot, account)
        devices = await devices_of(snapshot, account)
    if found is None or not place_in_scope(scope, found.site, directory):
        return None
    return found, [device for device in devices if device.app_version != DESK_APP]
