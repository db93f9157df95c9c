"""A record comes back from its row as it went in."""

from collections.abc import Sequence
from typing import Any

from server.storage.records import (
    KeptStamps,
    columns_of,
    encode_stamps,
    exit_statements,
    read_rows,
    record_of,
    row_of,
    update_sql,
)
from server.storage.schema.records import KIND_TABLES
from server.storage.unit_of_work import Query, Row, Snapshot
from sync.central.known import Record, Stamp
from sync.central.plan import Exit
from tests.centre import sealing

STAMPS = {
    "name": Stamp(1, "device/1", "change"),
    "phone": Stamp(2, "", "other"),
    "notes": Stamp(1, "device/1", "change"),
}
RECORD = Record("case", "a" * 32, 2, "place:1", 7, b'{"fields":{}}', STAMPS, frozenset({"filing:1", "number:2"}))


def stored(record: Record, derived: dict[str, object], *, plain: bool) -> Record:
    row = dict(zip(columns_of(KIND_TABLES[record.kind]), row_of(record, derived, sealing(), plain=plain), strict=True))
    wanted = ("id", "bucket", "version", "rev", "natural_keys", "stamps", "body")
    return record_of(record.kind, tuple(row[name] for name in wanted), sealing())


def test_a_record_comes_back_as_it_went_in() -> None:
    for plain in (False, True):
        back = stored(RECORD, {"state": "received"}, plain=plain)
        assert (back.id, back.rev, back.bucket, back.version, back.body, back.keys) == (
            *(RECORD.id, RECORD.rev, RECORD.bucket, RECORD.version, RECORD.body, RECORD.keys),
        )
        assert dict(back.stamps) == STAMPS


def test_a_body_is_sealed_unless_its_kind_is_plain() -> None:
    assert RECORD.body not in row_of(RECORD, {}, sealing(), plain=False)[-1]  # type: ignore[operator]
    assert RECORD.body in row_of(RECORD, {}, sealing(), plain=True)[-1]  # type: ignore[operator]


def test_a_record_without_natural_keys_holds_none() -> None:
    bare = Record("notice", "b" * 32, 1, "person:1", 1, b"{}", {})
    assert stored(bare, {}, plain=False).keys == frozenset()


def test_stamps_of_one_change_are_kept_together() -> None:
    kept = encode_stamps(STAMPS)
    assert kept.count(b"device/1") == 1
    assert dict(KeptStamps(kept)) == STAMPS
    assert (len(KeptStamps(kept)), KeptStamps(kept)["phone"].rev) == (3, 2)


def test_derived_columns_stand_in_the_order_of_the_table() -> None:
    table = KIND_TABLES["case"]
    row = row_of(RECORD, {"number": "N", "state": "received", "unknown": "?"}, sealing(), plain=True)
    assert len(row) == len(columns_of(table)) == update_sql(table).count("?") - 1
    assert row[columns_of(table).index("number")] == "N"
    assert row[columns_of(table).index("receipt")] is None


def test_a_record_that_comes_back_leaves_no_exit_where_it_is() -> None:
    statements = exit_statements([Exit("place:1", 8, "case", "a")], [("place:2", "a")])
    assert [sql.split()[0] for sql, _ in statements] == ["DELETE", "INSERT"]
    assert exit_statements([], []) == []


class _TwoTables(Snapshot):
    """A bucket with rows in two tables of many."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.kept: list[list[Row]] = [
            [("b", 1, sealing().seal("cases/b", b"1")), ("a", 4, sealing().seal("cases/a", b"4"))],
            [("d", 2, None), ("c", 4, None)],
        ]

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        return [("cases",), ("exits",)]

    async def fetch_each(self, queries: Sequence[Query]) -> list[list[Row]]:
        self.asked = [sql.partition(" FROM ")[2].partition(" ")[0] for sql, _ in queries]
        return self.kept


async def test_rows_of_several_tables_come_in_one_order_and_only_tables_that_have_any_are_read() -> None:
    snapshot = _TwoTables()
    rows = await read_rows(snapshot, "place:1", (0, ""), 9, 3, sealing())
    assert [(row.version, row.record, row.body) for row in rows] == [(1, "b", b"1"), (2, "d", None), (4, "a", b"4")]
    assert snapshot.asked == ["cases", "exits"]
