"""A desk's change goes the way of every other."""

from pathlib import Path

from server.actions.desk_change import CENTRE_ACCOUNT, DeskEdit, desk_change, desk_of
from server.actions.verify import verify
from sync.core.changes import OutcomeCode
from sync.core.ids import derived_id
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre

RESIDENT = derived_id("resident", "desk")


def edit(**fields: object) -> DeskEdit:
    return DeskEdit(kind="resident", record=RESIDENT, name="resident.register", fields={"village": VILLAGE, **fields})


async def at_the_desk(
    small: SmallCentre, *edits: DeskEdit, buckets: tuple[str, ...] = (f"place:{VILLAGE}",)
) -> list[str]:
    account = await small.account(HELPER)
    centre = small.centre
    written = await desk_change(
        centre.database,
        small.writer,
        account,
        edits,
        buckets=buckets,
        now_ms=centre.clock.wall_ms(),
        randomness=centre.randomness,
    )
    return [one.code for one in written.outcomes]


async def test_it_is_applied_logged_in_the_desks_chain_and_wakes(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        assert await at_the_desk(small, edit(name="王秀英")) == [OutcomeCode.APPLIED]
        account = await small.account(HELPER)
        [(last,)] = await small.fetch("SELECT last_seq FROM chains WHERE device = ?", [desk_of(account.id)])
        assert last == 1
        assert f"place:{VILLAGE}" in small.raised
        report = await verify(small.centre.database, small.centre.sealing, small.centre.policies, blobs=None)
        assert report.is_whole, report.findings.found


async def test_the_next_one_takes_the_next_place(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await at_the_desk(small, edit(name="王秀英"))
        assert await at_the_desk(small, edit(name="王秀英")) == [OutcomeCode.REFUSED]  # it is there already
        account = await small.account(HELPER)
        seqs = await small.fetch("SELECT seq FROM changes WHERE device = ? ORDER BY seq", [desk_of(account.id)])
        assert seqs == [(1,), (2,)]
        assert len(await small.fetch("SELECT 1 FROM devices WHERE id = ?", [desk_of(account.id)])) == 1


async def test_a_desk_writes_only_where_it_was_let(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        assert await at_the_desk(small, edit(name="王秀英"), buckets=()) == [OutcomeCode.REFUSED]
        assert await small.fetch("SELECT 1 FROM residents WHERE id = ?", [RESIDENT]) == []


async def test_the_centre_has_a_desk_of_its_own_that_nobody_can_sign_in_to(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        assert await small.fetch("SELECT id FROM devices WHERE account = ?", [CENTRE_ACCOUNT]) == [
            (desk_of(CENTRE_ACCOUNT),)
        ]
        assert await small.fetch("SELECT 1 FROM sessions") == []
        assert await small.fetch("SELECT 1 FROM activation_codes") == []
