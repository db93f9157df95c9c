"""A scope reaches what lies in its places by parent links, and what its units hold."""

from __future__ import annotations

from server.domain.people.entitlement import ListedPlace, ListedUnit, directory_of
from server.domain.people.reach import (
    account_holder,
    covers,
    desk_bucket,
    holds,
    is_listed,
    place_holder,
    place_in_scope,
    places_below,
    reaches,
    speaks_for,
    unit_holder,
    unit_in_scope,
    units_below,
)
from server.domain.people.roles import Scope
from server.domain.places import Level

CITY, COUNTY, TOWN, VILLAGE = "341800000000", "341881000000", "341881106000", "341881106200"
ZONE = "341871001000"  # a street of the development zone that answers to the county
OTHER = "341802000000"
DIRECTORY = directory_of(
    [
        ListedPlace(CITY, Level.CITY, CITY),
        ListedPlace(COUNTY, Level.COUNTY, CITY),
        ListedPlace(OTHER, Level.COUNTY, CITY),
        ListedPlace(TOWN, Level.TOWN, COUNTY),
        ListedPlace(ZONE, Level.TOWN, COUNTY),
        ListedPlace(VILLAGE, Level.VILLAGE, TOWN),
    ],
    [ListedUnit("bureau", COUNTY)],
)
IN_COUNTY = Scope(places=frozenset({COUNTY}))
IN_OTHER = Scope(places=frozenset({OTHER}))
BUREAU = Scope(units=frozenset({"bureau"}))


def test_a_place_is_in_scope_by_its_parents_not_by_its_digits() -> None:
    assert place_in_scope(IN_COUNTY, VILLAGE, DIRECTORY)
    assert place_in_scope(IN_COUNTY, ZONE, DIRECTORY)
    assert not place_in_scope(IN_OTHER, VILLAGE, DIRECTORY)


def test_a_place_that_is_not_listed_is_in_nobodys_scope() -> None:
    assert not place_in_scope(IN_COUNTY, "341881999000", DIRECTORY)


def test_a_unit_is_in_scope_by_name_or_by_where_it_lies() -> None:
    assert unit_in_scope(BUREAU, "bureau", DIRECTORY)
    assert unit_in_scope(IN_COUNTY, "bureau", DIRECTORY)
    assert not unit_in_scope(IN_OTHER, "bureau", DIRECTORY)
    assert not unit_in_scope(IN_COUNTY, "unlisted", DIRECTORY)


def test_a_unit_speaks_for_itself_and_who_is_over_it_does_but_no_neighbour() -> None:
    neighbour = Scope(places=frozenset({COUNTY}), units=frozenset({"another bureau"}))
    above = Scope(places=frozenset({CITY}), units=frozenset({"city bureau"}))
    spoken = {scope: speaks_for(scope, unit_holder("bureau"), DIRECTORY) for scope in (BUREAU, IN_COUNTY, above)}
    assert set(spoken.values()) == {True}
    assert holds(neighbour, unit_holder("bureau"), DIRECTORY)
    assert not speaks_for(neighbour, unit_holder("bureau"), DIRECTORY)
    assert not speaks_for(neighbour, unit_holder("unlisted"), DIRECTORY)
    assert speaks_for(neighbour, place_holder(VILLAGE), DIRECTORY)


def test_a_unit_reaches_the_cases_it_holds_and_no_others_of_the_village() -> None:
    assert reaches("a", BUREAU, f"place:{VILLAGE}", {"holder": unit_holder("bureau")}, DIRECTORY)
    assert reaches("a", BUREAU, desk_bucket(VILLAGE), {"holder": unit_holder("bureau")}, DIRECTORY)
    assert not reaches("a", BUREAU, f"place:{VILLAGE}", {"holder": unit_holder("another")}, DIRECTORY)
    assert not reaches("a", BUREAU, f"place:{VILLAGE}", {}, DIRECTORY)


def test_each_family_of_buckets_is_judged_by_its_own_rule() -> None:
    assert reaches("a", IN_COUNTY, f"place:{VILLAGE}", {}, DIRECTORY)
    assert reaches("a", IN_COUNTY, "unit:bureau", {}, DIRECTORY)
    assert reaches("a", IN_COUNTY, "catalogue:village:341881", {}, DIRECTORY)
    assert not reaches("a", IN_COUNTY, "catalogue:village:341800", {}, DIRECTORY)
    assert reaches("a", IN_COUNTY, "person:a", {}, DIRECTORY)
    assert not reaches("a", IN_COUNTY, "person:b", {}, DIRECTORY)
    assert not reaches("a", IN_COUNTY, "elsewhere:x", {}, DIRECTORY)


def test_what_a_unit_or_a_place_holds_is_for_whoever_has_it_in_reach() -> None:
    scope = Scope(places=frozenset({TOWN}))
    assert holds(scope, place_holder(VILLAGE), DIRECTORY)
    assert not holds(scope, place_holder(OTHER), DIRECTORY)
    assert not holds(scope, account_holder("me"), DIRECTORY)
    assert is_listed(place_holder(VILLAGE), DIRECTORY)
    assert not any(is_listed(one, DIRECTORY) for one in ("place:341802001099", "unit:nobody", "account:me", ""))


def test_what_lies_below_a_scope_follows_the_parent_links() -> None:
    assert places_below(IN_COUNTY, DIRECTORY) == sorted([COUNTY, TOWN, ZONE, VILLAGE])
    assert places_below(Scope(places=frozenset({"9" * 12})), DIRECTORY) == []
    assert units_below(IN_COUNTY, places_below(IN_COUNTY, DIRECTORY), DIRECTORY) == ["bureau"]
    assert units_below(BUREAU, [], DIRECTORY) == ["bureau"]


def test_a_scope_covers_another_that_reaches_nowhere_else() -> None:
    county = Scope(places=frozenset({COUNTY}))
    unit = DIRECTORY.units_at(VILLAGE) or DIRECTORY.units_at(TOWN) or DIRECTORY.units_at(COUNTY)
    for inner in (Scope(), county, Scope(places=frozenset({TOWN, VILLAGE})), Scope(units=frozenset(unit[:1]))):
        assert covers(county, inner, DIRECTORY), inner
    far = Scope(places=frozenset({TOWN, OTHER}))
    for outer in (Scope(places=frozenset({CITY})), far, Scope(units=frozenset({"unknown"}))):
        assert not covers(county, outer, DIRECTORY), outer
