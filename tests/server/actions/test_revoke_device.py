"""Losing a phone is one action, which says what was unsent on it."""

import pytest

from server.actions.activate_account import activate_account
from server.actions.refusals import NotFound
from server.actions.revoke_device import LostDevice, revoke_device
from server.credentials import Secrets
from server.domain.people.roles import Role
from server.storage.people import device_by_id, note_contact, note_wiped, standing_of
from server.storage.unit_of_work import Database
from tests.people import NOW, Phone, account_of, enrol_phone, put_accounts, seeded

HELPER = account_of(Role.HELPER)


async def revoke(database: Database, device: str, at: int = NOW + 10) -> LostDevice:
    return await revoke_device(
        database, device, reason="left on a bus", actor="admin", now_ms=at, randomness=seeded(at).randbytes
    )


async def enrolled(database: Database, secrets: Secrets) -> str:
    await put_accounts(database, HELPER)
    activation = await activate_account(
        database, secrets, HELPER.login, actor="admin", now_ms=NOW, randomness=seeded().randbytes
    )
    return (await enrol_phone(database, secrets, activation.code, Phone())).device


async def test_the_report_tells_what_was_unsent_at_the_last_contact(database: Database, secrets: Secrets) -> None:
    device = await enrolled(database, secrets)
    async with database.write() as tx:
        await note_contact(tx, device, at_ms=NOW + 3, unsent=12, unsent_since=NOW + 1, app_version="1.2.0")
    lost = await revoke(database, device)
    assert (lost.login, lost.last_contact, lost.unsent, lost.unsent_since) == (HELPER.login, NOW + 3, 12, NOW + 1)
    assert (lost.app_version, lost.newly, lost.revoked_at) == ("1.2.0", True, NOW + 10)


async def test_its_session_ends_and_it_stands_revoked(database: Database, secrets: Secrets) -> None:
    device = await enrolled(database, secrets)
    await revoke(database, device)
    async with database.read() as snapshot:
        standing = await standing_of(snapshot, device, 1)
    assert standing is not None
    assert (standing.revoked_at, standing.session_ended_at) == (NOW + 10, NOW + 10)


async def test_revoking_twice_keeps_the_first_time(database: Database, secrets: Secrets) -> None:
    device = await enrolled(database, secrets)
    await revoke(database, device)
    again = await revoke(database, device, NOW + 99)
    assert (again.newly, again.revoked_at) == (False, NOW + 10)


async def test_the_first_wipe_counts(database: Database, secrets: Secrets) -> None:
    device = await enrolled(database, secrets)
    async with database.write() as tx:
        await note_wiped(tx, device, NOW + 20)
        await note_wiped(tx, device, NOW + 30)
    async with database.read() as snapshot:
        row = await device_by_id(snapshot, device)
    assert row is not None
    assert row.wiped_at == NOW + 20


async def test_an_unknown_device_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        await revoke(database, "f" * 32)
