"""Searches the read log and the change log for who audits, and tells the centre's epoch and the apps in the field.

Laws: one account or one record is asked for, along its index, the newest first; a page goes on by position. Bodies are
never opened: who looked at what and changed what, not what it says. The reason of a look is opened. Who audits a part
searches that part: accounts that work there and records that lie there; what lies nowhere is for who audits all.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.platform import Platform
from server.domain.people.reach import covers, place_in_scope, reaches
from server.domain.people.roles import Scope
from server.storage.people import AccountRow
from server.storage.read_log import reason_place
from server.storage.records import kinds_query, record_of, records_query

ROWS_MAX = 100
WHOLE_ROWS = 1_000
"""So many at once where somebody takes all of them along."""
LATEST = 2**62
_LOOKS = """SELECT r.position, r.at, r.account, coalesce(a.name, ''), r.kind, r.record, r.reason
            FROM reads r LEFT JOIN accounts a ON a.id = r.account
            WHERE r.{} = ? AND r.position < ? ORDER BY r.position DESC LIMIT ?"""
_CHANGES = """SELECT c.position, c.received_at, c.account, coalesce(a.name, ''), c.kind, c.record, c.name, c.code
              FROM changes c LEFT JOIN accounts a ON a.id = c.account
              WHERE c.record = ? AND c.position < ? ORDER BY c.position DESC LIMIT ?"""
_LOOKS_SIZE = "SELECT count(*) FROM reads WHERE {} = ?"
_CHANGES_SIZE = "SELECT count(*) FROM changes WHERE record = ?"
_APPS = """SELECT app_version, count(*), max(last_contact) FROM devices
           WHERE revoked_at IS NULL AND app_version <> 'centre'
           GROUP BY app_version ORDER BY app_version DESC"""


@dataclass(frozen=True, kw_only=True)
class LogRow:
    """`said`: the reason of a look, or the name of a change. `code`: what became of a change."""

    position: int
    at: int
    account: str
    account_name: str
    kind: str
    record: str
    said: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class AppRow:
    version: str
    devices: int
    last_contact: int | None


@dataclass(frozen=True, kw_only=True)
class Epoch:
    epoch: str
    since: int
    reason: str


async def may_search(platform: Platform, auditor: AccountRow, named: AccountRow | None, record: str) -> bool:
    """Whether an account, or where none is named a record, is this auditor's to search."""
    directory = await platform.directory()
    listed = directory.places
    roots = frozenset(one.code for one in listed.values() if one.parent == one.code or one.parent not in listed)
    if covers(auditor.scope, Scope(places=roots), directory):
        return True
    if named is not None:
        return place_in_scope(auditor.scope, named.site, directory)
    async with platform.database.read() as snapshot:
        held = [
            record_of(kind, row, platform.sealing)
            for kind, _ in await snapshot.fetch(*kinds_query([record], platform.database.engine))
            for row in await snapshot.fetch(*records_query(kind, [record]))
        ]
    return any(reaches(auditor.id, auditor.scope, one.bucket, one.fields, directory) for one in held)


async def search_looks(
    platform: Platform, *, account: str = "", record: str = "", before: int = LATEST, limit: int = ROWS_MAX
) -> list[LogRow]:
    """Of one account or, where none is named, of one record."""
    sql = _LOOKS.format("account" if account else "record")
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(sql, [account or record, before, limit])
    return [
        LogRow(
            position=row[0], at=row[1], account=row[2], account_name=row[3], kind=row[4], record=row[5],
            said=platform.sealing.open(reason_place(row[0]), bytes(row[6])).decode(),
        )
        for row in rows
    ]  # fmt: skip


async def search_changes(
    platform: Platform, record: str, *, before: int = LATEST, limit: int = ROWS_MAX
) -> list[LogRow]:
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_CHANGES, [record, before, limit])
    names = ("position", "at", "account", "account_name", "kind", "record", "said", "code")
    return [LogRow(**dict(zip(names, row, strict=True))) for row in rows]


async def size_of_logs(platform: Platform, *, account: str = "", record: str = "") -> int:
    """How many looks of one account there are, or looks and changes of one record."""
    async with platform.database.read() as snapshot:
        if account:
            [[looks]] = await snapshot.fetch(_LOOKS_SIZE.format("account"), [account])
            return int(looks)
        [[looks]] = await snapshot.fetch(_LOOKS_SIZE.format("record"), [record])
        [[changes]] = await snapshot.fetch(_CHANGES_SIZE, [record])
    return int(looks) + int(changes)


async def list_epochs(platform: Platform) -> list[Epoch]:
    """The newest first."""
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch("SELECT epoch, since, reason FROM epochs ORDER BY since DESC")
    return [Epoch(epoch=epoch, since=since, reason=reason) for epoch, since, reason in rows]


async def list_apps(platform: Platform) -> list[AppRow]:
    """Versions of the app on devices that are not revoked; a desk's own change writer is none."""
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_APPS)
    return [AppRow(version=version, devices=count, last_contact=last) for version, count, last in rows]
