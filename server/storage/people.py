"""Reads and writes accounts, grants, devices and sessions as values. Decides nothing: that is for the actions.

Callers hand in the unit of work. `lock_of` gives the key to hold while one account or device is being changed:
PostgreSQL's READ COMMITTED then sees what the one before left; SQLite's writer is alone anyway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from server.domain.people.roles import Role, Scope
from server.storage.unit_of_work import Snapshot, Transaction

ACTIVE = "active"
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class AccountRow:
    id: str
    login: str
    name: str
    role: Role
    scope: Scope
    site: str
    status: str = ACTIVE


@dataclass(frozen=True, slots=True)
class GrantRow:
    bucket: str
    generation: int
    since: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    id: str
    ordinal: int
    account: str
    public_key: bytes
    name: str
    revoked_at: int | None
    last_contact: int | None
    unsent: int
    unsent_since: int | None
    app_version: str
    wiped_at: int | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    ordinal: int
    step: int
    expires_at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a token's bearer may come in. Times in ms; `session_*` None when there is no such one."""

    account: str
    role: Role
    status: str
    revoked_at: int | None
    session_expires_at: int | None
    session_ended_at: int | None
    public_key: bytes
    """The device's: looked up with the rest, since an exchange is going to need it."""


class _Scope(msgspec.Struct):
    places: list[str] = []
    units: list[str] = []


def lock_of(kind: str, name: str) -> int:
    """The signed 64-bit key for `Transaction.lock_keys`."""
    return int.from_bytes(hashlib.sha256(f"{kind}\x1f{name}".encode()).digest()[:8], "big", signed=True)


def scope_text(scope: Scope) -> str:
    return msgspec.json.encode({"places": sorted(scope.places), "units": sorted(scope.units)}).decode()


def read_scope(text: str) -> Scope:
    parsed = msgspec.json.decode(text, type=_Scope)
    return Scope(frozenset(parsed.places), frozenset(parsed.units))


_ACCOUNT = "id, login, name, role, scope, site, status"


def _account(row: Sequence[object]) -> AccountRow:
    ident, login, name, role, scope, site, status = map(str, row)
    return AccountRow(ident, login, name, Role(role), read_scope(scope), site, status)


async def account_by_id(snapshot: Snapshot, account: str) -> AccountRow | None:
    row = await snapshot.fetch_one(f"SELECT {_ACCOUNT} FROM accounts WHERE id = ?", [account])  # noqa: S608
    return _account(row) if row else None


async def accounts_by_login(snapshot: Snapshot, logins: Sequence[str]) -> dict[str, AccountRow]:
    rows = await snapshot.fetch(f"SELECT {_ACCOUNT} FROM accounts WHERE login IN (?*)", [list(logins)])  # noqa: S608
    return {row[1]: _account(row) for row in rows}


async def grants_of(snapshot: Snapshot, accounts: Sequence[str]) -> dict[str, list[GrantRow]]:
    """Every grant there ever was of these accounts, the ended ones too."""
    sql = "SELECT account, bucket, generation, since, ended_at FROM grants WHERE account IN (?*) ORDER BY bucket"
    found: dict[str, list[GrantRow]] = {account: [] for account in accounts}
    for account, *row in await snapshot.fetch(sql, [list(accounts)]):
        found[account].append(GrantRow(*row))
    return found


async def insert_accounts(tx: Transaction, accounts: Iterable[AccountRow], now_ms: int) -> None:
    kept = list(accounts)
    columns = ("id", "login", "name", "role", "scope", "site", "status", "created_at")
    rows = [(a.id, a.login, a.name, a.role.value, scope_text(a.scope), a.site, a.status, now_ms) for a in kept]
    await tx.insert_many("accounts", columns, rows)
    await log_accounts(tx, kept)


async def update_account(tx: Transaction, account: AccountRow) -> None:
    await tx.execute(
        "UPDATE accounts SET name = ?, role = ?, scope = ?, site = ?, status = ? WHERE id = ?",
        [account.name, account.role.value, scope_text(account.scope), account.site, account.status, account.id],
    )
    await log_accounts(tx, [account])


def account_digest(account: AccountRow) -> bytes:
    """What the log of accounts keeps of a row: who may do what where, and whether the account is in use."""
    told = [account.id, account.login, account.name, account.role.value, scope_text(account.scope), account.site]
    return hashlib.sha256("\n".join((*told, account.status)).encode()).digest()


def account_link(previous: bytes, account: str, digest: bytes) -> bytes:
    return hashlib.sha256(previous + account.encode() + digest).digest()


ACCOUNT_LOG_START = hashlib.sha256(b"bangban-accounts-1").digest()


async def log_accounts(tx: Transaction, accounts: Sequence[AccountRow]) -> None:
    """Adds what these accounts are now to the log of accounts, in the transaction that writes them."""
    await tx.lock_keys([lock_of("account_log", "")])
    last = await tx.fetch("SELECT position, link FROM account_log ORDER BY position DESC LIMIT 1")
    position, link = (last[0][0], bytes(last[0][1])) if last else (0, ACCOUNT_LOG_START)
    rows = []
    for account in accounts:
        digest = account_digest(account)
        position, link = position + 1, account_link(link, account.id, digest)
        rows.append((position, account.id, digest, link))
    await tx.insert_many("account_log", ("position", "account", "digest", "link"), rows)


_DEVICE = """id, ordinal, account, public_key, name, revoked_at, last_contact, unsent, unsent_since, app_version,
             wiped_at"""


def _device(row: Sequence[object]) -> DeviceRow:
    values = list(row)
    values[3] = bytes(values[3])  # type: ignore[call-overload]
    return DeviceRow(*values)  # type: ignore[arg-type]


async def device_by_id(snapshot: Snapshot, device: str) -> DeviceRow | None:
    row = await snapshot.fetch_one(f"SELECT {_DEVICE} FROM devices WHERE id = ?", [device])  # noqa: S608
    return _device(row) if row else None


async def device_by_key(snapshot: Snapshot, public_key: bytes) -> DeviceRow | None:
    row = await snapshot.fetch_one(f"SELECT {_DEVICE} FROM devices WHERE public_key = ?", [public_key])  # noqa: S608
    return _device(row) if row else None


async def devices_of(snapshot: Snapshot, account: str) -> list[DeviceRow]:
    sql = f"SELECT {_DEVICE} FROM devices WHERE account = ? ORDER BY ordinal"  # noqa: S608
    return [_device(row) for row in await snapshot.fetch(sql, [account])]


async def note_contact(
    tx: Transaction, device: str, *, at_ms: int, unsent: int, unsent_since: int | None, app_version: str = ""
) -> None:
    """What a device said of itself. An idle exchange writes this and nothing else."""
    await tx.execute(
        """UPDATE devices SET last_contact = ?, unsent = ?, unsent_since = ?,
           app_version = CASE WHEN ? = '' THEN app_version ELSE ? END WHERE id = ?""",
        [at_ms, unsent, unsent_since, app_version, app_version, device],
    )


async def note_wiped(tx: Transaction, device: str, at_ms: int) -> None:
    """A revoked device was told to wipe; the first time counts."""
    await tx.execute("UPDATE devices SET wiped_at = ? WHERE id = ? AND wiped_at IS NULL", [at_ms, device])


async def note_fork(tx: Transaction, device: str, at_ms: int) -> None:
    """Two copies of one device were seen."""
    await tx.execute("UPDATE devices SET forked_at = ? WHERE id = ?", [at_ms, device])


async def place_names(snapshot: Snapshot, account: str) -> dict[str, str]:
    """What the places are called whose records this account reads now, by code."""
    rows = await snapshot.fetch(
        """SELECT p.code, p.name FROM grants g JOIN places p ON p.code = substr(g.bucket, 7)
           WHERE g.account = ? AND g.ended_at IS NULL AND g.bucket LIKE 'place:%' ORDER BY p.code""",
        [account],
    )
    return dict(rows)


async def session_of(snapshot: Snapshot, device: str, ordinal: int) -> SessionRow | None:
    row = await snapshot.fetch_one(
        "SELECT ordinal, step, expires_at, ended_at FROM sessions WHERE device = ? AND ordinal = ?", [device, ordinal]
    )
    return SessionRow(*row) if row else None


async def latest_session(snapshot: Snapshot, device: str) -> int:
    """The number of the device's newest session, 0 when it had none."""
    row = await snapshot.fetch_one("SELECT max(ordinal) FROM sessions WHERE device = ?", [device])
    return row[0] if row and row[0] is not None else 0


async def start_session(tx: Transaction, device: str, ordinal: int, *, step: int, now_ms: int, expires_at: int) -> None:
    """The device's one live session: those before it end."""
    await end_sessions(tx, [device], now_ms, "replaced")
    columns = ("device", "ordinal", "step", "started_at", "rotated_at", "expires_at")
    await tx.insert_many("sessions", columns, [(device, ordinal, step, now_ms, now_ms, expires_at)])


async def end_sessions(tx: Transaction, devices: Sequence[str], now_ms: int, reason: str) -> None:
    await tx.execute(
        "UPDATE sessions SET ended_at = ?, ended_reason = ? WHERE device IN (?*) AND ended_at IS NULL",
        [now_ms, reason, list(devices)],
    )


async def standing_of(snapshot: Snapshot, device: str, session: int) -> Standing | None:
    row = await snapshot.fetch_one(
        """SELECT a.id, a.role, a.status, d.revoked_at, s.expires_at, s.ended_at, d.public_key
           FROM devices d JOIN accounts a ON a.id = d.account
           LEFT JOIN sessions s ON s.device = d.id AND s.ordinal = ? WHERE d.id = ?""",
        [session, device],
    )
    if row is None:
        return None
    account, role, status, revoked_at, expires_at, ended_at, public_key = row
    return Standing(account, Role(role), status, revoked_at, expires_at, ended_at, bytes(public_key))


async def record_event(
    tx: Transaction,
    *,
    event: str,
    at_ms: int,
    actor: str,
    verb: str,
    account: str,
    device: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """For the auditor. `event` is a new id; `detail` holds no personal data."""
    text = msgspec.json.encode(detail or {}).decode()
    columns = ("id", "at", "actor", "verb", "account", "device", "detail")
    await tx.insert_many("account_events", columns, [(event, at_ms, actor, verb, account, device, text)])
