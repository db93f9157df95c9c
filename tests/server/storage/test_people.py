"""The whole life of an account, on PostgreSQL: what the other tests show on SQLite holds there too."""

import asyncio

import pytest

from server.actions.activate_account import activate_account
from server.actions.issue_live_ticket import issue_live_ticket, redeem_live_ticket
from server.actions.move_account import close_account, move_account, reopen_account
from server.actions.refresh_session import refresh_session
from server.actions.refusals import SessionOver
from server.actions.revoke_device import revoke_device
from server.actions.rotate_signing_key import ensure_signing_key, load_key_ring, rotate_signing_key
from server.credentials import Secrets
from server.domain.people.roles import Role, Scope
from server.storage.open import open_database
from server.storage.people import (
    accounts_by_login,
    device_by_id,
    devices_of,
    grants_of,
    lock_of,
    note_contact,
    note_fork,
    read_scope,
    scope_text,
    standing_of,
)
from tests.people import DIRECTORY, NOW, SIBLING, VILLAGE, Phone, account_of, enrol_phone, put_accounts, seeded

HELPER, LEAD = account_of(Role.HELPER), account_of(Role.TOWN_LEAD)


def test_a_scope_is_written_and_read_back() -> None:
    scope = Scope(frozenset({VILLAGE, SIBLING}), frozenset({"u"}))
    assert read_scope(scope_text(scope)) == scope


def test_locks_are_signed_64_bit_numbers_that_differ() -> None:
    keys = {lock_of(kind, name) for kind in ("a", "b") for name in ("x", "y", "xy")}
    assert len(keys) == 6
    assert all(-(2**63) <= key < 2**63 for key in keys)


async def test_the_life_of_an_account_on_postgres(postgres_url: str) -> None:
    database = await open_database(postgres_url, read_connections=4)
    secrets, rest = Secrets(bytes(32)), {"actor": "admin", "now_ms": NOW}
    randomness = seeded().randbytes
    try:
        await put_accounts(database, HELPER, LEAD)
        await ensure_signing_key(database, secrets, now_ms=NOW, randomness=randomness)
        await rotate_signing_key(database, secrets, now_ms=NOW, randomness=randomness)
        codes = [
            (await activate_account(database, secrets, one.login, **rest, randomness=randomness)).code  # type: ignore[arg-type]
            for one in (HELPER, LEAD)
        ]
        phones = [Phone(), Phone()]
        made = await asyncio.gather(*(enrol_phone(database, secrets, codes[n], phones[n], seed=n + 1) for n in (0, 1)))
        assert sorted(one.ordinal for one in made) == [0, 1]
        device = made[0].device

        async def refresh(step: int) -> int:
            token = secrets.refresh_token(device, 1, step)
            proof = phones[0].refresh_proof(device, token)
            return (await refresh_session(database, secrets, token, proof, now_ms=NOW)).step

        assert await asyncio.gather(*(refresh(0) for _ in range(4))) == [1] * 4
        assert [await refresh(1), await refresh(2)] == [2, 3]
        with pytest.raises(SessionOver):
            await refresh(0)
        ticket = await issue_live_ticket(database, secrets, device, 1, now_ms=NOW, randomness=randomness)
        opened = await asyncio.gather(*(redeem_live_ticket(database, secrets, ticket, now_ms=NOW) for _ in range(3)))
        assert sum(holder is not None for holder in opened) == 1
        await move_account(
            database, HELPER.id, role=Role.HELPER, scope=Scope(frozenset({SIBLING})), site=SIBLING,
            directory=DIRECTORY, **rest, randomness=randomness,  # type: ignore[arg-type]
        )  # fmt: skip
        await close_account(database, LEAD.id, **rest, randomness=randomness)  # type: ignore[arg-type]
        await reopen_account(database, LEAD.id, directory=DIRECTORY, **rest, randomness=randomness)  # type: ignore[arg-type]
        async with database.write() as tx:
            await note_contact(tx, device, at_ms=NOW + 1, unsent=3, unsent_since=NOW)
            await note_fork(tx, device, NOW + 2)
        lost = await revoke_device(database, device, reason="lost", **rest, randomness=randomness)  # type: ignore[arg-type]
        assert (lost.unsent, lost.app_version) == (3, "1.0.0")
        async with database.read() as snapshot:
            assert (await load_key_ring(snapshot, secrets, now_ms=NOW)).size == 2
            assert set(await accounts_by_login(snapshot, [HELPER.login, "nobody"])) == {HELPER.login}
            grants = await grants_of(snapshot, [HELPER.id, LEAD.id])
            standing = await standing_of(snapshot, device, 1)
            row = await device_by_id(snapshot, device)
            assert row == (await devices_of(snapshot, HELPER.id))[0]
        assert {grant.generation for grant in grants[LEAD.id]} == {2}
        assert {grant.bucket: grant.ended_at for grant in grants[HELPER.id]}[f"place:{VILLAGE}"] == NOW
        assert standing is not None
        assert standing.revoked_at == NOW
    finally:
        await database.close()
