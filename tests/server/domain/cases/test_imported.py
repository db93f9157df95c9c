"""A case that was begun elsewhere keeps its days, and its clock counts from them."""

from datetime import date

from server.domain.cases.imported import IMPORT_STEPS, check_source, imported_fields, source_of
from server.domain.cases.lifecycle import STEPS

ITEM = {"promise_days": 10, "legal_days": 20}
OPEN = source_of("old", "A1", date(2026, 11, 2), None)
TAKEN = source_of("old", "A1", date(2026, 11, 2), date(2026, 11, 3))


def test_the_clock_counts_from_the_day_of_acceptance_there() -> None:
    found = imported_fields({"state": "accepted", "source": TAKEN}, ITEM)
    assert found["received_at"] == "2026-11-02T00:00:00+08:00"
    assert found["clock"]["promise_due"] == "2026-11-17"  # type: ignore[index]


def test_an_open_case_has_no_clock_yet() -> None:
    assert imported_fields({"state": "received", "source": OPEN}, ITEM).keys() == {"received_at"}


def test_what_a_source_lacks_is_told() -> None:
    assert check_source({"state": "received", "source": OPEN}) == []
    assert check_source({"state": "accepted", "source": TAKEN}) == []
    assert len(check_source({"state": "accepted", "source": OPEN})) == 1
    assert len(check_source({"state": "received"})) == 3
    backwards = source_of("old", "A1", date(2026, 11, 3), date(2026, 11, 2))
    assert [one.code for one in check_source({"state": "accepted", "source": backwards})] == ["value_unknown"]


def test_its_steps_are_in_the_table_and_make_a_case() -> None:
    assert all(STEPS[name].before == {None} for name in IMPORT_STEPS)
