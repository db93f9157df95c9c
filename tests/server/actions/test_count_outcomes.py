"""A period's outcomes, added up by parent links."""

from server.actions.count_outcomes import figures_of
from server.domain.people.entitlement import ListedPlace, ListedUnit, directory_of
from server.domain.places import Level
from server.domain.supervision.indicators import CODES, Counts

CITY, COUNTY, TOWN, VILLAGE = "341800000000", "341881000000", "341881106000", "341881106200"
DIRECTORY = directory_of(
    [
        ListedPlace(CITY, Level.CITY, "340000000000"),
        ListedPlace(COUNTY, Level.COUNTY, CITY),
        ListedPlace(TOWN, Level.TOWN, COUNTY),
        ListedPlace(VILLAGE, Level.VILLAGE, TOWN),
    ],
    [ListedUnit("city", CITY), ListedUnit("county", COUNTY)],
)
ONE = Counts(((1, 2),) * len(CODES))


def test_a_village_counts_for_its_town_and_county_and_a_towns_own_desk_for_both_of_them() -> None:
    figures = figures_of({VILLAGE: ONE, TOWN: ONE, "nowhere": ONE}, {}, DIRECTORY)
    assert (figures.villages, figures.towns) == ({VILLAGE: ONE}, {TOWN: ONE + ONE})
    assert figures.counties == {COUNTY: ONE + ONE}


def test_only_the_citys_own_units_are_compared() -> None:
    assert figures_of({}, {"city": ONE, "county": ONE, "unknown": ONE}, DIRECTORY).units == {"city": ONE}
