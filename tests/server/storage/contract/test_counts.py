"""Kept counts are what the rows add up to, whatever happened to the rows."""

from __future__ import annotations

from collections.abc import Sequence

from server.storage.counts import added_statements, count_again, read_anew, read_count, taken_statements
from server.storage.schema.counts import COUNTS
from server.storage.unit_of_work import Database, Transaction

COLUMNS = ("id", "bucket", "version", "rev", "holder", "state", "natural_keys", "stamps", "body")
CASES = COUNTS["cases"]


def case(number: int, bucket: str, holder: str | None, state: str) -> tuple[object, ...]:
    return (f"{number:032x}", bucket, number, 1, holder, state, "", b"", b"")


async def put(tx: Transaction, rows: Sequence[Sequence[object]]) -> None:
    await tx.insert_many("cases", COLUMNS, rows)
    await tx.batch(added_statements("cases", COLUMNS, rows))


async def test_counts_follow_rows_that_come_change_and_move(database: Database) -> None:
    rows = [case(1, "a", "place:a", "received"), case(2, "a", "place:a", "received"), case(3, "b", None, "ended")]
    async with database.write() as tx:
        await put(tx, rows)
    moved = [case(1, "b", None, "withdrawn"), case(2, "a", "place:a", "accepted")]
    async with database.write() as tx:
        await tx.batch(
            [
                *taken_statements("cases", [str(row[0]) for row in moved]),
                (
                    "UPDATE cases SET bucket = ?, holder = ?, state = ? WHERE id = ?",
                    [(row[1], row[4], row[5], row[0]) for row in moved],
                ),
                *added_statements("cases", COLUMNS, moved),
            ]
        )
    async with database.read() as snapshot:
        kept = await read_count(snapshot, CASES)
        assert kept == await read_anew(snapshot, CASES)
    assert kept == {("a", "place:a", "accepted"): [1], ("b", "", "ended"): [1], ("b", "", "withdrawn"): [1]}


async def test_counting_again_mends_whatever_was_kept(database: Database) -> None:
    async with database.write() as tx:
        await put(tx, [case(1, "a", None, "ended")])
        await tx.execute("UPDATE case_counts SET number = 7")
        await tx.execute("INSERT INTO resident_counts (bucket, number) VALUES ('nowhere', 3)")
    async with database.write() as tx:
        assert (await count_again(tx, database.engine))["case_counts"] == 1
    async with database.read() as snapshot:
        for count in COUNTS.values():
            assert await read_count(snapshot, count) == await read_anew(snapshot, count)
        assert await read_count(snapshot, COUNTS["residents"]) == {}


async def test_returns_of_claims_are_added_up_where_the_body_says_any(database: Database) -> None:
    columns = (*COLUMNS[:4], "campaign", "unit", "state", "returns", *COLUMNS[-3:])
    rows = [
        (f"{number:032x}", "u", number, 1, "c", "u", "returned", returns, "", b"", b"")
        for number, returns in enumerate(("2", None, "1"))
    ]
    async with database.write() as tx:
        await tx.insert_many("claims", columns, rows)
        await tx.batch(added_statements("claims", columns, rows))
        await tx.batch(taken_statements("claims", [rows[0][0]]))
        await tx.execute("DELETE FROM claims WHERE id = ?", [rows[0][0]])
    async with database.read() as snapshot:
        assert await read_count(snapshot, COUNTS["claims"]) == {("c", "u", "returned"): [2, 1]}
        assert await read_anew(snapshot, COUNTS["claims"]) == {("c", "u", "returned"): [2, 1]}


async def test_a_change_whose_id_was_used_again_does_not_count(database: Database) -> None:
    columns = (
        "id", "reused", "device", "chain_epoch", "seq", "hash", "kind", "name", "record", "account", "code", "reason",
        "bucket", "version", "base_rev", "rev", "conflict", "received_at", "captured_wall", "carrier", "log_bucket",
        "place", "link",
    )  # fmt: skip
    rows = [
        (
            "x",
            reused,
            "d",
            1,
            seq,
            b"",
            "case",
            "case.file",
            "r",
            "a",
            "applied",
            "",
            "",
            0,
            0,
            0,
            "",
            0,
            0,
            "",
            "b",
            seq,
            b"",
        )
        for seq, reused in enumerate((0, 1), 1)
    ]
    async with database.write() as tx:
        await tx.insert_many("changes", columns, rows)
        await count_again(tx, database.engine)
    async with database.read() as snapshot:
        assert await read_count(snapshot, COUNTS["changes"]) == {("d", "applied"): [1]}
