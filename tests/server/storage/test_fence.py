"""Of two centres the older one is known by an epoch that was begun elsewhere and is later than its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.change_epoch import RESTORED, TAKEN_OVER, change_epoch
from server.storage.errors import Superseded
from server.storage.fence import check_leads, note_elsewhere, superseded_by
from sync.core.ids import timed_id
from tests.centre import START, Counted, StoreKind, open_centre

LATER, EARLIER = "f" * 32, "0" * 32


@pytest.mark.parametrize("kind", [StoreKind.SQLITE, StoreKind.POSTGRES], ids=lambda kind: kind.value)
async def test_a_later_epoch_fences_and_an_earlier_one_does_not(
    kind: StoreKind, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue("postgres_url")) if kind is StoreKind.POSTGRES else ""
    async with open_centre(kind, tmp_path, url) as centre:
        assert centre.database is not None
        async with centre.database.write() as tx:
            await note_elsewhere(tx, EARLIER, START)
            await check_leads(tx)
            await note_elsewhere(tx, "ee" * 16, START)
            await note_elsewhere(tx, LATER, START)
            await note_elsewhere(tx, LATER, START + 1)  # told of twice
        async with centre.database.read() as snapshot:
            assert await superseded_by(snapshot) == LATER
            with pytest.raises(Superseded):
                await check_leads(snapshot)


@pytest.mark.parametrize("kind", list(StoreKind), ids=lambda kind: kind.value)
async def test_a_centre_leads_again_by_beginning_a_later_epoch(
    kind: StoreKind, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue("postgres_url")) if kind is StoreKind.POSTGRES else ""
    later = timed_id(START + 3_600_000, b"x" * 10)
    async with open_centre(kind, tmp_path, url) as centre:
        first = await change_epoch(centre.store, "epoch1", RESTORED, now_ms=START, randomness=Counted("e"))
        async with centre.store.write() as unit:
            await unit.note_elsewhere(EARLIER, START)
            await unit.note_elsewhere(later, START)
        async with centre.store.read() as reading:
            assert (await reading.centre()).superseded_by == later
            assert await reading.had_epoch("epoch1")
            assert await reading.had_epoch(later)
            assert not await reading.had_epoch(LATER)
        begun = await change_epoch(centre.store, first, TAKEN_OVER, now_ms=START, randomness=Counted("e"))
        assert begun > later, "whatever the clock says"
        async with centre.store.read() as reading:
            state = await reading.centre()
        assert (state.epoch, state.superseded_by) == (begun, "")
