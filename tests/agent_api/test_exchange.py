"""The exchange, on every store: what goes up is decided once, what comes down is one moment."""

import pytest

from sync.core.changes import OutcomeCode
from sync.core.messages import Status
from tests.centre import VILLAGE, CentreUnderTest, ident, resident

BUCKET = f"place:{VILLAGE}"


async def test_what_one_phone_sends_another_reads(centre: CentreUnderTest) -> None:
    wang, li = await centre.enrol("wang", BUCKET), await centre.enrol("li", BUCKET)
    answer = await wang.tell([resident(wang, number) for number in range(3)])
    assert [one.code for one in answer.outcomes] == [OutcomeCode.APPLIED] * 3, answer.outcomes
    await li.read_all()
    assert {li.fields(record)["name"] for record in li.rows} == {"居民0", "居民1", "居民2"}
