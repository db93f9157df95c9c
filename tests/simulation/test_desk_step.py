"""A step of a desk stands on the state that its page showed."""

from __future__ import annotations

from fixtures.simulation.desk_step import base_of, new_step, step_on
from server.storage.memory import CentreMemory
from server.storage.store import CentreState
from sync.central.known import Record
from sync.core.chain import encode_hash
from sync.core.codec import encode_body

BODY = encode_body("case", "a" * 32, 3, {"state": "received"})
CASE = Record("case", "a" * 32, 3, "place:1", 7, BODY, {})


def test_it_names_the_rev_and_the_hash_of_what_was_seen() -> None:
    state = CentreMemory(CentreState("e" * 32, 0))
    step = step_on(state, CASE, "case.accept", {})
    assert step.base is not None
    assert (step.base.epoch, step.base.rev, step.base.hash) == ("e" * 32, 3, encode_hash(CASE.hash))
    assert base_of(state, None) is new_step("ticket", "b" * 32, "ticket.open", {}).base is None
