"""Conflicts: both sides stay, a person decides once."""

from datetime import date

from server.domain.check_context import CheckContext
from server.domain.supervision.conflicts import check_conflict, may_decide

OPEN: dict[str, object] = {
    "record": "a" * 32,
    "fields": ["phone"],
    "base": {"phone": "1"},
    "mine": {"phone": "2"},
    "theirs": {"phone": "3"},
    "authors": ["h1", "h2"],
    "state": "open",
}
DECIDED = {**OPEN, "state": "decided", "decided_value": {"phone": "3"}, "decided_by": "lead"}


def codes(fields: dict[str, object], before: dict[str, object] | None = None) -> list[str]:
    return [each.code for each in check_conflict(fields, CheckContext(on=date(2026, 11, 22), before=before))]


def test_an_open_conflict_is_decided_once() -> None:
    assert codes(OPEN) == []
    assert codes(DECIDED, OPEN) == []
    assert codes(OPEN, DECIDED) == ["state_step"]


def test_a_decision_needs_its_value_and_its_person_and_an_open_one_has_none() -> None:
    assert codes({**DECIDED, "decided_by": ""}, OPEN) == ["conflict_undecided"]
    assert codes({**OPEN, "decided_value": {"phone": "2"}}) == ["conflict_open_decided"]


def test_neither_side_changes_once_written() -> None:
    assert codes({**DECIDED, "theirs": {"phone": "9"}}, OPEN) == ["conflict_evidence"]


def test_unknown_states_and_missing_authors_are_told() -> None:
    assert codes({**OPEN, "state": "lost"}) == ["state_unknown"]
    assert codes({**OPEN, "authors": [{"name": "h1"}]}) == ["conflict_sides"]


def test_authors_and_their_supervisor_decide() -> None:
    assert may_decide("h1", OPEN, supervises=False)
    assert may_decide("lead", OPEN, supervises=True)
    assert not may_decide("h3", OPEN, supervises=False)
