"""The one action for a lost device: refuse it from now on, have it wiped at its next contact, say what it held.

Law: nothing of the device's work is touched. What it still sends is kept in quarantine; what was unsent at its last
contact is in the report, so that somebody can ask the helper what was in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.actions.refusals import NotFound
from server.storage.people import account_by_id, device_by_id, end_sessions, lock_of, record_event
from server.storage.unit_of_work import Database
from sync.core.ids import timed_id


@dataclass(frozen=True, slots=True)
class LostDevice:
    """`unsent` changes since `unsent_since`, as the device said at `last_contact`; None: it never came."""

    device: str
    device_name: str
    account: str
    login: str
    revoked_at: int
    last_contact: int | None
    unsent: int
    unsent_since: int | None
    app_version: str
    newly: bool


async def revoke_device(
    database: Database,
    device_id: str,
    *,
    reason: str,
    actor: str,
    now_ms: int,
    randomness: Callable[[int], bytes],
) -> LostDevice:
    """Raises NotFound. Revoking again changes nothing and reports the same."""
    async with database.write() as tx:
        await tx.lock_keys([lock_of("session", device_id)])
        device = await device_by_id(tx, device_id)
        account = await account_by_id(tx, device.account) if device else None
        if device is None or account is None:
            raise NotFound(f"no device {device_id}")
        newly = device.revoked_at is None
        if newly:
            await tx.execute(
                "UPDATE devices SET revoked_at = ?, revoked_reason = ? WHERE id = ?", [now_ms, reason[:200], device_id]
            )
            await end_sessions(tx, [device_id], now_ms, "revoked")
            await tx.execute("DELETE FROM live_tickets WHERE device = ?", [device_id])
            await record_event(
                tx,
                event=timed_id(now_ms, randomness(10)),
                at_ms=now_ms,
                actor=actor,
                verb="revoke",
                account=account.id,
                device=device_id,
            )
    return LostDevice(
        device=device.id,
        device_name=device.name,
        account=account.id,
        login=account.login,
        revoked_at=device.revoked_at if device.revoked_at is not None else now_ms,
        last_contact=device.last_contact,
        unsent=device.unsent,
        unsent_since=device.unsent_since,
        app_version=device.app_version,
        newly=newly,
    )
