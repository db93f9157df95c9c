"""Owns how often a sign-in may fail. A guesser is slowed; the person whose name is being guessed is not locked out.

Laws: failures count by (login, browser) for a browser that has signed in as this login before, and by (login, unknown)
for all others together: whoever floods a login from elsewhere uses up only what strangers share. Successes are free.
"""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from server.connections import counted_address
from server.guesses import Guesses, TooManyGuesses

PER_LOGIN = parse("10/15minute")
PER_ADDRESS = parse("100/15minute")


class TooManyTries(Exception):
    """`wait_s`: whole seconds until another try."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


class Throttle:
    """One a process. `guesses` at residents' cases are counted with those at other doors."""

    def __init__(self, guesses: Guesses | None = None) -> None:
        self._guesses = guesses or Guesses()
        self.turned_away = 0
        """How often somebody had to wait, since the process began."""
        self._windows = FixedWindowRateLimiter(MemoryStorage())

    def check(self, login: str, browser: str, address: str) -> None:
        """`browser`: the mark of one known for this login, "" for a stranger. Raises TooManyTries."""
        self._check(PER_LOGIN, "login", login, browser)
        if not browser:
            self._check(PER_ADDRESS, "address", counted_address(address))

    def count_failure(self, login: str, browser: str, address: str) -> None:
        self._windows.hit(PER_LOGIN, "login", login, browser)
        self._windows.hit(PER_ADDRESS, "address", counted_address(address))

    def count_address(self, address: str) -> None:
        """A failure that names no login."""
        self._windows.hit(PER_ADDRESS, "address", counted_address(address))

    def check_number(self, number: str, address: str) -> None:
        """Before somebody's four signs are compared with those of a case; "" for what is no number at all. Raises
        TooManyTries.
        """
        try:
            self._guesses.check(number, address)
        except TooManyGuesses as error:
            self.turned_away += 1
            raise TooManyTries(error.wait_s) from None

    def count_wrong_number(self, number: str, address: str) -> None:
        self._guesses.count_wrong(number, address)

    def _check(self, item: RateLimitItem, *key: str) -> None:
        if not self._windows.test(item, *key):
            self.turned_away += 1
            wait = self._windows.get_window_stats(item, *key).reset_time - time.time()
            raise TooManyTries(max(1, math.ceil(wait)))
