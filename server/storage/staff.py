"""Owns the rows of staff sessions and second factors. No rule: who may sign in is for server/actions/sign_in.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.storage.unit_of_work import Snapshot, Transaction


@dataclass(frozen=True, slots=True)
class StaffSessionRow:
    """`factor_at`: when the second factor was last shown; None when only the password was."""

    id: str
    account: str
    started_at: int
    seen_at: int
    factor_at: int | None
    ended_at: int | None
    browser: str
    address: str


@dataclass(frozen=True, slots=True)
class FactorRow:
    """`secret` as it is kept, sealed. `counter`: the last time step of a TOTP, the sign count of a passkey."""

    id: str
    account: str
    kind: str
    name: str
    secret: bytes
    credential: str | None
    counter: int
    confirmed_at: int | None


_SESSION = "id, account, started_at, seen_at, factor_at, ended_at, browser, address"
_FACTOR = "id, account, kind, name, secret, credential, counter, confirmed_at"


def _session(row: tuple[Any, ...]) -> StaffSessionRow:
    return StaffSessionRow(*row)


def _factor(row: tuple[Any, ...]) -> FactorRow:
    ident, account, kind, name, secret, credential, counter, confirmed_at = row
    return FactorRow(ident, account, kind, name, bytes(secret), credential, counter, confirmed_at)


async def staff_session(snapshot: Snapshot, ident: str) -> StaffSessionRow | None:
    row = await snapshot.fetch_one(f"SELECT {_SESSION} FROM staff_sessions WHERE id = ?", [ident])  # noqa: S608
    return _session(row) if row else None


async def live_staff_sessions(snapshot: Snapshot, account: str, seen_after: int) -> list[StaffSessionRow]:
    """The account's sessions that have not ended, newest first."""
    sql = f"""SELECT {_SESSION} FROM staff_sessions
              WHERE account = ? AND ended_at IS NULL AND seen_at > ? ORDER BY started_at DESC"""  # noqa: S608
    return [_session(row) for row in await snapshot.fetch(sql, [account, seen_after])]


async def insert_staff_session(tx: Transaction, row: StaffSessionRow) -> None:
    columns = ("id", "account", "started_at", "seen_at", "factor_at", "ended_at", "browser", "address")
    values = (row.id, row.account, row.started_at, row.seen_at, row.factor_at, None, row.browser, row.address)
    await tx.insert_many("staff_sessions", columns, [values])


async def note_factor(tx: Transaction, session: str, at_ms: int) -> None:
    await tx.execute("UPDATE staff_sessions SET factor_at = ?, seen_at = ? WHERE id = ?", [at_ms, at_ms, session])


async def note_seen(tx: Transaction, session: str, at_ms: int) -> None:
    await tx.execute("UPDATE staff_sessions SET seen_at = ? WHERE id = ? AND ended_at IS NULL", [at_ms, session])


async def end_staff_session(tx: Transaction, session: str, account: str, at_ms: int, reason: str) -> None:
    """Only the account's own."""
    await tx.execute(
        "UPDATE staff_sessions SET ended_at = ?, ended_reason = ? WHERE id = ? AND account = ? AND ended_at IS NULL",
        [at_ms, reason, session, account],
    )


async def end_staff_sessions(tx: Transaction, account: str, at_ms: int, reason: str, *, but: str = "") -> None:
    """All of the account, but for one."""
    await tx.execute(
        "UPDATE staff_sessions SET ended_at = ?, ended_reason = ? WHERE account = ? AND ended_at IS NULL AND id <> ?",
        [at_ms, reason, account, but],
    )


async def factors_of(snapshot: Snapshot, account: str) -> list[FactorRow]:
    sql = f"SELECT {_FACTOR} FROM staff_factors WHERE account = ? ORDER BY created_at"  # noqa: S608
    return [_factor(row) for row in await snapshot.fetch(sql, [account])]


async def insert_factor(tx: Transaction, row: FactorRow, created_at: int) -> None:
    columns = (*("id", "account", "kind", "name", "secret", "credential", "counter", "created_at", "confirmed_at"),)
    values = (
        *(row.id, row.account, row.kind, row.name, row.secret, row.credential, row.counter, created_at),
        row.confirmed_at,
    )
    await tx.insert_many("staff_factors", columns, [values])


async def note_factor_used(tx: Transaction, factor: str, counter: int, at_ms: int) -> None:
    """Its first use confirms it. The counter only rises, so that one code is good for one sign-in."""
    await tx.execute(
        """UPDATE staff_factors SET counter = ?, used_at = ?, confirmed_at = coalesce(confirmed_at, ?)
           WHERE id = ? AND counter < ?""",
        [counter, at_ms, at_ms, factor, counter],
    )


async def factor_by_credential(snapshot: Snapshot, credential: str) -> FactorRow | None:
    row = await snapshot.fetch_one(f"SELECT {_FACTOR} FROM staff_factors WHERE credential = ?", [credential])  # noqa: S608
    return _factor(row) if row else None


async def note_passkey_used(tx: Transaction, factor: str, counter: int, at_ms: int) -> bool:
    """False where the counter did not rise. Keys that count nothing say 0 each time."""
    sql = """UPDATE staff_factors SET counter = ?, used_at = ? WHERE id = ?
             AND (counter < ? OR (counter = 0 AND ? = 0))"""
    return await tx.execute(sql, [counter, at_ms, factor, counter, counter]) == 1


async def rename_factor(tx: Transaction, factor: str, account: str, name: str) -> None:
    await tx.execute("UPDATE staff_factors SET name = ? WHERE id = ? AND account = ?", [name, factor, account])


async def drop_factor(tx: Transaction, factor: str, account: str) -> None:
    await tx.execute("DELETE FROM staff_factors WHERE id = ? AND account = ?", [factor, account])


async def password_of(snapshot: Snapshot, account: str) -> str | None:
    row = await snapshot.fetch_one("SELECT password_hash FROM accounts WHERE id = ?", [account])
    return row[0] if row else None


async def keep_password(tx: Transaction, account: str, password_hash: str) -> None:
    await tx.execute("UPDATE accounts SET password_hash = ? WHERE id = ?", [password_hash, account])
