"""Keys change without any token failing that was good before."""

import pytest

from server.actions.rotate_signing_key import (
    KNOWN_AFTER_MS,
    WrongMasterSecret,
    ensure_signing_key,
    load_key_ring,
    rotate_signing_key,
)
from server.credentials import Secrets
from server.storage.unit_of_work import Database
from server.tokens import LEEWAY_S, LIFE_S, KeyRing, TokenInvalid
from tests.people import NOW, seeded

ACCOUNT, DEVICE = "a" * 32, "b" * 32


async def ring_at(database: Database, secrets: Secrets, now_ms: int) -> KeyRing:
    async with database.read() as snapshot:
        return await load_key_ring(snapshot, secrets, now_ms=now_ms)


async def test_the_first_key_is_made_once_and_signs_at_once(database: Database, secrets: Secrets) -> None:
    for seed in (1, 2):
        await ensure_signing_key(database, secrets, now_ms=NOW, randomness=seeded(seed).randbytes)
    assert (await ring_at(database, secrets, NOW)).size == 1


async def test_a_new_key_is_known_before_it_signs_and_the_old_one_verifies_to_the_last_token(
    database: Database, secrets: Secrets
) -> None:
    await ensure_signing_key(database, secrets, now_ms=NOW, randomness=seeded(1).randbytes)
    first = (await ring_at(database, secrets, NOW)).signing.kid
    second = await rotate_signing_key(database, secrets, now_ms=NOW, randomness=seeded(2).randbytes)
    early = await ring_at(database, secrets, NOW + KNOWN_AFTER_MS - 1)
    assert (early.signing.kid, early.size) == (first, 2)
    # A process that read its ring at the last moment signs with the old key a little longer.
    last, _ = early.issue(ACCOUNT, DEVICE, 1, now_ms=NOW + KNOWN_AFTER_MS, random_bytes=bytes(4))
    late = await ring_at(database, secrets, NOW + KNOWN_AFTER_MS)
    assert late.signing.kid == second
    end = NOW + KNOWN_AFTER_MS + (LIFE_S + LEEWAY_S) * 1000 - 1
    assert (await ring_at(database, secrets, end)).read(last, now_ms=end).account == ACCOUNT
    gone = await ring_at(database, secrets, end + KNOWN_AFTER_MS + 1)
    assert gone.size == 1
    with pytest.raises(TokenInvalid):
        gone.read(last, now_ms=NOW)


async def test_the_private_key_is_sealed_under_the_master_secret(database: Database, secrets: Secrets) -> None:
    await ensure_signing_key(database, secrets, now_ms=NOW, randomness=seeded(1).randbytes)
    with pytest.raises(WrongMasterSecret):
        await ring_at(database, Secrets(bytes(32)), NOW)
    raw = (await ring_at(database, secrets, NOW)).signing.private.private_bytes_raw()
    async with database.read() as snapshot:
        ((sealed,),) = await snapshot.fetch("SELECT sealed_private_key FROM signing_keys")
    assert raw not in bytes(sealed)
