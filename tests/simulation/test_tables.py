"""What SQL finds is what the centre's memory holds at the reader's moment, also after it went back."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from fixtures.simulation.tables import MirroredDatabase, Tables, sealing
from server.merge_policies import policies_of
from server.storage.errors import Unreachable
from server.storage.memory import CentreMemory, MemoryStore
from server.storage.store import CentreState
from sync.central.known import Record
from sync.core.codec import encode_body

COUNT = "SELECT campaign, unit, state, number FROM claim_counts WHERE number > 0 ORDER BY unit"


def claim(number: int, state: str, rev: int = 1) -> Record:
    fields: dict[str, Any] = {"campaign": "c", "unit": "u", "base_item": f"b{number}", "place": "341802100000"}
    body = encode_body("claim", f"claim {number}", rev, {**fields, "state": state})
    return Record("claim", f"claim {number}", rev, "unit:u", rev, body, {})


def store_of(*records: Record) -> MemoryStore:
    state = CentreMemory(CentreState("e" * 32, 0), records={(one.kind, one.id): one for one in records})
    return MemoryStore(state)


def made() -> Tables:
    return Tables(policies_of(lambda text: text), sealing(random.Random(1).randbytes))


async def test_a_reader_finds_its_own_moment_and_counts_follow() -> None:
    store = store_of(claim(1, "claimed"), claim(2, "claimed"))
    database = MirroredDatabase(made(), store)
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT epoch FROM centre") == [("e" * 32,)]
        assert await snapshot.fetch(COUNT) == [("c", "u", "claimed", 2)]
        earlier = store.state
        store.state = replace(earlier, records={**earlier.records, ("claim", "claim 1"): claim(1, "filling", 2)})
        assert await snapshot.fetch(COUNT) == [("c", "u", "claimed", 2)]
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT id, state FROM claims WHERE rev = 2") == [("claim 1", "filling")]
        assert [row[2:] for row in await snapshot.fetch(COUNT)] == [("claimed", 1), ("filling", 1)]
    store.state = earlier
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT count(*) FROM claims WHERE rev = 2") == [(0,)]


async def test_a_process_without_power_reads_and_writes_nothing() -> None:
    store = store_of()
    database = MirroredDatabase(made(), store)
    with pytest.raises(Unreachable):
        async with database.write() as tx:
            store.cut_power()
            await tx.execute("DELETE FROM claims")
    with pytest.raises(Unreachable):
        async with database.read() as snapshot:
            await snapshot.fetch("SELECT count(*) FROM claims")
    async with MirroredDatabase(made(), store).read() as snapshot:
        assert await snapshot.fetch("SELECT count(*) FROM claims") == [(0,)], "the next process has the power"
