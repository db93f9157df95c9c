"""Enrols a device: it shows an activation code and proves that it holds the key it made for itself.

Laws:
- A code enrols one key. The same key with the same code again gets the same device: a lost reply costs nothing.
- A key that is enrolled already keeps its device and so its chain and outbox; only its session is new.
- A key belongs to one account for ever: one store per person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.actions.refusals import AccountClosed, CodeSpent, CredentialRefused, DeviceOfAnother, DeviceRevoked
from server.credentials import (
    CredentialInvalid,
    Secrets,
    check_proof,
    enrolment_proof,
    read_code,
    read_public_key,
)
from server.domain.people.roles import Role
from server.storage.people import (
    ACTIVE,
    AccountRow,
    account_by_id,
    device_by_key,
    latest_session,
    lock_of,
    record_event,
    start_session,
)
from server.storage.unit_of_work import Database, Transaction
from sync.core.ids import timed_id

SESSION_LIFE_MS = 180 * 24 * 3_600_000
REPEAT_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a device sends. `public_key` and `proof` are base64url."""

    code: str
    challenge: str
    public_key: str
    proof: str
    device_name: str
    app_version: str


@dataclass(frozen=True, slots=True)
class EnrolledDevice:
    device: str
    ordinal: int
    account: str
    login: str
    name: str
    role: Role
    site: str
    session: int


async def enrol_device(
    database: Database,
    secrets: Secrets,
    enrolment: Enrolment,
    *,
    now_ms: int,
    randomness: Callable[[int], bytes],
    session_life_ms: int = SESSION_LIFE_MS,
) -> EnrolledDevice:
    """Raises CredentialRefused, CodeSpent, AccountClosed, DeviceOfAnother or DeviceRevoked; nothing is written then."""
    try:
        public_key = read_public_key(enrolment.public_key)
        secrets.check_challenge(enrolment.challenge, now_ms)
        check_proof(public_key, enrolment.proof, enrolment_proof(enrolment.challenge, enrolment.public_key))
        code_hash = secrets.code_hash(read_code(enrolment.code))
    except CredentialInvalid:
        raise CredentialRefused("the code, the challenge or the proof") from None
    async with database.write() as tx:
        # All enrolments hold one lock: they are rare, and the devices' ordinals must have no holes or twins.
        await tx.lock_keys([lock_of("enrol", "")])
        account, used_by = await _account_of_code(tx, code_hash, now_ms)
        device, ordinal = await _device_of_key(tx, account, public_key, used_by, enrolment, now_ms, randomness)
        if used_by is None:
            await tx.execute(
                "UPDATE activation_codes SET used_at = ?, used_by = ? WHERE code_hash = ?", [now_ms, device, code_hash]
            )
        session = await latest_session(tx, device) + 1
        await start_session(tx, device, session, step=0, now_ms=now_ms, expires_at=now_ms + session_life_ms)
        await record_event(
            tx,
            event=timed_id(now_ms, randomness(10)),
            at_ms=now_ms,
            actor=account.login,
            verb="enrol",
            account=account.id,
            device=device,
        )
    return EnrolledDevice(device, ordinal, account.id, account.login, account.name, account.role, account.site, session)


async def _account_of_code(tx: Transaction, code_hash: bytes, now_ms: int) -> tuple[AccountRow, str | None]:
    """The code's account, and the device that used the code before."""
    row = await tx.fetch_one(
        "SELECT account, expires_at, used_at, used_by FROM activation_codes WHERE code_hash = ?", [code_hash]
    )
    if row is None:
        raise CredentialRefused("the code")
    account_id, expires_at, used_at, used_by = row
    if (used_at is None and expires_at <= now_ms) or (used_at is not None and used_at + REPEAT_MS <= now_ms):
        raise CodeSpent(account_id)
    account = await account_by_id(tx, account_id)
    assert account is not None, "the code's foreign key holds its account"
    if account.status != ACTIVE:
        raise AccountClosed(account_id)
    return account, used_by


async def _device_of_key(
    tx: Transaction,
    account: AccountRow,
    public_key: bytes,
    used_by: str | None,
    enrolment: Enrolment,
    now_ms: int,
    randomness: Callable[[int], bytes],
) -> tuple[str, int]:
    known = await device_by_key(tx, public_key)
    if used_by is not None and (known is None or known.id != used_by):
        raise CodeSpent(account.id)
    if known is not None:
        if known.account != account.id:
            raise DeviceOfAnother(known.id)
        if known.revoked_at is not None:
            raise DeviceRevoked(known.id)
        return known.id, known.ordinal
    row = await tx.fetch_one("SELECT max(ordinal) FROM devices")
    ordinal = row[0] + 1 if row and row[0] is not None else 0
    device = timed_id(now_ms, randomness(10))
    columns = ("id", "ordinal", "account", "public_key", "name", "created_at", "unsent", "app_version")
    values = (device, ordinal, account.id, public_key, enrolment.device_name, now_ms, 0, enrolment.app_version)
    await tx.insert_many("devices", columns, [values])
    return device, ordinal
