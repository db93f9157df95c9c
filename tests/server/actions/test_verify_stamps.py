"""Whoever alters by whom or when a field was set is found: merge would believe it."""

from pathlib import Path

import pytest

from tests.small_centre import small_centre
from tests.tampering import Table, codes_after, worked_in

EDITED = "rev = 2 AND bucket = 'place:341881106200'"
STAMPS = "CAST(replace(CAST(stamps AS TEXT), '[2,', '{}') AS BLOB)"
TAMPERING: Table = {
    "a field is said to be older than it is": (
        {"stamp_differs"},
        [(f"UPDATE residents SET stamps = {STAMPS.format('[1,')} WHERE {EDITED}", ())],
    ),
    "a field is said to be newer than the record": (
        {"stamp_differs"},
        [(f"UPDATE residents SET stamps = {STAMPS.format('[9,')} WHERE {EDITED}", ())],
    ),
    "a field is said to be another change's": (
        {"stamp_differs"}, [(f"UPDATE residents SET stamps = '[[2,\"\",\"ffff\",[\"notes\"]]]' WHERE {EDITED}", ())],
    ),
    "stamps are made unreadable": ({"stamp_differs"}, [(f"UPDATE residents SET stamps = '[' WHERE {EDITED}", ())]),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
async def test_it_is_found_when(tmp_path: Path, what: str) -> None:
    codes, statements = TAMPERING[what]
    async with small_centre(tmp_path) as small:
        await worked_in(small)
        assert codes <= await codes_after(small, statements)
