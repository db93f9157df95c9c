"""Desks name days to come where days go by: a licence's last one, and the first one of a version."""

from __future__ import annotations

import random

from fixtures.simulation import waiting, world
from fixtures.simulation.clock import START_WALL_MS
from fixtures.simulation.desks import Actor
from server.storage.memory import CentreMemory
from server.storage.store import CentreState
from sync.central.known import Record
from sync.core.codec import encode_body


def test_a_licence_ends_and_a_version_begins_on_a_day_to_come() -> None:
    state, actor = CentreMemory(CentreState("e" * 32, 0)), Actor(0, "1", lambda: START_WALL_MS)
    assert waiting.keep_licence(actor, state, random.Random(1)) == []
    assert waiting.publish_for_a_day(actor, state, random.Random(1)) == []
    put(state, "case", "c" * 32, {"state": "received", "resident": "r" * 32, "village": world.VILLAGES[0]})
    for item in world.ITEMS:
        put(state, "item", item, {"version": 3, "status": "active"})
    [kept] = waiting.keep_licence(actor, state, random.Random(1))
    [published] = waiting.publish_for_a_day(actor, state, random.Random(1))
    assert str(kept.fields["valid_until"]) > "2026-11-19"
    assert str(published.fields["effective_from"]) > "2026-11-19"
    assert published.fields["version"] == 4


def put(state: CentreMemory, kind: str, record: str, fields: dict[str, object]) -> None:
    body = encode_body(kind, record, 1, fields)
    state.records[kind, record] = Record(kind, record, 1, "bucket", 1, body, {})
