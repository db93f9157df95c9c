"""Indicators: few cases say nothing, the best are ordered by what their counts allow, volume is only context."""

from hypothesis import given
from hypothesis import strategies as st

from server.domain.supervision.indicators import (
    CODES,
    INDICATORS,
    N_MIN,
    NOTHING,
    WHOLE,
    Counts,
    Indicator,
    Shape,
    band,
    best,
    counts_of,
    figure,
    has_figures,
    lowest,
    numbers_of,
    score,
    weakest,
    wilson_lower,
    wilson_upper,
)

ON_TIME = INDICATORS[CODES.index("on_time")]


def counts(**pairs: tuple[int, int]) -> Counts:
    return Counts(tuple(pairs.get(code, (0, 0)) for code in CODES))


def test_too_few_cases_have_no_figure_and_are_not_compared() -> None:
    assert figure(ON_TIME, (N_MIN - 1, N_MIN - 1)) is None
    assert figure(ON_TIME, (27, 30)) == 9000
    assert score(counts(on_time=(29, 29), valid=(29, 29))) is None
    assert score(counts(on_time=(30, 30))) is None, "one indicator alone is no comparison"


def test_a_row_says_something_when_enough_stands_behind_a_figure_or_a_nought_of_context_is_none() -> None:
    assert not has_figures(counts(on_time=(29, 29), delivery_days=(90, 29), volume=(29, 5000), forbidden=(0, 0)))
    assert has_figures(counts(on_time=(0, 30)))
    assert has_figures(counts(forbidden=(1, 1)))
    assert not has_figures(counts(claims=(0, 120)))
    assert has_figures(counts(claims=(1, 120)))


def test_figures_are_whole_numbers_of_their_shape() -> None:
    rate = Indicator("x", "", "", "", Shape.PER_THOUSAND)
    mean = Indicator("x", "", "", "", Shape.MEAN)
    assert figure(rate, (3, 1000)) == 30
    assert figure(mean, (75, 30)) == 25


@given(st.integers(1, 5000).flatmap(lambda below: st.tuples(st.integers(0, below), st.just(below))))
def test_the_lower_end_lies_below_the_share_and_rises_with_it(pair: tuple[int, int]) -> None:
    above, below = pair
    lower = wilson_lower(above, below)
    assert 0 <= lower <= above * WHOLE // below + 1
    if above < below:
        assert lower <= wilson_lower(above + 1, below)


def test_wilsons_known_values() -> None:
    assert wilson_lower(10, 10) == 7224
    assert wilson_lower(95, 100) == 8882
    assert wilson_lower(0, 0) == 0


def test_more_cases_of_the_same_share_come_first_and_equal_ones_by_code() -> None:
    few, many = counts(on_time=(30, 30), valid=(30, 30)), counts(on_time=(3000, 3000), valid=(3000, 3000))
    assert best({"a": few, "b": many, "c": NOTHING}, 3) == ("b", "a")
    assert best({"b": many, "a": many}, 1) == ("a",)


def test_the_low_end_is_below_the_middle_even_at_its_best() -> None:
    middling = {name: counts(on_time=(900, 1000), valid=(900, 1000)) for name in "abcd"}
    far, unlucky = counts(on_time=(500, 1000), valid=(600, 1000)), counts(on_time=(24, 30), valid=(24, 30))
    assert lowest({**middling, "far": far, "unlucky": unlucky, "none": NOTHING}, 3) == ("far",)
    farther = counts(on_time=(300, 1000), valid=(300, 1000))
    assert lowest({**middling, "far": far, "farther": farther}, 3) == ("farther", "far")
    assert lowest({**middling, "far": far, "farther": farther}, 1) == ("farther",)
    assert lowest({"a": far, "b": middling["b"], "c": middling["c"]}, 3) == (), "three have no middle"


def test_in_what_an_area_is_furthest_behind_is_told_in_at_most_two_words() -> None:
    table = {
        "a": counts(on_time=(900, 1000), valid=(900, 1000), ratings=(900, 1000)),
        "b": counts(on_time=(850, 1000), valid=(500, 1000), ratings=(700, 1000)),
    }
    assert [one.code for one in weakest(table, "b")] == ["valid", "ratings"]
    assert [one.code for one in weakest(table, "a")] == ["on_time"], "one, though nothing is below"


@given(st.integers(1, 5000).flatmap(lambda below: st.tuples(st.integers(0, below), st.just(below))))
def test_the_upper_end_lies_above_the_share(pair: tuple[int, int]) -> None:
    above, below = pair
    assert above * WHOLE // below <= wilson_upper(above, below) <= WHOLE
    assert wilson_upper(0, 0) == WHOLE


def test_less_is_better_where_it_is() -> None:
    good = counts(corrections=(1, 100), valid=(99, 100))
    bad = counts(corrections=(60, 100), valid=(99, 100))
    assert best({"bad": bad, "good": good}, 1) == ("good",)


def test_volume_and_lights_make_nobody_first() -> None:
    quiet = counts(volume=(40, 1000), lights=(0, 40), on_time=(40, 40), valid=(40, 40))
    busy = counts(volume=(4000, 1000), lights=(9, 40), on_time=(40, 40), valid=(40, 40))
    assert score(quiet) == score(busy)


def test_a_band_tells_where_a_volume_lies_among_the_others() -> None:
    volumes = [(number, 100) for number in (10, 20, 30, 40)]
    assert [band(one, volumes) for one in volumes] == ["low", "middle", "middle", "high"]
    assert band((5, 10), volumes) == ""
    assert band((10, 100), volumes[:2]) == ""


def test_what_should_be_nought_is_shown_however_few_stand_behind_it() -> None:
    forbidden = INDICATORS[CODES.index("forbidden")]
    assert [figure(forbidden, pair) for pair in ((0, 0), (1, 2))] == [0, 1]
    spotless = counts(on_time=(40, 40), valid=(40, 40))
    assert score(spotless) == score(counts(on_time=(40, 40), valid=(40, 40), forbidden=(3, 40))), "it was refused"


def test_what_an_older_bulletin_did_not_count_is_nought_of_nought() -> None:
    assert counts_of([1, 2, 3, 4], ("valid", "on_time")) == counts(valid=(1, 2), on_time=(3, 4))
    assert numbers_of(counts(valid=(1, 2), on_time=(3, 4)), ("valid", "on_time")) == [1, 2, 3, 4]


def test_counts_are_added_and_kept_as_one_list() -> None:
    one = counts(on_time=(1, 2))
    assert counts_of((one + one).numbers) == counts(on_time=(2, 4))
    assert NOTHING + one == one
