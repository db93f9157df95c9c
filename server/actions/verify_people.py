"""Checks accounts against their log, the log link by link and against its signed end, and grants against what role and
scope give.

What a grant was in the past is not checked: ended grants only widen what counts as work in hand for two weeks.
"""

from __future__ import annotations

from server.actions.desk_change import CENTRE_ACCOUNT
from server.actions.log_heads import ACCOUNT_CHAIN, ChainEnd, SignedHeads
from server.actions.verify_findings import Findings
from server.domain.people.entitlement import Directory, NotListed, buckets_of
from server.domain.people.roles import Role
from server.storage.people import (
    ACCOUNT_LOG_START,
    ACTIVE,
    AccountRow,
    account_digest,
    account_link,
    read_scope,
)
from server.storage.places import read_directory
from server.storage.table_copy import TableShape, rows_of
from server.storage.unit_of_work import Snapshot

LOG = TableShape("account_log", ("position", "account", "digest", "link"), ("position",))
ACCOUNTS = TableShape("accounts", ("id", "login", "name", "role", "scope", "site", "status"), ("id",))


async def verify_people(snapshot: Snapshot, signed: SignedHeads, findings: Findings) -> None:
    newest = await _walk_log(snapshot, signed, findings)
    directory = await read_directory(snapshot)
    granted: dict[str, set[str]] = {}
    for account, bucket in await snapshot.fetch("SELECT account, bucket FROM grants WHERE ended_at IS NULL"):
        granted.setdefault(account, set()).add(bucket)
    async for rows in rows_of(snapshot, ACCOUNTS):
        for ident, login, name, role, scope, site, status in rows:
            account = AccountRow(ident, login, name, Role(role), read_scope(scope), site, status)
            if newest.pop(ident, None) != account_digest(account):
                findings.add("account_differs", ident)
            elif ident != CENTRE_ACCOUNT and granted.pop(ident, set()) != _due_to(account, directory):
                findings.add("grant_differs", ident)
    for gone in newest:
        findings.add("account_differs", gone, "gone")


async def _walk_log(snapshot: Snapshot, signed: SignedHeads, findings: Findings) -> dict[str, bytes]:
    """Account → the digest it was last written as."""
    newest: dict[str, bytes] = {}
    reached, seen = ChainEnd(0, ACCOUNT_LOG_START.hex()), ACCOUNT_CHAIN not in signed.ends
    async for rows in rows_of(snapshot, LOG):
        for position, account, digest, link in rows:
            expected = account_link(bytes.fromhex(reached.link), account, bytes(digest))
            if position != reached.length + 1 or expected != bytes(link):
                findings.add("account_link", account, str(position))
            reached = ChainEnd(position, bytes(link).hex())
            seen = seen or signed.ends[ACCOUNT_CHAIN] == reached
            newest[account] = bytes(digest)
    if not seen:
        findings.add("signed_end", ACCOUNT_CHAIN, f"{signed.ends[ACCOUNT_CHAIN].length} writings were signed")
    return newest


def _due_to(account: AccountRow, directory: Directory) -> set[str]:
    if account.status != ACTIVE:
        return set()
    try:
        return set(buckets_of(account.id, account.role, account.scope, directory))
    except NotListed:
        return set()
