"""A line that fails: every kind of failure reaches the device as a failure or a broken answer, never as a good one."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from fixtures.simulation.clock import run_virtually
from fixtures.simulation.network import LOGIN_PAGE, LineFailed, Network, Weather, flip_bit
from sync.device.session import Failure

ANSWER = b"envelope\nbody one\nbody two"


def carried(kind: str, message: bytes = b"head\nline") -> tuple[bytes | Failure, list[bytes], Counter[str]]:
    """What comes back over a line on which this one fault always strikes, what the centre got, and what struck."""
    got: list[bytes] = []
    fired: Counter[str] = Counter()

    async def serve(device: str, received: bytes) -> bytes:
        got.append(received)
        return ANSWER

    async def main() -> bytes | Failure:
        network = Network(serve, "1", lambda one: fired.update([one]))
        network.weather = Weather(rates={kind: 1.0})
        try:
            return await network.exchange("line", "device", message)
        except LineFailed as failed:
            return failed.failure

    return run_virtually(main(), random.Random(1)), got, fired


@pytest.mark.parametrize("kind", ["reply_lost", "half_open"])
def test_a_lost_reply_is_a_failure_after_the_centre_has_acted(kind: str) -> None:
    came, got, fired = carried(kind)
    assert (came, got, fired) == (Failure.NETWORK, [b"head\nline"], {kind: 1})


def test_a_lost_request_never_reaches_the_centre() -> None:
    assert carried("request_lost")[:2] == (Failure.NETWORK, [])


def test_a_cut_request_arrives_cut() -> None:
    _, (got,), _ = carried("request_cut")
    assert b"head\nline".startswith(got)
    assert got != b"head\nline"


def test_a_login_page_answers_in_the_centres_place() -> None:
    assert carried("captive_portal")[:2] == (LOGIN_PAGE, [])


def test_a_cut_answer_is_shorter_and_a_changed_one_is_as_long() -> None:
    cut, changed = carried("truncated_answer")[0], carried("answer_bit_flip")[0]
    assert isinstance(cut, bytes)
    assert isinstance(changed, bytes)
    assert len(cut) < len(ANSWER) == len(changed)
    assert changed.partition(b"\n")[0] == b"envelope"
    assert changed != ANSWER


def test_a_raced_copy_reaches_the_centre_as_well() -> None:
    came, got, fired = carried("raced_delivery")
    assert came == ANSWER
    assert got == [b"head\nline"] * 2
    assert fired == {"raced_delivery": 1}


def test_too_many_requests_say_when_to_come_again() -> None:
    assert carried("too_many_requests")[:2] == (Failure.BUSY, [])


def test_one_bit_is_flipped_and_no_other() -> None:
    flipped = flip_bit(b"abcdef", 3, random.Random(4))
    changed = [a ^ b for a, b in zip(b"abcdef", flipped, strict=True)]
    assert changed[:3] == [0, 0, 0]
    assert sum(one.bit_count() for one in changed) == 1
