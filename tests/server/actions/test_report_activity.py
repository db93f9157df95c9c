"""Activity is by area, in the order of codes, and counts what came from devices."""

from dataclasses import fields
from pathlib import Path

import pytest

from server.actions.desk_change import DeskEdit, desk_change
from server.actions.report_activity import Activity, By, PlaceUnknown, report_activity
from tests.small_centre import HELPER, TOWN, VILLAGE, SmallCentre, small_centre


async def worked(small: SmallCentre) -> None:
    """Two phones in one village; one sent three changes of which one was refused; the other was never heard of."""
    device = await small.enrol(HELPER)
    await small.enrol(HELPER, "second")
    await small.register(device)
    await small.register(device, "李芳")
    await small.send(device, small.change("resident", "resident.register", "0" * 32, {"village": VILLAGE}))
    sql = "UPDATE devices SET last_contact = 5000, unsent = 4, unsent_since = 2000 WHERE id = ?"
    await small.tamper(sql, [device])


async def test_a_village_row_tells_contact_backlog_and_what_became_of_the_rest(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await worked(small)
        [row] = await report_activity(small.centre.database, by=By.VILLAGE)
        assert row == Activity(
            place=VILLAGE,
            name=next(one.name for one in small.world.places if one.code12 == VILLAGE),
            town=next(one.name for one in small.world.places if one.code12 == TOWN),
            devices=2,
            never_heard=1,
            last_contact=5000,
            longest_silent=5000,
            unsent=4,
            unsent_since=2000,
            backlog_age=3000,
            received=3,
            applied=2,
            refused=1,
        )


async def test_by_town_the_villages_are_added_up_by_their_parents(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await worked(small)
        lead = await small.enrol("t" + TOWN)
        await small.register(lead, "赵")
        [row] = await report_activity(small.centre.database)
        assert (row.place, row.devices, row.received) == (TOWN, 3, 4)


async def test_what_was_returned_and_what_is_in_conflict_counts_for_its_place(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        for number, state in enumerate(("to_correct", "to_correct", "received")):
            await small.tamper(
                "INSERT INTO cases (id, bucket, version, rev, state, natural_keys, stamps, body) "
                "VALUES (?, ?, 1, 1, ?, '', x'', x'')",
                [f"{number:032x}", f"place:{VILLAGE}", state],
            )
        await small.tamper(
            "INSERT INTO conflicts (id, bucket, version, rev, state, natural_keys, stamps, body) "
            "VALUES ('c', ?, 1, 1, 'open', '', x'', x'')",
            [f"place:{VILLAGE}"],
        )
        [row] = await report_activity(small.centre.database)
        assert (row.place, row.to_correct, row.corrected, row.conflicts_open) == (TOWN, 2, 0, 1)


async def test_a_scope_leaves_out_what_lies_elsewhere(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await worked(small)
        other = next(one.code12 for one in small.world.places if one.parent != TOWN and one.level == "village")
        await small.enrol("h" + other)
        inside = await report_activity(small.centre.database, place=TOWN, by=By.VILLAGE)
        assert [row.place for row in inside] == [VILLAGE]
        everywhere = [row.place for row in await report_activity(small.centre.database, by=By.VILLAGE)]
        assert everywhere == sorted([VILLAGE, other])


async def test_desks_and_the_centre_do_not_count(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        centre = small.centre
        edit = DeskEdit(
            kind="resident", record="1" * 32, name="resident.register", fields={"name": "李", "village": VILLAGE}
        )
        await desk_change(
            centre.database,
            small.writer,
            await small.account(HELPER),
            [edit],
            buckets=[f"place:{VILLAGE}"],
            now_ms=1,
            randomness=centre.randomness,
        )
        assert await report_activity(centre.database) == []


async def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        with pytest.raises(PlaceUnknown):
            await report_activity(small.centre.database, place="999999999999")


def test_there_is_no_column_for_a_person() -> None:
    assert not {field.name for field in fields(Activity)} & {"account", "login", "helper", "rank", "score"}
