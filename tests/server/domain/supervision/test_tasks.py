"""A task has a holder, a last working day, and a text that names nobody."""

from datetime import date

import pytest

from server.domain.check_context import CheckContext
from server.domain.record_fields import KINDS, Fields
from server.domain.supervision.tasks import (
    OPENED_BY_CENTRE,
    STEPS,
    TaskCode,
    check_closing,
    check_objection,
    check_opening,
    check_task,
    due_day,
    open_task,
)

CTX = CheckContext(on=date(2026, 11, 22))
TASK = open_task(
    TaskCode.BAD_RATING,
    place="341881106200",
    about="a" * 32,
    about_kind="rating",
    said="请回电13812345678",
    opened_on=date(2026, 9, 21),
    at="2026-09-21T09:00:00+08:00",
)


def test_a_bad_rating_has_fifteen_working_days_over_the_autumn_holidays() -> None:
    assert TASK["due"] == due_day("bad_rating", 0, date(2026, 9, 21)).isoformat()
    assert due_day("bad_rating", 0, date(2026, 11, 2)) == date(2026, 11, 23)
    assert due_day("bad_rating", 3, date(2026, 11, 20)) == date(2026, 11, 25)
    assert due_day("something", 0, date(2026, 11, 20)) == date(2026, 11, 27)


def test_what_the_centre_opens_is_lawful_and_masked() -> None:
    assert check_task(TASK, CTX) == []
    assert "13812345678" not in str(TASK["text"])
    assert TASK["holder"] == "place:341881106200"


def test_a_text_with_a_phone_an_unknown_finding_and_days_without_end_are_told() -> None:
    wrong = {**TASK, "text": "回电13812345678", "finding": "whatever", "days": 90}
    assert [one.code for one in check_task(wrong, CTX)] == ["value_unknown", "value_unknown", "notice_unmasked"]
    assert [one.code for one in check_task({**TASK, "state": "gone"}, CTX)] == ["state_unknown"]


@pytest.mark.parametrize(
    ("bulletin", "on", "told"),
    [
        (None, "2026-11-09", "record_absent"),
        ({"state": "draft"}, "2026-12-31", ""),
        ({"state": "frozen", "frozen_at": "2026-11-09T10:00:00+08:00"}, "2026-11-09", ""),
        ({"state": "frozen", "frozen_at": "2026-11-09T10:00:00+08:00"}, "2026-11-12", ""),
        ({"state": "frozen", "frozen_at": "2026-11-09T10:00:00+08:00"}, "2026-11-13", "objection_late"),
        ({"state": "frozen", "frozen_at": "2026-09-30T10:00:00+08:00"}, "2026-10-10", ""),  # a Saturday that is worked
        ({"state": "frozen", "frozen_at": "2026-09-30T10:00:00+08:00"}, "2026-10-11", "objection_late"),
        ({"state": "corrected", "frozen_at": "2026-11-09T10:00:00+08:00"}, "2026-11-09", "objection_late"),
    ],
)
def test_a_bulletin_is_objected_to_for_three_working_days(bulletin: Fields | None, on: str, told: str) -> None:
    assert [one.code for one in check_objection(bulletin, date.fromisoformat(on))] == ([told] if told else [])


def test_who_explained_does_not_close() -> None:
    assert [one.code for one in check_closing({"explained_by": "a"}, "a")] == ["task_own"]
    assert check_closing({"explained_by": "a"}, "b") == check_closing({}, "b") == []


def test_steps_write_fields_that_the_kind_has() -> None:
    assert {name for taken in STEPS.values() for name in taken.writes} <= KINDS["task"].fields.keys()


def test_a_task_that_follows_from_what_happened_is_opened_by_the_centre_alone() -> None:
    for code in OPENED_BY_CENTRE:
        [told] = check_opening(code, by_centre=False)
        assert (told.code, told.field) == ("task_code", "code")
        assert check_opening(code, by_centre=True) == []
    assert check_opening(TaskCode.BULLETIN_OBJECTION, by_centre=False) == []
    assert check_opening("check", by_centre=False) == []
    assert OPENED_BY_CENTRE | {TaskCode.BULLETIN_OBJECTION} >= set(TaskCode)
