"""What a rule sees of a step."""

from __future__ import annotations

from datetime import date

from tests.server.domain.cases.step_views import ACCEPTED, RECEIVED, view


def test_the_time_to_answer_counts_from_receipt_or_from_the_correction() -> None:
    assert view("accept").received_on == RECEIVED
    assert view("accept", before={"clock": {"answer_from": "2026-11-23"}}).received_on == date(2026, 11, 23)
    assert not view("accept", on=date(2026, 11, 25)).answer_is_late
    assert view("accept", on=date(2026, 11, 26)).answer_is_late


def test_a_clock_and_a_group_that_are_not_there_say_nothing() -> None:
    assert view("accept").clock is None
    assert view("review", before=ACCEPTED).clock is not None
    assert view("return", correction="text").group("correction") == {}
    assert [material.name for material in view("accept").materials] == ["身份证", "照片", "户口簿"]
    assert sorted(view("accept").have) == ["1", "2"]
