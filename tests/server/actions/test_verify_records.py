"""Whoever alters records beside the program is found."""

from pathlib import Path

import pytest

from tests.small_centre import small_centre
from tests.tampering import PLACE, Table, codes_after, worked_in

TAMPERING: Table = {
    "a body is swapped for another record's": (
        {"body_unreadable", "bucket_sum", "bucket_rows"},
        [(f"UPDATE residents SET body = (SELECT body FROM residents WHERE bucket <> '{PLACE}' LIMIT 1) "
          f"WHERE bucket = '{PLACE}'", ())],
    ),
    "a plain body is edited": (
        {"bucket_sum", "column_differs"},
        [("UPDATE items SET body = CAST(replace(CAST(body AS TEXT), '优待证', '优惠证') AS BLOB)", ())],
    ),
    "a derived column is edited": ({"column_differs"}, [("UPDATE items SET name = 'x' WHERE version = 1", ())]),
    "a record is deleted": (
        {"bucket_sum", "bucket_rows"},
        [(f"DELETE FROM residents WHERE id = (SELECT max(id) FROM residents WHERE bucket = '{PLACE}' AND rev = 1)",
          ())],
    ),
    "a record is moved to another bucket": (
        {"bucket_sum", "bucket_rows"},
        [(f"UPDATE residents SET bucket = 'place:341881107201' WHERE bucket = '{PLACE}' AND rev = 1", ())],
    ),
    "a version is raised": (
        {"bucket_sum", "bucket_head"},
        [(f"UPDATE residents SET version = 99 WHERE bucket = '{PLACE}'", ())],
    ),
    "a rev is altered": (
        {"body_differs", "history_gap"}, [(f"UPDATE residents SET rev = 7 WHERE bucket = '{PLACE}'", ())],
    ),
    "a bucket's sum is altered": (
        {"bucket_sum"}, [(f"UPDATE buckets SET sum = zeroblob(16) WHERE id = '{PLACE}'", ())],
    ),
    "a bucket is deleted": ({"bucket_missing"}, [(f"DELETE FROM buckets WHERE id = '{PLACE}'", ())]),
    "a former body is deleted": ({"history_gap"}, [("DELETE FROM history WHERE at LIKE 'resident/%'", ())]),
    "a former body is edited": ({"history_body"}, [("UPDATE history SET hash = zeroblob(32)", ())]),
    "a natural key is invented": (
        {"key_without_record"}, [("INSERT INTO natural_keys (id, kind, record) VALUES ('k', 'case', 'r')", ())],
    ),
    "a record's natural key is forgotten": (
        {"key_missing"},
        [(f"UPDATE residents SET natural_keys = 'filing:a:b' WHERE bucket = '{PLACE}' AND rev = 1", ())],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
async def test_it_is_found_when(tmp_path: Path, what: str) -> None:
    codes, statements = TAMPERING[what]
    async with small_centre(tmp_path) as small:
        await worked_in(small)
        assert codes <= await codes_after(small, statements)
