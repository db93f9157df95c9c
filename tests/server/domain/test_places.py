"""Division codes: which texts are places, what lies in what."""

import pytest

from server.domain.places import Level, PlaceInvalid, is_place, is_within, level_of, parent_of, parse_place

VILLAGE, TOWN, COUNTY, CITY = "341881106200", "341881106000", "341881000000", "341800000000"


def test_each_level_is_read_from_its_code() -> None:
    levels = [level_of(code) for code in ("340000000000", CITY, COUNTY, TOWN, VILLAGE)]
    assert levels == [Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWN, Level.VILLAGE]


def test_parents_lead_to_the_province_and_end_there() -> None:
    assert [parent_of(VILLAGE), parent_of(TOWN), parent_of(COUNTY), parent_of(CITY)] == [
        TOWN,
        COUNTY,
        CITY,
        "340000000000",
    ]
    assert parent_of("340000000000") is None


def test_a_place_lies_in_itself_and_in_all_above_but_not_in_its_neighbours_or_below() -> None:
    assert all(is_within(VILLAGE, scope) for scope in (VILLAGE, TOWN, COUNTY, CITY))
    assert not is_within(TOWN, VILLAGE)
    assert not is_within(VILLAGE, "341882000000")
    assert not is_within("341881106201", VILLAGE)


def test_a_village_whose_number_ends_in_zeros_stays_a_village() -> None:
    assert parse_place("341881106100").level is Level.VILLAGE
    assert not is_within("341881106200", "341881106100")


def test_short_spellings_of_counties_and_towns_are_the_same_place() -> None:
    assert parse_place("341881") == parse_place(COUNTY)
    assert parse_place("341881106") == parse_place(TOWN)


def test_the_place_above_at_a_level_is_found() -> None:
    assert parse_place(VILLAGE).above(Level.COUNTY).code == COUNTY
    assert parse_place(COUNTY).above(Level.COUNTY).code == COUNTY


@pytest.mark.parametrize(
    "text", ["", "34188", "041881000000", "341881000001", "340081000000", "34188110620x", "３４１８８１０００００0"]
)
def test_what_has_a_gap_or_another_sign_is_no_place(text: str) -> None:
    with pytest.raises(PlaceInvalid):
        parse_place(text)
    assert not is_place(text)


def test_records_hold_twelve_digits_only() -> None:
    assert is_place(COUNTY)
    assert not is_place("341881")
    assert not is_place(341881000000)
