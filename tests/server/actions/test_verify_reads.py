"""Whoever alters the read log beside the program is found."""

from pathlib import Path

import pytest

from server.actions.log_heads import sign_heads, signing_key
from server.storage.read_log import Look, append_looks
from tests.small_centre import SmallCentre, small_centre
from tests.tampering import Table, codes_after, verified

DAY = 86_400_000
TAMPERING: Table = {
    "who looked is altered": ({"read_link"}, [("UPDATE reads SET account = 'x' WHERE position = 2", ())]),
    "when somebody looked is altered": ({"read_link"}, [("UPDATE reads SET at = 1 WHERE position = 2", ())]),
    "what was looked at is altered": ({"read_link"}, [("UPDATE reads SET record = 'x' WHERE position = 2", ())]),
    "a reason is swapped for another": (
        {"read_reason", "read_link"},
        [("UPDATE reads SET reason = (SELECT reason FROM reads WHERE position = 1) WHERE position = 2", ())],
    ),
    "a look in the middle is deleted": ({"read_order", "read_link"}, [("DELETE FROM reads WHERE position = 2", ())]),
    "two looks are reordered": (
        {"read_reason", "read_link"},
        [
            ("UPDATE reads SET position = 99 WHERE position = 1", ()),
            ("UPDATE reads SET position = 1 WHERE position = 2", ()),
            ("UPDATE reads SET position = 2 WHERE position = 99", ()),
        ],
    ),
    "the newest look is deleted": ({"read_end"}, [("DELETE FROM reads WHERE position = 4", ())]),
    "the tail is cut and the end set back": (
        {"read_end", "signed_end"},
        [
            ("UPDATE read_log SET length = 2, link = (SELECT link FROM reads WHERE position = 2)", ()),
            ("DELETE FROM reads WHERE position > 2", ()),
        ],
    ),
    "what came after the last signing is cut and the end set back": (
        {"read_end"},
        [
            ("UPDATE read_log SET length = 3, link = (SELECT link FROM reads WHERE position = 3)", ()),
            ("DELETE FROM reads WHERE position > 3", ()),
        ],
    ),
    "all of it is deleted": (
        {"signed_end"}, [("DELETE FROM reads", ()), ("DELETE FROM read_log", ())],
    ),
    "the beginning is called old": (
        {"read_gone", "read_end"},
        [
            ("UPDATE read_log SET gone_upto = 1, gone_link = (SELECT link FROM reads WHERE position = 1)", ()),
            ("DELETE FROM reads WHERE position = 1", ()),
        ],
    ),
}  # fmt: skip


async def looked_at(small: SmallCentre) -> None:
    """Three looks, signed, and a fourth after that."""
    centre = small.centre
    looks = [Look(one, "a" * 32, "case", f"{one:032x}", f"事由{one}") for one in range(1, 5)]
    for some in (looks[:3], looks[3:]):
        async with centre.database.write() as tx:
            await append_looks(tx, some, centre.sealing)
        if len(some) == 3:
            await sign_heads(centre.database, centre.settings.backup_folder, signing_key(centre.secrets), now_ms=DAY)


EACH_SORT = (
    "who looked is altered",
    "a look in the middle is deleted",
    "two looks are reordered",
    "the tail is cut and the end set back",
)
"""An edit, a deletion, another order, a cut tail."""


@pytest.mark.parametrize("what", EACH_SORT)
async def test_each_sort_is_found_on_both_engines(either: SmallCentre, what: str) -> None:
    codes, statements = TAMPERING[what]
    await looked_at(either)
    assert codes <= await codes_after(either, statements)


@pytest.mark.parametrize("what", TAMPERING)
async def test_it_is_found_when(tmp_path: Path, what: str) -> None:
    codes, statements = TAMPERING[what]
    async with small_centre(tmp_path) as small:
        await looked_at(small)
        assert codes <= await codes_after(small, statements)


async def test_an_honest_log_is_whole(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await looked_at(small)
        report = await verified(small)
        assert report.is_whole, report.findings.found
        assert report.looks == 4
