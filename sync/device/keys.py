"""A device's keys: the Ed25519 key that signs its changes, and the key of its replica, wrapped under a PIN.

Laws: the replica's key is random and never leaves this device in the clear. It is wrapped under a key made of the PIN
(argon2id, slow) together with a secret that only this device has, so neither alone opens anything; changing the PIN
wraps it again and writes no row. Randomness comes in as bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.device.errors import ReplicaLocked

SIGNING_KEY = "device_key"
"""The name under which the replica keeps the private key."""
KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16


class DeviceKey:
    """Signs for one device. `private` is the raw 32-byte Ed25519 seed."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.private = private

    @property
    def public(self) -> bytes:
        """What the centre knows this device by: 32 raw bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, payload: bytes) -> bytes:
        return self._key.sign(payload)


class Slowness(msgspec.Struct, frozen=True):
    """What a guess at the PIN costs: argon2id passes, kibibytes and lanes."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 1


class WrappedKey(msgspec.Struct, frozen=True, kw_only=True):
    """The replica's key as it lies beside the replica."""

    version: int = 1
    slowness: Slowness = Slowness()
    salt: bytes
    nonce: bytes
    wrapped: bytes


def wrap_key(
    key: bytes, pin: str, secret: bytes, random_bytes: Callable[[int], bytes], slowness: Slowness | None = None
) -> WrappedKey:
    slowness = slowness or Slowness()
    salt, nonce = random_bytes(SALT_BYTES), random_bytes(NONCE_BYTES)
    wrapping = _wrapping_key(pin, secret, salt, slowness)
    wrapped = AESGCM(wrapping).encrypt(nonce, key, b"bangban-replica-1")
    return WrappedKey(slowness=slowness, salt=salt, nonce=nonce, wrapped=wrapped)


def unwrap_key(wrapped: WrappedKey, pin: str, secret: bytes) -> bytes:
    """Raises ReplicaLocked when the PIN or the device's secret is another."""
    wrapping = _wrapping_key(pin, secret, wrapped.salt, wrapped.slowness)
    try:
        return AESGCM(wrapping).decrypt(wrapped.nonce, wrapped.wrapped, b"bangban-replica-1")
    except InvalidTag:
        raise ReplicaLocked("the PIN does not open this replica") from None


def _wrapping_key(pin: str, secret: bytes, salt: bytes, slowness: Slowness) -> bytes:
    slow = hash_secret_raw(pin.encode(), salt, slowness.passes, slowness.memory_kib, slowness.lanes, KEY_BYTES, Type.ID)
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=secret, info=b"bangban-replica-key-1").derive(slow)


class KeyFolder:
    """The two small files beside a replica: the wrapped key, and the device's secret (readable by its owner only)."""

    def __init__(self, folder: Path) -> None:
        self._wrapped = folder / "replica.key"
        self._secret = folder / "device.secret"

    def exists(self) -> bool:
        return self._wrapped.exists()

    def create(self, pin: str, random_bytes: Callable[[int], bytes], slowness: Slowness | None = None) -> bytes:
        """A new replica key, wrapped and stored. Raises FileExistsError rather than make a replica unreadable."""
        if self.exists():
            raise FileExistsError(self._wrapped)
        secret, key = random_bytes(KEY_BYTES), random_bytes(KEY_BYTES)
        write_durably(self._secret, secret)
        write_durably(self._wrapped, msgspec.json.encode(wrap_key(key, pin, secret, random_bytes, slowness)))
        return key

    def open(self, pin: str) -> bytes:
        """Raises ReplicaLocked."""
        try:
            wrapped = msgspec.json.decode(self._wrapped.read_bytes(), type=WrappedKey)
            secret = self._secret.read_bytes()
        except (OSError, msgspec.MsgspecError) as error:
            raise ReplicaLocked(f"the replica's key cannot be read: {error}") from None
        return unwrap_key(wrapped, pin, secret)

    def change_pin(self, old: str, new: str, random_bytes: Callable[[int], bytes]) -> None:
        """Raises ReplicaLocked when `old` is wrong. A crash leaves either the old PIN or the new one."""
        key, slowness = self.open(old), msgspec.json.decode(self._wrapped.read_bytes(), type=WrappedKey).slowness
        secret = self._secret.read_bytes()
        write_durably(self._wrapped, msgspec.json.encode(wrap_key(key, new, secret, random_bytes, slowness)))

    def wipe(self) -> None:
        """The secret first: from then on nothing of the replica can be opened."""
        for file in (self._secret, self._wrapped):
            if file.exists():
                file.write_bytes(bytes(file.stat().st_size))
                file.unlink()


def write_durably(path: Path, content: bytes) -> None:
    """Either the old content or the new, whatever happens in between; for the owner's eyes."""
    draft = path.with_name(path.name + ".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(draft, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
