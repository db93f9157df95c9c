"""Whoever alters the log beside the program is found, also when they alter what guards it."""

from pathlib import Path

import pytest

from server.actions.log_heads import sign_heads, signing_key
from tests.small_centre import HELPER, SmallCentre, small_centre
from tests.tampering import PLACE, Table, codes_after, verified, worked_in

NEWEST = "(SELECT max(position) FROM changes)"
OF_PLACE = f"SELECT position FROM changes WHERE log_bucket = '{PLACE}' ORDER BY position"
TAMPERING: Table = {
    "the author of a change is altered": (
        {"log_link"}, [(f"UPDATE changes SET account = 'ffff' WHERE position = {NEWEST}", ())],
    ),
    "the time of a change is altered": (
        {"log_link"}, [(f"UPDATE changes SET received_at = 1 WHERE position = {NEWEST}", ())],
    ),
    "the hash of a change is altered": (
        {"log_link", "line_differs", "chain_end"},
        [(f"UPDATE changes SET hash = zeroblob(32) WHERE position = {NEWEST}", ())],
    ),
    "the name of a change is altered": (
        {"line_differs"}, [(f"UPDATE changes SET name = 'resident.edit' WHERE position = {NEWEST}", ())],
    ),
    "when a change was captured is altered": (
        {"line_differs"}, [(f"UPDATE changes SET captured_wall = 1 WHERE position = {NEWEST}", ())],
    ),
    "the line of a change is altered": (
        {"line_differs"}, [(f"UPDATE changes SET line = zeroblob(80) WHERE position = {NEWEST}", ())],
    ),
    "the line of a change is removed": (
        {"line_missing"}, [(f"UPDATE changes SET line = NULL, salt = NULL WHERE position = {NEWEST}", ())],
    ),
    "a refused change is called applied": (
        {"outcome_differs"}, [("UPDATE changes SET code = 'applied' WHERE code = 'refused'", ())],
    ),
    "an applied change is called refused": (
        {"outcome_differs"},
        [("UPDATE changes SET code = 'refused' WHERE code = 'applied' AND kind = 'resident'", ())],
    ),
    "a change in the middle is deleted": (
        {"log_order", "log_link", "chain_gap"},
        [(f"DELETE FROM changes WHERE position = ({OF_PLACE} LIMIT 1 OFFSET 1)", ())],
    ),
    "the newest change is deleted": (
        {"log_end", "chain_end"}, [(f"DELETE FROM changes WHERE position = {NEWEST}", ())],
    ),
    "two changes are reordered": (
        {"log_order", "log_link"},
        [(f"UPDATE changes SET position = -1 WHERE position = ({OF_PLACE} LIMIT 1 OFFSET 1)", ())],
    ),
    "the tail is cut and the bucket's end set back": (
        {"signed_end"},
        [
            (f"UPDATE buckets SET (log_hash, log_length) = (SELECT link, place FROM changes WHERE position = "
             f"({OF_PLACE} LIMIT 1 OFFSET 2)) WHERE id = '{PLACE}'", ()),
            (f"DELETE FROM changes WHERE log_bucket = '{PLACE}' AND place > 3", ()),
        ],
    ),
    "a device's chain is set back": ({"chain_end"}, [("UPDATE chains SET last_seq = last_seq - 1", ())]),
    "something waits in the name of an applied change": (
        {"wait_without_change"}, [("INSERT INTO waits (what, change) SELECT 'x', id FROM changes LIMIT 1", ())],
    ),
}  # fmt: skip


EACH_SORT = (
    "the author of a change is altered",
    "a change in the middle is deleted",
    "two changes are reordered",
    "the tail is cut and the bucket's end set back",
)
"""An edit, a deletion, another order, a cut tail."""


@pytest.mark.parametrize("what", EACH_SORT)
async def test_each_sort_is_found_on_both_engines(either: SmallCentre, what: str) -> None:
    codes, statements = TAMPERING[what]
    await worked_in(either)
    assert codes <= await codes_after(either, statements)


@pytest.mark.parametrize("what", TAMPERING)
async def test_it_is_found_when(tmp_path: Path, what: str) -> None:
    codes, statements = TAMPERING[what]
    async with small_centre(tmp_path) as small:
        await worked_in(small)
        assert codes <= await codes_after(small, statements)


async def test_a_signed_end_that_was_forged_is_found(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await worked_in(small)
        path = small.centre.settings.backup_folder / "log-heads.jsonl"
        path.write_bytes(path.read_bytes().replace(b'"at":1', b'"at":2', 1))
        assert "signed_file" in (await verified(small)).findings.codes


async def test_a_line_taken_from_the_signed_file_is_found(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await worked_in(small)
        await small.register(await small.enrol(HELPER, "other"), "赵")
        centre = small.centre
        await sign_heads(centre.database, centre.settings.backup_folder, signing_key(centre.secrets), now_ms=2)
        path = centre.settings.backup_folder / "log-heads.jsonl"
        path.write_bytes(path.read_bytes().split(b"\n", 1)[1])
        assert "signed_file" in (await verified(small)).findings.codes
