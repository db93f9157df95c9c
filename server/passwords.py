"""Owns the passwords of staff: argon2id in a thread, a few at a time.

Laws: an unknown login costs the same time as a wrong password; a burst of sign-ins cannot take the machine's memory,
because only `AT_ONCE` hashes run and only `WAITING_MAX` wait.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

T = TypeVar("T")

AT_ONCE = 2
WAITING_MAX = 64
LENGTH_MIN = 12
LENGTH_MAX = 128
HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)


class PasswordUnfit(ValueError):
    """Too short, too long, or all too common."""


class TooManySignIns(Exception):
    """As many wait as may wait: try again later."""


@dataclass(frozen=True, slots=True)
class Verdict:
    right: bool
    new_hash: str | None = None  # keep this one instead: the parameters were raised since


class Passwords:
    """Hashes and checks. One per process, so that the bound holds."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        # What an unknown login is checked against: nobody's password, with the same parameters.
        self._nobody = hasher.hash("no account has this password")

    async def hash(self, password: str) -> str:
        """Raises PasswordUnfit or TooManySignIns."""
        text = _normal(password)
        if not LENGTH_MIN <= len(text) <= LENGTH_MAX or len(set(text)) < 5:
            raise PasswordUnfit(f"a password has {LENGTH_MIN} to {LENGTH_MAX} characters, five of them different")
        return await self._in_turn(lambda: self._hasher.hash(text))

    async def check(self, password: str, kept: str | None) -> Verdict:
        """`kept` is None when there is no such login. Raises TooManySignIns."""
        text = _normal(password)[:LENGTH_MAX]
        return await self._in_turn(lambda: self._check(text, kept))

    def _check(self, text: str, kept: str | None) -> Verdict:
        try:
            self._hasher.verify(kept or self._nobody, text)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return Verdict(False)
        if kept is None:
            return Verdict(False)
        return Verdict(True, self._hasher.hash(text) if self._hasher.check_needs_rehash(kept) else None)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MAX:
            raise TooManySignIns
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


def _normal(password: str) -> str:
    """One spelling for what looks the same, whatever keyboard wrote it."""
    return unicodedata.normalize("NFKC", password)
