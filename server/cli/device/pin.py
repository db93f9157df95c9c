"""Owns how a store is opened by its PIN, and how wrong PINs slow down.

Laws: a try is counted on disk before the PIN is looked at, so that killing the program does not give tries back. Three
are free; each further one doubles the wait, up to five minutes. The count is a hindrance at this keyboard; what holds
against a stolen disk is the slow derivation under the device's secret (sync/device/keys.py).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from server.cli.device.failures import Stopped
from sync.device.errors import ReplicaLocked
from sync.device.keys import KeyFolder, write_durably

PIN_LENGTH_MIN = 6
FREE_TRIES = 3
WAIT_FIRST_S = 5
WAIT_MAX_S = 300


class Tries(msgspec.Struct, frozen=True):
    """How many PINs in a row were wrong, and when the last was tried."""

    wrong: int = 0
    at: int = 0

    def wait_s(self, now_ms: int) -> int:
        """Seconds until the next try. A clock that was set back gains nothing."""
        if self.wrong < FREE_TRIES:
            return 0
        whole = min(WAIT_MAX_S, WAIT_FIRST_S << min(self.wrong - FREE_TRIES, 16))
        return min(whole, max(0, whole - (now_ms - self.at) // 1000))


def unlock(folder: Path, pin: str, now_ms: int) -> bytes:
    """The replica's key. Raises Stopped: replica_locked or pin_wait."""
    file = folder / "pin.tries"
    tries = _read(file)
    if wait := tries.wait_s(now_ms):
        raise Stopped("pin_wait", seconds=wait)
    write_durably(file, msgspec.json.encode(Tries(tries.wrong + 1, now_ms)))
    try:
        key = KeyFolder(folder).open(pin)
    except ReplicaLocked:
        raise Stopped("replica_locked") from None
    file.unlink(missing_ok=True)
    return key


def change_pin(folder: Path, old: str, new: str, now_ms: int, random_bytes: Callable[[int], bytes]) -> None:
    """The old one is a try like any other; what is stored is not written anew. Raises Stopped."""
    unlock(folder, old, now_ms)
    check_new_pin(new)
    KeyFolder(folder).change_pin(old, new, random_bytes)


def check_new_pin(pin: str) -> None:
    if len(pin) < PIN_LENGTH_MIN:
        raise Stopped("pin_short", least=PIN_LENGTH_MIN)


def _read(file: Path) -> Tries:
    """A count that cannot be read is the worst: someone may have written into it."""
    if not file.exists():
        return Tries()
    try:
        return msgspec.json.decode(file.read_bytes(), type=Tries)
    except (OSError, msgspec.MsgspecError):
        return Tries(FREE_TRIES)
