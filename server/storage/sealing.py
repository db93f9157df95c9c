"""Seals personal bodies and lines at rest, and makes the keyed hashes under which they can be found.

    plain     00 ‖ bytes
    sealed    algorithm 1 ‖ key id 2 ‖ nonce 12 ‖ ciphertext and tag
    covered   as long as it is, byte for byte: of what still grows, and is checked as a whole by its own hash

Laws: keys are derived from a secret that is kept outside the database, so that a stolen database or backup tells
nothing. What was sealed opens only at its own place: the place's name is authenticated with it. Keys are added to the
ring, never taken away: an old key opens what it sealed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256, SM4

_NONCE = 12
_TAG = 16
SEAL_BYTES = 3 + _NONCE + _TAG
"""So much longer is what was sealed."""
_PLAIN = b"\x00"
_BLOCK = 16
_COVERS = b"\xffcovers"
"""Before what a covering key is derived for; no text that is looked up in the index begins so."""


class Algorithm(IntEnum):
    """How a key seals; its number is the first byte of what it sealed."""

    AES_256_GCM = 1
    SM4_GCM = 2

    @property
    def key_length(self) -> int:
        return 32 if self is Algorithm.AES_256_GCM else 16


class SealBroken(Exception):
    """What was kept is not what was sealed at this place, or its key is missing."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    algorithm: Algorithm
    raw: bytes

    def __post_init__(self) -> None:
        assert len(self.raw) == self.algorithm.key_length, f"a key of {self.algorithm.name} has another length"

    def __repr__(self) -> str:
        return f"SealingKey({self.algorithm.name})"


class Sealing:
    """Seals with the active key, opens with any. `randomness` gives that many unpredictable bytes."""

    def __init__(
        self, keys: Mapping[int, SealingKey], active: int, index_key: bytes, randomness: Callable[[int], bytes]
    ) -> None:
        assert active in keys, "the active key is one of the ring"
        assert len(index_key) == 32, "the index key has 32 bytes"
        self._ciphers = {_prefix(number, key): _cipher(key) for number, key in keys.items()}
        self._active_algorithm = keys[active].algorithm
        self._active_prefix = _prefix(active, keys[active])
        self._active = self._ciphers[self._active_prefix]
        self._index = hmac.new(index_key, digestmod=hashlib.sha256)
        self._randomness = randomness

    def seal(self, place: str, plain: bytes) -> bytes:
        """`place` names the row; the same must be given to open."""
        nonce = self._randomness(_NONCE)
        return self._active_prefix + nonce + self._active.encrypt(nonce, plain, place.encode())

    def for_many(self, count: int) -> Sealing:
        """The same, for what will soon be sealed: the randomness of so many seals is drawn at once. Keep it no longer
        than that, since a copy of this process would seal with the same.
        """
        drawn = self._randomness(_NONCE * count)
        nonces = iter([drawn[at : at + _NONCE] for at in range(0, len(drawn), _NONCE)])

        def draw(size: int) -> bytes:
            return next(nonces, b"") or self._randomness(size)

        many = copy(self)
        many._randomness = draw
        return many

    @staticmethod
    def keep_plain(plain: bytes) -> bytes:
        """The envelope of what need not be sealed."""
        return _PLAIN + plain

    def open(self, place: str, kept: bytes) -> bytes:
        """Raises SealBroken."""
        if kept[:1] == _PLAIN:
            return kept[1:]
        cipher = self._ciphers.get(kept[:3])
        if cipher is None or len(kept) < SEAL_BYTES:
            raise SealBroken(f"no key of the ring opens what is kept at {place}")
        try:
            return cipher.decrypt(kept[3 : 3 + _NONCE], kept[3 + _NONCE :], place.encode())
        except InvalidTag:
            raise SealBroken(f"what is kept at {place} was not sealed there") from None

    def cover(self, place: str, offset: int, data: bytes | bytearray | memoryview) -> bytes:
        """What lies at `offset` of a place that grows piece by piece: covered when it is plain, plain when covered.
        It is as long as `data`, and nothing of it tells whether it was changed. Nobody must see a place both before
        and after it was covered anew with other bytes.
        """
        key = self._index.copy()
        key.update(_COVERS + place.encode())
        block, before = divmod(offset, _BLOCK)
        counter = modes.CTR(block.to_bytes(_BLOCK, "big"))
        raw = key.digest()
        is_aes = self._active_algorithm is Algorithm.AES_256_GCM
        stream = Cipher(AES256(raw) if is_aes else SM4(raw[:16]), counter).encryptor()
        stream.update(bytes(before))
        return stream.update(data)

    def keyed_index(self, text: str) -> str:
        """A keyed hash: equal texts meet in it, and without the key it tells nothing. 32 hex digits."""
        hasher = self._index.copy()
        hasher.update(text.encode())
        return hasher.hexdigest()[:32]


class _Sm4:
    """SM4-GCM with the calls of AESGCM; the library offers it only as a stream."""

    def __init__(self, raw: bytes) -> None:
        self._key = SM4(raw)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(self._key, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        decryptor = Cipher(self._key, modes.GCM(nonce, data[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-_TAG]) + decryptor.finalize()


def _cipher(key: SealingKey) -> AESGCM | _Sm4:
    return AESGCM(key.raw) if key.algorithm is Algorithm.AES_256_GCM else _Sm4(key.raw)


def _prefix(number: int, key: SealingKey) -> bytes:
    return bytes((key.algorithm,)) + number.to_bytes(2, "big")
