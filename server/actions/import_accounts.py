"""Takes accounts from a spreadsheet: every bad row is reported, and nothing is taken unless all are good or the
caller says `partial`.

Laws: rows are matched by login, so importing the same file twice changes nothing the second time; an account that is
not in the file is left alone; a changed scope moves the account, with all that follows (see move_account.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from server.actions.account_sheet import AccountEntry, RowFault, SheetRows
from server.actions.move_account import write_grants
from server.domain.people.entitlement import Directory, buckets_of
from server.storage.people import (
    ACTIVE,
    AccountRow,
    accounts_by_login,
    insert_accounts,
    lock_of,
    record_event,
    update_account,
)
from server.storage.unit_of_work import Database, Transaction
from sync.core.ids import timed_id


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`wake`: person buckets of accounts whose grants changed. Nothing was written when `refused`."""

    rows: int
    created: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: int
    faults: tuple[RowFault, ...]
    refused: bool
    wake: tuple[str, ...] = ()


async def import_accounts(
    database: Database,
    sheet: SheetRows,
    *,
    directory: Directory,
    partial: bool,
    actor: str,
    now_ms: int,
    randomness: Callable[[int], bytes],
) -> ImportReport:
    """`sheet` comes from `read_account_sheet`."""
    if sheet.faults and not partial:
        return ImportReport(sheet.rows, (), (), 0, sheet.faults, refused=True)
    async with database.write() as tx:
        await tx.lock_keys([lock_of("accounts", "")])
        known = await accounts_by_login(tx, [entry.login for entry in sheet.entries])
        fresh, changed = _sort(sheet.entries, known, lambda: timed_id(now_ms, randomness(10)))
        woken = await _write(tx, fresh, changed, directory, now_ms)
        await record_event(
            tx,
            event=timed_id(now_ms, randomness(10)),
            at_ms=now_ms,
            actor=actor,
            verb="import",
            account="",
            detail={"created": len(fresh), "updated": len(changed), "faults": len(sheet.faults)},
        )
    return ImportReport(
        rows=sheet.rows,
        created=tuple(account.login for account in fresh),
        updated=tuple(account.login for account in changed),
        unchanged=len(sheet.entries) - len(fresh) - len(changed),
        faults=sheet.faults,
        refused=False,
        wake=tuple(f"person:{account}" for account in woken),
    )


async def register_accounts(tx: Transaction, accounts: Iterable[AccountRow], directory: Directory, now_ms: int) -> None:
    """Writes new accounts with the ids they have, and their grants. All must be new."""
    await _write(tx, list(accounts), [], directory, now_ms)


def _sort(
    entries: Sequence[AccountEntry], known: dict[str, AccountRow], new_id: Callable[[], str]
) -> tuple[list[AccountRow], list[AccountRow]]:
    """The accounts to make and those to change; an unchanged one is in neither."""
    fresh: list[AccountRow] = []
    changed: list[AccountRow] = []
    for entry in entries:
        before = known.get(entry.login)
        if before is None:
            row = AccountRow(new_id(), entry.login, entry.name, entry.role, entry.scope, entry.site, ACTIVE)
            fresh.append(row)
            continue
        after = replace(before, name=entry.name, role=entry.role, scope=entry.scope, site=entry.site)
        if after != before:
            changed.append(after)
    return fresh, changed


async def _write(
    tx: Transaction, fresh: Sequence[AccountRow], changed: Sequence[AccountRow], directory: Directory, now_ms: int
) -> list[str]:
    """The ids of changed accounts whose grants changed."""
    if fresh:
        await insert_accounts(tx, fresh, now_ms)
    for account in changed:
        await update_account(tx, account)
    # A closed account keeps no grant, whatever the sheet says of its scope.
    wanted = {
        account.id: buckets_of(account.id, account.role, account.scope, directory)
        if account.status == ACTIVE
        else frozenset[str]()
        for account in (*fresh, *changed)
    }
    differences = await write_grants(tx, wanted, now_ms) if wanted else {}
    return [account.id for account in changed if any(differences[account.id])]
