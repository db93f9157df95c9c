"""Kept counts are what the rows add up to, whatever happened to the rows."""

from __future__ import annotations

from collections.abc import Sequence

from server.storage.counts import added_statements, count_again, read_anew, read_count, taken_statements
from server.storage.schema.counts import COUNTS, OUTCOMES, counts_of
from server.storage.unit_of_work import Database, Transaction

_OF_A_CASE = ("holder", "state", "finished_at", "tally")
COLUMNS = ("id", "bucket", "version", "rev", *_OF_A_CASE, "natural_keys", "stamps", "body")
CASES, _ = counts_of("cases")
[CLAIMS] = counts_of("claims")
[CHANGES] = counts_of("changes")
[RESIDENTS] = counts_of("residents")


def case(
    number: int, bucket: str, holder: str | None, state: str, *, day: str | None = None, words: str | None = None
) -> tuple[object, ...]:
    finished_at = None if day is None else f"{day}T10:00:00+08:00"
    return (f"{number:032x}", bucket, number, 1, holder, state, finished_at, words, "", b"", b"")


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
                *taken_statements("cases", [str(row[0]) for row in moved], database.engine),
                (
                    "UPDATE cases SET bucket = ?, holder = ?, state = ? WHERE id = ?",
                    [(row[1], row[4], row[5], row[0]) for row in moved],
                ),
                *added_statements("cases", COLUMNS, moved),
            ]
        )
    async with database.read() as snapshot:
        kept = await read_count(snapshot, CASES)
        assert kept == await read_anew(snapshot, CASES, database.engine)
    assert kept == {("a", "place:a", "accepted"): [1], ("b", "", "ended"): [1], ("b", "", "withdrawn"): [1]}


async def test_counting_again_mends_whatever_was_kept(database: Database) -> None:
    async with database.write() as tx:
        await put(tx, [case(1, "a", None, "ended")])
        await tx.execute("UPDATE case_counts SET number = 7")
        await tx.execute("INSERT INTO resident_counts (bucket, number) VALUES ('nowhere', 3)")
    async with database.write() as tx:
        assert (await count_again(tx, database.engine))["case_counts"] == 1
    async with database.read() as snapshot:
        for count in COUNTS:
            assert await read_count(snapshot, count) == await read_anew(snapshot, count, database.engine)
        assert await read_count(snapshot, RESIDENTS) == {}


async def test_what_became_of_cases_is_counted_by_their_day_and_follows_what_is_corrected(database: Database) -> None:
    every = "on_time returned returned_again tolerance_kept days:12 elder_home licence duplicate"
    first, second = "2026-11-10", "2026-11-11"
    rows = [
        case(1, "a", None, "delivered", day=first, words=every),
        case(2, "a", None, "delivered", day=first, words="late tolerance_failed days:3 elder_elsewhere"),
        case(3, "a", None, "voided", day=first, words="days:9 licence void"),
        case(4, "b", None, "ended", day=first),
        case(5, "a", None, "finished", day=second, words="on_time"),
        case(6, "a", "place:a", "accepted"),
    ]
    async with database.write() as tx:
        await put(tx, rows)
    async with database.read() as snapshot:
        kept = await read_count(snapshot, OUTCOMES)
        assert kept == await read_anew(snapshot, OUTCOMES, database.engine)
    told = {key: dict(zip(OUTCOMES.numbers, numbers, strict=True)) for key, numbers in kept.items()}
    once = dict.fromkeys(OUTCOMES.numbers, 1)
    assert told == {
        ("a", first): {**once, "number": 3, "delivered": 2, "delivery_days": 15},
        ("b", first): {**dict.fromkeys(OUTCOMES.numbers, 0), "number": 1},
        ("a", second): {**dict.fromkeys(OUTCOMES.numbers, 0), "number": 1, "on_time": 1},
    }
    later = [case(5, "a", None, "delivered", day=second, words="on_time days:7"), case(4, "b", None, "reopened")]
    async with database.write() as tx:
        await tx.batch(
            [
                *taken_statements("cases", [str(row[0]) for row in later], database.engine),
                (
                    "UPDATE cases SET state = ?, finished_at = ?, tally = ? WHERE id = ?",
                    [(row[5], row[6], row[7], row[0]) for row in later],
                ),
                *added_statements("cases", COLUMNS, later),
            ]
        )
    async with database.read() as snapshot:
        kept = await read_count(snapshot, OUTCOMES)
        assert kept == await read_anew(snapshot, OUTCOMES, database.engine)
    assert ("b", first) not in kept
    assert dict(zip(OUTCOMES.numbers, kept["a", second], strict=True))["delivery_days"] == 7


async def test_returns_of_claims_are_added_up_where_the_body_says_any(database: Database) -> None:
    columns = (*COLUMNS[:4], "campaign", "unit", "state", "returns", *COLUMNS[-3:])
    rows = [
        (f"{number:032x}", "u", number, 1, "c", "u", "returned", returns, "", b"", b"")
        for number, returns in enumerate(("2", None, "1"))
    ]
    async with database.write() as tx:
        await tx.insert_many("claims", columns, rows)
        await tx.batch(added_statements("claims", columns, rows))
        await tx.batch(taken_statements("claims", [rows[0][0]], database.engine))
        await tx.execute("DELETE FROM claims WHERE id = ?", [rows[0][0]])
    async with database.read() as snapshot:
        assert await read_count(snapshot, CLAIMS) == {("c", "u", "returned"): [2, 1]}
        assert await read_anew(snapshot, CLAIMS, database.engine) == {("c", "u", "returned"): [2, 1]}


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
        assert await read_count(snapshot, CHANGES) == {("d", "applied"): [1]}
