"""A table of steps is all that leads from state to state."""

from __future__ import annotations

from server.domain.steps import StepTable, check_step, state_after, step, steps_from

STEPS: StepTable = {
    "notice.send": step(None, to="sent", needs=("to",)),
    "notice.answer": step("sent", to="answered", writes=("text_zh", "x.")),
    "notice.read": step("sent", "answered", to=None, writes=("read_at",)),
}


def codes(name: str, before: str | None, touched: set[str], fields: dict[str, object]) -> list[str]:
    return [one.code for one in check_step(STEPS, "notice", name, before=before, touched=touched, fields=fields)]


def test_a_step_leads_where_its_row_says() -> None:
    assert state_after(STEPS, "notice.send", None) == "sent"
    assert state_after(STEPS, "notice.answer", "sent") == "answered"


def test_a_step_without_an_after_leaves_the_state() -> None:
    assert state_after(STEPS, "notice.read", "answered") == "answered"


def test_a_step_is_refused_in_a_state_that_its_row_does_not_list() -> None:
    assert state_after(STEPS, "notice.answer", "answered") is None
    assert codes("notice.answer", "answered", set(), {}) == ["state_step"]


def test_a_step_writes_only_its_own_fields_and_the_state() -> None:
    assert codes("notice.answer", "sent", {"text_zh", "x.anything", "state"}, {}) == []
    assert codes("notice.answer", "sent", {"to", "text_zh"}, {}) == ["step_writes"]


def test_what_a_step_needs_must_be_there_afterwards() -> None:
    assert codes("notice.send", None, set(), {}) == ["field_missing"]
    assert codes("notice.send", None, {"to"}, {"to": "somebody"}) == []


def test_the_steps_from_a_state_are_told_in_the_tables_order() -> None:
    assert steps_from(STEPS, "sent") == ("notice.answer", "notice.read")
    assert steps_from(STEPS, None) == ("notice.send",)
