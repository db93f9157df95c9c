"""The first to see that the centre's history was cut begins another; the rest find it done."""

import asyncio
from pathlib import Path

import pytest

from server.actions.change_epoch import PROVED_BY_DEVICE, RESTORED, change_epoch
from tests.centre import START, VILLAGE, Counted, StoreKind, open_centre, resident


@pytest.mark.parametrize("kind", list(StoreKind), ids=lambda kind: kind.value)
async def test_many_who_see_it_at_once_begin_one_history(
    kind: StoreKind, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue("postgres_url")) if kind is StoreKind.POSTGRES else ""
    async with open_centre(kind, tmp_path, url) as centre:
        wang = await centre.enrol("wang", f"place:{VILLAGE}")
        await wang.tell([resident(wang, 1)])
        randomness = Counted("epoch")
        seen = (RESTORED, PROVED_BY_DEVICE, PROVED_BY_DEVICE)
        epochs = await asyncio.gather(
            *(change_epoch(centre.store, "epoch1", why, now_ms=START, randomness=randomness) for why in seen)
        )
        assert len(set(epochs)) == 1
        async with centre.store.read() as unit:
            state = await unit.centre()
            heads = await unit.restored_heads([f"place:{VILLAGE}", "place:unknown"])
        assert (state.epoch, state.epoch_block) == (epochs[0], 1)
        assert heads == {f"place:{VILLAGE}": 1, "place:unknown": 0}
