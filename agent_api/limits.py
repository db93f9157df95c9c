"""Owns how often one may ask, per route, in fixed windows counted in this process.

Laws:
- A device is counted under its own name once its token or proof was verified: nobody else's requests, even from the
  same address, can use up what it may.
- A success costs an address nothing where people share addresses (a town's whole office enrols behind one): only
  failed guesses count there.
- With several processes each counts for itself; the bounds then are that many times wider. Guesses at a resident's case
  are counted with those at the residents' page, and shared out (server/guesses.py).
"""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from server.connections import counted_address
from server.guesses import Guesses, TooManyGuesses

GUESSES = "20/minute"
GUESSES_PER_DAY = "500/day"


class RateExceeded(Exception):
    """`retry_after` in whole seconds, at least one."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


class Limits:
    """`factor` widens every bound but that of `guesses`; 0 turns all off, for load tests on one's own machine."""

    def __init__(self, factor: float = 1.0, guesses: Guesses | None = None) -> None:
        self._guesses = guesses or Guesses()
        self.refused = 0
        """How often somebody asked more often than that, since the process began."""
        self._factor = factor
        self._windows = FixedWindowRateLimiter(MemoryStorage())
        self._rules: dict[str, RateLimitItem] = {}

    def charge(self, rule: str, *key: str) -> None:
        """Counts one. Raises RateExceeded when that is one too many."""
        item = self._rule(rule)
        if item is not None and not self._windows.hit(item, *key):
            raise self._refusal(item, *key)

    def check(self, rule: str, *key: str) -> None:
        """Counts nothing. Raises RateExceeded when none is left."""
        item = self._rule(rule)
        if item is not None and not self._windows.test(item, *key):
            raise self._refusal(item, *key)

    def check_guesses(self, what: str, address: str) -> None:
        """Before a guess that may fail: raises RateExceeded when there were too many failures."""
        key = (what, counted_address(address))
        self.check(GUESSES, "guess", *key)
        self.check(GUESSES_PER_DAY, "guess-day", *key)

    def count_failed_guess(self, what: str, address: str) -> None:
        key = (what, counted_address(address))
        for rule, name in ((GUESSES, "guess"), (GUESSES_PER_DAY, "guess-day")):
            item = self._rule(rule)
            if item is not None:
                self._windows.hit(item, name, *key)

    def check_number(self, number: str, address: str) -> None:
        """Before somebody's four signs are compared with those of a case, at whichever door; "" for what is no number.
        Raises RateExceeded.
        """
        self.check_guesses("resident", address)
        if self._factor <= 0:
            return
        try:
            self._guesses.check(number, address)
        except TooManyGuesses as error:
            self.refused += 1
            raise RateExceeded(error.wait_s) from None

    def count_wrong_number(self, number: str, address: str) -> None:
        self.count_failed_guess("resident", address)
        self._guesses.count_wrong(number, address)

    def _rule(self, rule: str) -> RateLimitItem | None:
        if self._factor <= 0:
            return None
        if rule not in self._rules:
            item = parse(rule)
            amount = max(1, math.ceil(item.amount * self._factor))
            self._rules[rule] = type(item)(amount, item.multiples)
        return self._rules[rule]

    def _refusal(self, item: RateLimitItem, *key: str) -> RateExceeded:
        self.refused += 1
        wait = self._windows.get_window_stats(item, *key).reset_time - time.time()
        return RateExceeded(max(1, math.ceil(wait)))
