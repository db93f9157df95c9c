"""A rating is one of five grades, for a case that is over, and its id follows from the case."""

from datetime import date

from server.domain.cases.ratings import STEPS, check_rated_case, check_rating, is_bad, rating_id
from server.domain.check_context import CheckContext
from server.domain.record_fields import KINDS

CTX = CheckContext(on=date(2026, 11, 22))
RATING = {"case": "c" * 32, "place": "341881106200", "grade": 5, "channel": "page", "state": "given"}
CASE = {"village": "341881106200", "state": "delivered"}


def test_grades_one_and_two_are_bad() -> None:
    assert [grade for grade in range(1, 6) if is_bad(grade)] == [1, 2]


def test_a_case_has_one_rating_id() -> None:
    assert rating_id("c" * 32) == rating_id("c" * 32) != rating_id("d" * 32)


def test_five_grades_and_three_channels() -> None:
    assert check_rating(RATING, CTX) == []
    wrong = {**RATING, "grade": 6, "channel": "phone", "state": "x"}
    assert [one.field for one in check_rating(wrong, CTX)] == ["state", "grade", "channel"]
    assert [one.code for one in check_rating({}, CTX)] == ["field_missing"] * 5


def test_only_what_is_over_is_rated_and_a_case_elsewhere_is_as_absent() -> None:
    assert check_rated_case(CASE, "341881106200") == []
    assert [one.code for one in check_rated_case({**CASE, "state": "accepted"}, "341881106200")] == ["rating_too_early"]
    assert check_rated_case(None, "1") == check_rated_case(CASE, "341881106201")


def test_steps_write_fields_that_the_kind_has() -> None:
    assert {name for taken in STEPS.values() for name in taken.writes} <= KINDS["rating"].fields.keys()
