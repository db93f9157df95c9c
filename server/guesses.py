"""Owns how often somebody may be wrong about a case's four signs, at whichever of the residents' doors they ask.

Laws: a number's wrong guesses count together, wherever they come from and at whichever door; an address's as well. One
who is right pays nothing. What is no number counts for the address alone: one who mistypes is nobody else's matter.
Several processes share the bounds out among them, since they share no memory: a table of guesses would let whoever asks
without an account write to the database for ever. A share is never so small that a person who mistypes is shut out.
"""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from server.connections import counted_address

PER_NUMBER = 10
PER_ADDRESS = 60
"""In an hour, over all processes."""
_NUMBER_MIN, _ADDRESS_MIN = 4, 20


class TooManyGuesses(Exception):
    """`wait_s`: whole seconds until another try."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


class Guesses:
    """One a process, for all doors. `processes`: how many share the bounds."""

    def __init__(self, processes: int = 1) -> None:
        self._number = RateLimitItemPerHour(max(_NUMBER_MIN, math.ceil(PER_NUMBER / processes)))
        self._address = RateLimitItemPerHour(max(_ADDRESS_MIN, math.ceil(PER_ADDRESS / processes)))
        self._windows = FixedWindowRateLimiter(MemoryStorage())

    def check(self, number: str, address: str) -> None:
        """Before the signs are compared; `number` "" for what is none. Raises TooManyGuesses."""
        if number:
            self._check(self._number, "number", number)
        self._check(self._address, "address", counted_address(address))

    def count_wrong(self, number: str, address: str) -> None:
        if number:
            self._windows.hit(self._number, "number", number)
        self._windows.hit(self._address, "address", counted_address(address))

    def _check(self, item: RateLimitItem, *key: str) -> None:
        if not self._windows.test(item, *key):
            wait = self._windows.get_window_stats(item, *key).reset_time - time.time()
            raise TooManyGuesses(max(1, math.ceil(wait)))
