"""A period's outcomes, added up by parent links; what became of a unit's cases, on both engines."""

from __future__ import annotations

from server.actions.count_outcomes import count_outcomes, figures_of
from server.centre import platform_of
from server.domain.people.entitlement import ListedPlace, ListedUnit, directory_of
from server.domain.places import Level
from server.domain.supervision.indicators import CODES, Counts
from tests.server.actions.test_build_bulletin import finished
from tests.small_centre import SmallCentre

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


async def test_a_case_counts_for_its_place_and_for_the_city_unit_whose_item_it_is(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    directory = await platform.directory()
    cities = {code for code, place in directory.places.items() if place.level is Level.CITY}
    unit = min(one for one, listed in directory.units.items() if listed.place in cities)
    await finished(either, "on_time returned days:3", 5)
    of_place = (await count_outcomes(platform, "2026-10-01", "2026-11-01")).towns[TOWN]
    await either.tamper("UPDATE items SET unit = ? WHERE id = ?", [unit, either.world.standard_items[0].id])
    await finished(either, "void", 2, start=100)
    await finished(either, "on_time", 9, start=200, day="2026-11-01")
    figures = await count_outcomes(platform, "2026-10-01", "2026-11-01")
    told = dict(zip(CODES, figures.units[unit].pairs, strict=True))
    assert (told["on_time"], told["corrections"], told["delivery_days"]) == ((5, 5), (5, 5), (15, 5))
    assert (told["valid"], told["volume"]) == ((5, 7), (5, 0))
    here = dict(zip(CODES, figures.villages[VILLAGE].pairs, strict=True))
    assert {code: here[code] for code in ("on_time", "corrections", "valid")} == {
        code: told[code] for code in ("on_time", "corrections", "valid")
    }
    assert of_place.pairs[CODES.index("on_time")] == (5, 5)
