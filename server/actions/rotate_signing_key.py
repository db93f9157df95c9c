"""Makes the key that signs access tokens, and takes old ones out of use.

Laws: a key is known to every process before it signs anything (they read the ring anew within `KNOWN_AFTER_MS`); a
key that no longer signs verifies until every token it signed has expired. The private key lies sealed in the
database under a key derived from the master secret, which is kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.credentials import Secrets
from server.storage.people import lock_of
from server.storage.unit_of_work import Database, Snapshot, Transaction
from server.tokens import LEEWAY_S, LIFE_S, KeyRing, kid_of, open_private_key, seal_private_key

KNOWN_AFTER_MS = 120_000
PURPOSE = "signing-keys"


class WrongMasterSecret(Exception):
    """The signing keys were sealed under another master secret: this server has not been given the right one."""


async def rotate_signing_key(
    database: Database, secrets: Secrets, *, now_ms: int, randomness: Callable[[int], bytes]
) -> str:
    """Makes a new key and says when the others end; the new key's kid. The first key of all signs at once."""
    async with database.write() as tx:
        await tx.lock_keys([lock_of("signing_keys", "")])
        return await _add_key(tx, secrets, now_ms, randomness)


async def ensure_signing_key(
    database: Database, secrets: Secrets, *, now_ms: int, randomness: Callable[[int], bytes]
) -> None:
    """At start: makes the first key when there is none."""
    async with database.write() as tx:
        await tx.lock_keys([lock_of("signing_keys", "")])
        if not await tx.fetch("SELECT 1 FROM signing_keys WHERE retired_at IS NULL"):
            await _add_key(tx, secrets, now_ms, randomness)


async def load_key_ring(snapshot: Snapshot, secrets: Secrets, *, now_ms: int) -> KeyRing:
    """The ring as it is now. Raises WrongMasterSecret."""
    rows = await snapshot.fetch(
        """SELECT kid, public_key, sealed_private_key, signs_from FROM signing_keys
           WHERE retired_at IS NULL OR retired_at > ? ORDER BY signs_from DESC, kid""",
        [now_ms],
    )
    assert rows, "the first signing key is made at start"
    verifying = {kid: Ed25519PublicKey.from_public_bytes(bytes(public)) for kid, public, _, _ in rows}
    # The newest that may sign already; at the very start, or with a clock set back, the oldest there is.
    kid, sealed = next(((kid, sealed) for kid, _, sealed, from_ms in rows if from_ms <= now_ms), rows[-1][0:3:2])
    try:
        return KeyRing(open_private_key(bytes(sealed), kid, sealing_key=secrets.key(PURPOSE)), verifying)
    except InvalidTag:
        raise WrongMasterSecret("the signing keys were sealed under another master secret") from None


async def _add_key(tx: Transaction, secrets: Secrets, now_ms: int, randomness: Callable[[int], bytes]) -> str:
    private = Ed25519PrivateKey.from_private_bytes(randomness(32))
    public = private.public_key().public_bytes_raw()
    kid = kid_of(public)
    sealed = seal_private_key(private, kid, sealing_key=secrets.key(PURPOSE), nonce=randomness(12))
    older = await tx.fetch("SELECT kid FROM signing_keys WHERE retired_at IS NULL")
    signs_from = now_ms + KNOWN_AFTER_MS if older else now_ms
    verifies_until = signs_from + KNOWN_AFTER_MS + (LIFE_S + LEEWAY_S) * 1000
    await tx.execute("UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL", [verifies_until])
    columns = ("kid", "public_key", "sealed_private_key", "created_at", "signs_from")
    await tx.insert_many("signing_keys", columns, [(kid, public, sealed, now_ms, signs_from)])
    return kid
