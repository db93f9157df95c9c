"""The log is taken only as far as nothing earlier can still appear in it; what rows do is in the contract suite."""

from __future__ import annotations

import asyncio

import pytest

from server.storage.open import open_database
from server.storage.outbound import log_horizon

AS_AN_INSERT_DOES = "LOCK TABLE changes IN ROW EXCLUSIVE MODE"


@pytest.mark.postgres
async def test_the_horizon_waits_for_a_writer_whose_position_is_given_and_not_yet_to_be_seen(postgres_url: str) -> None:
    database = await open_database(postgres_url, read_connections=3)
    try:
        async with database.write() as tx:
            await tx.execute(AS_AN_INSERT_DOES)
            horizon = asyncio.create_task(log_horizon(database))
            done, _ = await asyncio.wait({horizon}, timeout=0.3)
            assert not done, "it was told a horizon that the writer could still undercut"
        assert await horizon == 0
    finally:
        await database.close()
