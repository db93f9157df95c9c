"""Continues a device's session: the refresh token is traded for its successor, and an access token can be made.

Laws:
- The device's key must sign for it: a stolen token alone is worth nothing, and can end nothing.
- One step of grace: the token before the newest gets the same newest again, so a lost or overtaken reply, or a
  repeated request, never parts a helper from the account.
- A token older than that was kept by somebody else: the session ends, and an activation code is needed.
- A token newer than the centre remembers was given by this centre before it was restored: it is honoured.
- A revoked device, or one whose account is closed, may still come to deposit what it holds and to be told to wipe.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.enrol_device import SESSION_LIFE_MS
from server.actions.refusals import CredentialRefused, SessionOver
from server.credentials import CredentialInvalid, RefreshToken, Secrets, check_proof, refresh_proof
from server.storage.people import (
    ACTIVE,
    DeviceRow,
    SessionRow,
    account_by_id,
    device_by_id,
    end_sessions,
    latest_session,
    lock_of,
    session_of,
    start_session,
)
from server.storage.unit_of_work import Database, Transaction


@dataclass(frozen=True, slots=True)
class Continued:
    """`step` is the number of the refresh token to give; `deposit_only` when the device was revoked."""

    account: str
    device: str
    session: int
    step: int
    deposit_only: bool


async def refresh_session(
    database: Database,
    secrets: Secrets,
    refresh_token: str,
    proof: str,
    *,
    now_ms: int,
    session_life_ms: int = SESSION_LIFE_MS,
) -> Continued:
    """Raises CredentialRefused or SessionOver."""
    try:
        token = secrets.read_refresh_token(refresh_token)
    except CredentialInvalid:
        raise CredentialRefused("the refresh token") from None
    async with database.read() as snapshot:
        device = await device_by_id(snapshot, token.device)
        account = await account_by_id(snapshot, device.account) if device else None
    if device is None or account is None:
        raise CredentialRefused("no such device")
    try:
        check_proof(device.public_key, proof, refresh_proof(device.id, refresh_token))
    except CredentialInvalid:
        raise CredentialRefused("the device's proof") from None
    if device.revoked_at is not None or account.status != ACTIVE:
        return Continued(account.id, device.id, token.session, token.step, deposit_only=True)
    return await _rotate(database, device, token, now_ms, session_life_ms)


async def _rotate(
    database: Database, device: DeviceRow, token: RefreshToken, now_ms: int, session_life_ms: int
) -> Continued:
    refusal = ""
    async with database.write() as tx:
        await tx.lock_keys([lock_of("session", device.id)])
        session = await session_of(tx, device.id, token.session)
        if session is None:
            session = await _restored(tx, device.id, token, now_ms, session_life_ms)
        step = session.step
        if session.ended_at is not None or session.expires_at <= now_ms:
            refusal = "ended before, or its days are over"
        elif token.step < session.step - 1:
            # Committed although it is refused: the family ends here.
            await end_sessions(tx, [device.id], now_ms, "reused")
            refusal = "an old refresh token came back"
        elif token.step >= session.step:
            step = token.step + 1
            await tx.execute(
                "UPDATE sessions SET step = ?, rotated_at = ? WHERE device = ? AND ordinal = ?",
                [step, now_ms, device.id, session.ordinal],
            )
    if refusal:
        raise SessionOver(refusal)
    return Continued(device.account, device.id, token.session, step, deposit_only=False)


async def _restored(tx: Transaction, device: str, token: RefreshToken, now_ms: int, session_life_ms: int) -> SessionRow:
    """A session that this centre started, by its mac, and has forgotten: it was restored from an older copy."""
    if token.session <= await latest_session(tx, device):
        raise SessionOver("unknown")
    expires_at = now_ms + session_life_ms
    await start_session(tx, device, token.session, step=token.step, now_ms=now_ms, expires_at=expires_at)
    return SessionRow(token.session, token.step, expires_at, None)
