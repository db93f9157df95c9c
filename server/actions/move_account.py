"""Moves an account to another role, places or units; closes and reopens it. Its grants follow.

Laws: a grant is ended, never deleted, so that work in hand can be judged by it; a bucket that is given again gets
the next generation, so that the device forgets what it held of it and reads anew; what stays is not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from server.actions.refusals import NotFound, ScopeUnknown
from server.domain.people.entitlement import Directory, NotListed, buckets_of, person_bucket
from server.domain.people.roles import Role, Scope
from server.storage.people import (
    ACTIVE,
    CLOSED,
    AccountRow,
    GrantRow,
    account_by_id,
    devices_of,
    end_sessions,
    grants_of,
    lock_of,
    record_event,
    update_account,
)
from server.storage.unit_of_work import Database, Statement, Transaction
from sync.core.ids import timed_id


@dataclass(frozen=True, slots=True)
class Moved:
    """`wake`: the buckets whose devices should come and see."""

    account: str
    ended: tuple[str, ...]
    granted: tuple[str, ...]
    wake: tuple[str, ...]


async def move_account(
    database: Database,
    account_id: str,
    *,
    role: Role,
    scope: Scope,
    site: str,
    directory: Directory,
    actor: str,
    now_ms: int,
    randomness: Callable[[int], bytes],
) -> Moved:
    """Raises NotFound or ScopeUnknown."""
    async with database.write() as tx:
        account = await _locked(tx, account_id)
        moved = replace(account, role=role, scope=scope, site=site)
        return await _settle(tx, moved, directory, actor, "move", now_ms, randomness)


async def close_account(
    database: Database, account_id: str, *, actor: str, now_ms: int, randomness: Callable[[int], bytes]
) -> Moved:
    """Ends every session and grant. Its devices may deposit, and are told to wipe. Raises NotFound."""
    async with database.write() as tx:
        account = replace(await _locked(tx, account_id), status=CLOSED)
        devices = [device.id for device in await devices_of(tx, account_id)]
        await end_sessions(tx, devices, now_ms, "closed")
        return await _settle(tx, account, None, actor, "close", now_ms, randomness)


async def reopen_account(
    database: Database,
    account_id: str,
    *,
    directory: Directory,
    actor: str,
    now_ms: int,
    randomness: Callable[[int], bytes],
) -> Moved:
    """Its grants come back in their next generation; its devices need new codes. Raises NotFound."""
    async with database.write() as tx:
        account = replace(await _locked(tx, account_id), status=ACTIVE)
        return await _settle(tx, account, directory, actor, "reopen", now_ms, randomness)


async def _locked(tx: Transaction, account_id: str) -> AccountRow:
    await tx.lock_keys([lock_of("account", account_id)])
    account = await account_by_id(tx, account_id)
    if account is None:
        raise NotFound(f"no account {account_id}")
    return account


async def _settle(
    tx: Transaction,
    account: AccountRow,
    directory: Directory | None,
    actor: str,
    verb: str,
    now_ms: int,
    randomness: Callable[[int], bytes],
) -> Moved:
    """`directory` is None for an account that gets nothing any more."""
    try:
        wanted = buckets_of(account.id, account.role, account.scope, directory) if directory else frozenset()
    except NotListed as error:
        raise ScopeUnknown(str(error)) from None
    await update_account(tx, account)
    ended, granted = (await write_grants(tx, {account.id: wanted}, now_ms))[account.id]
    await record_event(
        tx,
        event=timed_id(now_ms, randomness(10)),
        at_ms=now_ms,
        actor=actor,
        verb=verb,
        account=account.id,
        detail={"ended": ended, "granted": granted},
    )
    return Moved(account.id, tuple(ended), tuple(granted), (person_bucket(account.id),))


async def write_grants(
    tx: Transaction, wanted: Mapping[str, Set[str]], now_ms: int
) -> dict[str, tuple[list[str], list[str]]]:
    """Makes each account's grants what is wanted; per account the buckets ended and granted, sorted."""
    held = await grants_of(tx, list(wanted))
    changed = {account: _difference(held[account], buckets) for account, buckets in wanted.items()}
    ended = [(now_ms, account, bucket) for account, (gone, _) in changed.items() for bucket in gone]
    first: list[tuple[object, ...]] = []
    again: list[tuple[object, ...]] = []
    for account, (_, given) in changed.items():
        generations = {grant.bucket: grant.generation for grant in held[account]}
        for bucket in given:
            if bucket in generations:
                again.append((generations[bucket] + 1, now_ms, account, bucket))
            else:
                first.append((account, bucket, 1, now_ms))
    statements: list[Statement] = [
        ("UPDATE grants SET ended_at = ? WHERE account = ? AND bucket = ?", ended),
        ("UPDATE grants SET generation = ?, since = ?, ended_at = NULL WHERE account = ? AND bucket = ?", again),
    ]
    await tx.batch([statement for statement in statements if statement[1]])
    if first:
        await tx.insert_many("grants", ("account", "bucket", "generation", "since"), first)
    return changed


def _difference(held: Sequence[GrantRow], wanted: Set[str]) -> tuple[list[str], list[str]]:
    current = {grant.bucket for grant in held if grant.ended_at is None}
    return sorted(current - wanted), sorted(wanted - current)
