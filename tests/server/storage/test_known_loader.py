"""Everything that was asked for is known afterwards, or proven absent, in a number of queries that does not grow."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from server.storage import known_loader
from server.storage.known_loader import load
from server.storage.unit_of_work import Engine, Query, Row, Snapshot
from sync.central.known import Known, Wants
from tests.centre import VILLAGE, StoreKind, ident, open_centre, resident, sealing


class CountedSnapshot(Snapshot):
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.queries = 0

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        self.queries += 1
        return await self._snapshot.fetch(sql, params)

    async def fetch_each(self, queries: Sequence[Query]) -> list[list[Row]]:
        self.queries += len(queries)
        return await self._snapshot.fetch_each(queries)


async def test_what_is_there_is_loaded_and_what_is_not_is_proven_absent(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(known_loader, "VALUES_MAX", 7)
    async with open_centre(StoreKind.SQLITE, tmp_path) as centre:
        wang = await centre.enrol("wang", f"place:{VILLAGE}")
        lines = [resident(wang, number) for number in range(20)]
        changes = [msgspec.json.decode(line) for line in lines]
        await wang.tell(lines)
        await wang.read_all()
        base = wang.base_of(changes[0]["record"])
        await wang.tell(
            [
                wang.change("resident", changes[0]["record"], "resident.edit", base, phone="19900001111"),
                wang.change("resident", ident("late"), "resident.edit", phone="19900001111"),
            ]
        )
        records = {("resident", one["record"]) for one in changes} | {("case", ident(1)), ("unknown", ident(2))}
        wants = Wants(
            records=records,
            changes={one["id"] for one in changes} | {ident(3)},
            keys={"filing:x"},
            past={("resident", changes[0]["record"], 1), ("resident", changes[0]["record"], 9)},
            waits={ident("late"), ident(4)},
            kinds={changes[0]["record"], ident(5)},
        )
        known = Known()
        assert centre.database is not None
        async with centre.database.read() as snapshot:
            await load(snapshot, wants, known, sealing(), Engine.SQLITE)
        assert not wants.beyond(known)
        first = known.record("resident", changes[0]["record"])
        assert first is not None
        assert (first.rev, first.fields["phone"], first.stamps["phone"].rev) == (2, "19900001111", 2)
        assert known.kinds_of(changes[0]["record"]) == {"resident"}
        assert known.kinds_of(ident(5)) == frozenset()
        past = known.body_at(first, 1)
        assert past is not None
        assert "phone" not in past.fields
        assert known.body_at(first, 9) is None
        assert sum(known.record(*key) is not None for key in records) == 20
        assert [one["id"] for one in changes if known.change(one["id"]) is None] == []
        assert (known.change(ident(3)), known.holder("filing:x"), known.waiting_for(ident(4))) == (None, None, ())
        [parked] = known.waiting_for(ident("late"))
        assert (parked.author.account, parked.author.grants[f"place:{VILLAGE}"]) == (wang.account, 0)
        assert parked.known.reason == "record_unknown"


async def test_twice_the_changes_are_not_twice_the_queries(tmp_path: Path) -> None:
    async with open_centre(StoreKind.SQLITE, tmp_path) as centre:
        assert centre.database is not None
        counts = []
        for size in (10, 1_000):
            wants = Wants(records={("case", ident(n)) for n in range(size)}, changes={ident(n) for n in range(size)})
            async with centre.database.read() as snapshot:
                counted = CountedSnapshot(snapshot)
                await load(counted, wants, Known(), sealing(), Engine.SQLITE)
            counts.append(counted.queries)
        assert counts == [2, 2]
