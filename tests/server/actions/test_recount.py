"""What lists show is kept in step by the write path, on both engines; counting again finds the same."""

from __future__ import annotations

from server.actions.recount import recount
from server.actions.verify_counts import verify_counts
from server.actions.verify_findings import Findings
from server.storage.counts import read_count
from server.storage.schema.counts import counts_of
from sync.core.changes import Base, OutcomeCode
from sync.core.ids import derived_id
from tests.small_centre import HELPER, VILLAGE, SmallCentre

[CHANGES] = counts_of("changes")


async def differing(small: SmallCentre) -> list[str]:
    findings = Findings()
    async with small.centre.database.read() as snapshot:
        await verify_counts(snapshot, small.centre.database.engine, findings)
    return [f"{one.detail} {one.where}" for one in findings.found]


async def codes_of(small: SmallCentre, device: str) -> dict[str, int]:
    async with small.centre.database.read() as snapshot:
        kept = await read_count(snapshot, CHANGES)
    return {code: number for (of, code), (number,) in kept.items() if of == device}


async def test_a_loaded_world_and_what_came_after_it_are_counted(either: SmallCentre) -> None:
    assert await differing(either) == []
    device = await either.enrol(HELPER)
    made = await either.register(device, "王秀英", derived_id("resident", "edited"))
    base = Base(change=made.outcomes[0].id)
    edit = either.change(
        "resident", "resident.edit", derived_id("resident", "edited"), {"notes": ["住村东"]}, base=base
    )
    await either.send(device, edit)
    assert await differing(either) == []
    assert await codes_of(either, device) == {"applied": 2}
    before = await recount(either.centre.database)
    assert before["resident_counts"] > 1
    assert await differing(either) == []


async def test_a_change_that_waited_counts_as_what_became_of_it(either: SmallCentre) -> None:
    device = await either.enrol(HELPER)
    record = derived_id("resident", "late")
    ident = derived_id("change", "made")
    made = either.change("resident", "resident.register", record, {"name": "李芳", "village": VILLAGE}, ident=ident)
    early = either.change("resident", "resident.edit", record, {"notes": ["住村西"]}, base=Base(change=ident))
    [parked] = (await either.send(device, early)).outcomes
    assert parked.code is OutcomeCode.PARKED
    assert await codes_of(either, device) == {"parked": 1}
    await either.send(device, made)
    assert await codes_of(either, device) == {"applied": 2}
    assert await differing(either) == []
