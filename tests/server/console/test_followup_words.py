"""Nothing that follows a filing is shown by its code."""

from __future__ import annotations

from server.console import followup_words as words
from server.domain.cases import ratings, tickets
from server.domain.cases.consent import RevokeChannel
from server.domain.supervision import tasks


def test_every_state_finding_source_type_channel_and_step_has_words() -> None:
    assert set(words.TASK_STATES) == set(tasks.TaskState)
    assert set(words.TASK_FINDINGS) == tasks.FINDINGS
    assert set(words.TICKET_SOURCES) == set(tickets.Source)
    assert set(words.TICKET_TYPES) == set(tickets.DAYS_GIVEN)
    assert set(words.TICKET_STATES) == set(tickets.TicketState)
    assert set(words.RATING_CHANNELS) == set(ratings.Channel)
    assert set(words.REVOKE_CHANNELS) == set(RevokeChannel)
    assert set(words.STEPS) == {*tasks.STEPS, *tickets.STEPS, *ratings.STEPS, "consent.give", "consent.revoke", ""}


def test_every_task_that_the_centre_opens_has_words() -> None:
    assert set(tasks.TaskCode) | {"call_back", "limit_account"} <= set(words.TASK_CODES)


def test_grades_are_said_as_the_rating_says_them() -> None:
    assert {int(key): pair[0] for key, pair in words.GRADES.items()} == {
        grade: zh for grade, (zh, _) in ratings.GRADES.items()
    }
    assert set(words.SATISFACTION) == {*words.GRADES, "0"}


def test_the_days_told_beside_a_type_are_those_it_is_given() -> None:
    for key, (zh, en) in words.TICKET_TYPES.items():
        assert f"{tickets.DAYS_GIVEN[key]}个工作日" in zh
        assert f"{tickets.DAYS_GIVEN[key]} working day" in en
