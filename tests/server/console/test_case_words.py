"""Every step, state of a material, outcome and clock of a case has its words."""

from __future__ import annotations

from datetime import date

from server.actions.overview import age_spans
from server.console.case_words import (
    DUES,
    MATERIALS,
    OUTCOMES,
    SPANS,
    STEPS,
    due_words,
    material_words,
    span_words,
    step_words,
)
from server.domain.cases import lifecycle
from server.domain.cases.materials import MaterialState
from sync.core.changes import OutcomeCode


def test_nothing_is_shown_by_its_code() -> None:
    assert set(lifecycle.STEPS) <= set(STEPS)
    assert {state.value for state in MaterialState} == set(MATERIALS)
    assert {code.value for code in OutcomeCode} == set(OUTCOMES)
    assert set(age_spans(date(2026, 11, 22))) | {"overdue"} == set(SPANS)
    of_a_decision = {"promise", "legal", "part", "review", "pause"}
    assert set(DUES) == {"answer", "correction", "tolerance", "delivery"} | of_a_decision


def test_words_come_in_the_asked_language_and_an_unknown_code_as_itself() -> None:
    assert step_words("case.accept", False) == "受理"
    assert step_words("", True) == "By another case"
    assert material_words("paper", True) == "on paper"
    assert due_words("unheard", False) == "unheard"
    assert span_words("overdue", False) == "已超期"
