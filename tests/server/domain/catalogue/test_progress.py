"""How far a campaign is: states counted, units added up by place."""

from datetime import date

from server.domain.catalogue.claims import ClaimState
from server.domain.catalogue.progress import COLUMNS, By, Progress, check_snapshot, count_state, rows_by, total
from server.domain.check_context import CheckContext
from server.domain.people.entitlement import ListedPlace, ListedUnit, directory_of
from server.domain.places import Level

COUNTY, TOWN, VILLAGE = "341881000000", "341881106000", "341881106200"
DIRECTORY = directory_of(
    [
        ListedPlace(COUNTY, Level.COUNTY, "341800000000"),
        ListedPlace(TOWN, Level.TOWN, COUNTY),
        ListedPlace(VILLAGE, Level.VILLAGE, TOWN),
    ],
    [ListedUnit("c", COUNTY), ListedUnit("t", TOWN), ListedUnit("v", VILLAGE)],
)
ROWS = {"c": Progress(asked=5), "t": Progress(asked=88, claimed=3), "v": Progress(asked=45, claimed=2, returns=1)}


def test_every_state_counts_once_and_what_is_over_is_never_overdue() -> None:
    counted = [count_state(state, 1, overdue=1, returns=0) for state in ClaimState]
    row = total(counted)
    assert (row.claimed, row.declined, row.filling, row.in_review, row.returned, row.published) == (9, 1, 2, 3, 1, 3)
    assert row.overdue == 6
    assert count_state("later", 1, overdue=1, returns=0) == Progress()


def test_units_are_added_up_by_village_town_and_county_and_a_larger_places_unit_counts_there() -> None:
    assert rows_by(ROWS, By.VILLAGE, DIRECTORY).keys() == {COUNTY, TOWN, VILLAGE}
    by_town = rows_by(ROWS, By.TOWN, DIRECTORY)
    assert by_town == {COUNTY: Progress(asked=5), TOWN: Progress(asked=133, claimed=5, returns=1)}
    assert rows_by(ROWS, By.COUNTY, DIRECTORY)[COUNTY].asked == 138
    assert list(rows_by(ROWS, By.UNIT, DIRECTORY)) == ["c", "t", "v"]
    assert rows_by({"unknown": Progress()}, By.TOWN, DIRECTORY) == {}


def test_what_follows_from_the_numbers() -> None:
    assert (ROWS["v"].unclaimed, ROWS["v"].returns_per_100, Progress().returns_per_100) == (43, 50, 0)
    assert ROWS["v"].numbers == [45, 2, 0, 0, 0, 0, 0, 0, 1]
    assert len(COLUMNS) == 9


def test_a_snapshot_is_whole() -> None:
    fields = {"campaign": "c" * 32, "place": COUNTY, "day": "2026-11-22", "columns": list(COLUMNS), "rows": [["v", 1]]}
    ctx = CheckContext(on=date(2026, 11, 22))
    assert check_snapshot(fields, ctx) == []
    assert [one.code for one in check_snapshot({**fields, "day": "today"}, ctx)] == ["field_shape"]
