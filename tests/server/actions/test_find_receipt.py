"""Whoever holds a number and the last four signs learns a state, and nobody else does."""

from pathlib import Path

import pytest

from server.actions.find_receipt import find_receipt
from server.storage.records import columns_of, row_of
from server.storage.schema.records import KIND_TABLES
from sync.central.known import Record
from sync.core.codec import encode_body
from sync.core.ids import derived_id
from tests.small_centre import VILLAGE, SmallCentre, small_centre

CASE = derived_id("case", "one")
RECEIPT, NUMBER = "T0A3K2611220007R", "341881202611220000017"


async def filed(small: SmallCentre, *, resident: str) -> str:
    """A received case of a resident of the village; the last four signs of the citizen id."""
    fields = {"resident": resident, "state": "received", "receipt": RECEIPT, "number": NUMBER, "village": VILLAGE}
    record = Record("case", CASE, 1, f"place:{VILLAGE}", 1, encode_body("case", CASE, 1, dict(fields)), {})
    columns = small.centre.policies["case"].columns(fields)
    async with small.centre.database.write() as tx:
        row = row_of(record, columns, small.centre.sealing, plain=False)
        await tx.insert_many("cases", columns_of(KIND_TABLES["case"]), [row])
    known = {one.id: one.citizen_id for one in small.world.residents_of(VILLAGE, 3)}
    return known.get(resident, "0000")[-4:]


@pytest.mark.parametrize("number", [RECEIPT, NUMBER])
async def test_either_number_with_the_right_signs_tells_the_state(tmp_path: Path, number: str) -> None:
    async with small_centre(tmp_path) as small:
        last4 = await filed(small, resident=small.world.residents_of(VILLAGE, 1)[0].id)
        assert await find_receipt(small.centre.database, small.centre.sealing, number, last4) == "received"


async def test_wrong_signs_and_an_unknown_number_tell_the_same_nothing(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        last4 = await filed(small, resident=small.world.residents_of(VILLAGE, 1)[0].id)
        wrong = "0000" if last4 != "0000" else "1111"
        assert await find_receipt(small.centre.database, small.centre.sealing, RECEIPT, wrong) is None
        assert await find_receipt(small.centre.database, small.centre.sealing, "T0A3K2611220008P", last4) is None


async def test_a_case_of_a_resident_who_is_not_there_is_told_to_nobody(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await filed(small, resident=derived_id("nobody"))
        assert await find_receipt(small.centre.database, small.centre.sealing, RECEIPT, "0000") is None
