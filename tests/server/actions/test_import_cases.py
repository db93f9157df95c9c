"""Open cases of another system are taken over once, with their days; on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from server.actions.account_sheet import RowFault
from server.actions.case_sheet import CaseEntry, CaseRows
from server.actions.import_cases import case_id, import_cases
from server.actions.take_step import read_record
from server.centre import platform_of
from tests.small_centre import HELPER, VILLAGE, SmallCentre


def entry_of(small: SmallCentre, row: int = 1, **changed: object) -> CaseEntry:
    person, item = small.world.residents_of(VILLAGE, 1)[0], next(small.world.unit_items())
    entry = CaseEntry(
        row=row,
        number=f"A{row}",
        item=item.id,
        name=person.name,
        citizen_id=person.citizen_id,
        place=VILLAGE,
        received_on=date(2026, 11, 2),
        accepted_on=date(2026, 11, 3),
        phone="13812345678",
        address="12号",
    )
    return replace(entry, **changed)  # type: ignore[arg-type]


async def test_an_accepted_case_goes_on_with_the_days_it_had(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    report = await import_cases(platform, CaseRows(1, (entry_of(either),), ()), system="old", partial=False)
    assert (report.taken, report.registered, report.faults) == (1, 0, [])
    case = await read_record(platform, "case", case_id("old", "A1"))
    assert case is not None
    assert (case.fields["state"], case.fields["accepted_at"]) == ("accepted", "2026-11-03T00:00:00+08:00")
    assert case.fields["clock"]["started"] == "2026-11-03"
    assert case.fields["number"]
    assert case.fields["holder"].startswith("unit:")


async def test_the_same_file_twice_takes_nothing_twice(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    stranger = entry_of(either, 2, citizen_id="342501194901010014", name="新来的", accepted_on=None)
    rows = CaseRows(2, (entry_of(either), stranger), ())
    first = await import_cases(platform, rows, system="old", partial=False)
    again = await import_cases(platform, rows, system="old", partial=False)
    assert (first.taken, first.registered) == (2, 1)
    assert (again.taken, again.present, again.registered) == (0, 2, 0)
    assert len(await either.fetch("SELECT 1 FROM cases")) == 2
    assert await either.fetch("SELECT state FROM cases WHERE id = ?", [case_id("old", "A2")]) == [("received",)]


async def test_one_bad_row_stops_the_file_unless_partial_is_given(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    told = RowFault(3, "name", "缺少", "missing")
    rows = CaseRows(3, (entry_of(either), entry_of(either, 2, item="no such code")), (told,))
    refused = await import_cases(platform, rows, system="old", partial=False)
    assert (refused.refused, [fault.row for fault in refused.faults]) == (True, [2, 3])
    assert await either.fetch("SELECT 1 FROM cases") == []
    taken = await import_cases(platform, rows, system="old", partial=True)
    assert (taken.taken, len(taken.faults)) == (1, 2)


async def test_no_device_takes_over_a_case_and_none_pretends_it_came_from_elsewhere(either: SmallCentre) -> None:
    device = await either.enrol(HELPER)
    fields = {"resident": "a" * 32, "item": "b" * 32, "item_version": 1, "village": VILLAGE, "source": {"system": "x"}}
    written = await either.send(
        device,
        either.change("case", "case.import", "c" * 32, fields),
        either.change("case", "case.submit", "d" * 32, fields),
    )
    assert [one.reason for one in written.outcomes] == ["not_yours", "step_writes"]
