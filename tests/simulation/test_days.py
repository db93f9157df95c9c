"""What is done before its day is named, and what is left over it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fixtures.simulation.days import check_days, undone
from server.storage.memory import CentreMemory
from server.storage.store import CentreState
from sync.central.known import Record
from sync.core.codec import encode_body

TODAY, NOON = date(2026, 12, 20), "2026-12-20T12:00:00+08:00"
RETURNED = {"state": "to_correct", "correction": {"due": "2026-12-01"}}


@pytest.mark.parametrize(
    ("kind", "before", "after", "early"),
    [
        ("case", RETURNED, {"state": "ended"}, False),
        ("case", {**RETURNED, "correction": {"due": "2026-12-15"}}, {"state": "ended"}, True),
        ("case", {"state": "accepted"}, {"state": "ended"}, False),
        ("licence", {"state": "held", "valid_until": "2026-12-19"}, {"state": "expired"}, False),
        ("licence", {"state": "held", "valid_until": "2026-12-20"}, {"state": "expired"}, True),
        ("lease", {"state": "held", "until": "2026-12-20T11:00:00+08:00"}, {"state": "ended"}, False),
        ("lease", {"state": "held", "until": "2026-12-20T13:00:00+08:00"}, {"state": "ended"}, True),
        ("snapshot", None, {"day": "2026-12-20"}, False),
        ("snapshot", None, {"day": "2026-12-21"}, True),
        ("snapshot", None, {"day": "2026-12-01"}, True),
        *(
            (
                "item",
                {"version": 1, "name": "甲", "next.name": "乙", "next.effective_from": begins},
                {"version": 2, "name": "乙"},
                early,
            )
            for begins, early in (("2026-12-20", False), ("2026-12-21", True))
        ),
        *(
            (
                "case",
                {"state": "ended", "credit": {"until": until}},
                {
                    "state": "ended",
                    "credit": {"until": until, "cleared_on": "x"},
                    "credit_clearing": {"reason": "expired"},
                },
                early,
            )
            for until, early in (("2026-12-19", False), ("2026-12-20", True))
        ),
    ],
)
def test_what_waits_for_a_day_is_not_done_before(
    kind: str, before: dict[str, Any] | None, after: dict[str, Any], early: bool
) -> None:
    found = [oracle for oracle, _ in check_days(kind, before, after, TODAY, NOON)]
    assert found == ["not_before_its_day"] * early


@pytest.mark.parametrize(
    ("kind", "fields", "left"),
    [
        ("case", {"state": "to_correct", "correction": {"due": "2026-12-20"}}, 0),
        ("case", {"state": "to_correct", "correction": {"due": "2026-12-19"}}, 1),  # no desk was told
        ("case", {"state": "to_correct", "correction": {"due": "2026-10-01"}}, 2),  # nor has it lapsed
        ("case", {"state": "ended", "credit": {"until": "2026-12-19"}}, 1),
        ("licence", {"state": "held", "valid_until": "2026-12-20", "resident": "r", "kind": "k"}, 0),
        ("licence", {"state": "held", "valid_until": "2026-12-19", "resident": "r", "kind": "k"}, 1),
        ("lease", {"state": "held", "until": "2026-12-20T11:00:00+08:00"}, 1),
        ("campaign", {"state": "open", "baseline_parts": 1}, 1),
        ("item", {"next.effective_from": "2026-12-20"}, 1),
        ("item", {"next.effective_from": "2026-12-21"}, 0),
    ],
)
def test_what_was_due_and_is_not_done_is_named(kind: str, fields: dict[str, Any], left: int) -> None:
    body = encode_body(kind, "x", 1, {"resident": "r", "item": "i", **fields})
    state = CentreMemory(CentreState("e" * 32, 0), records={(kind, "x"): Record(kind, "x", 1, "b", 1, body, {})})
    assert len(list(undone(state, TODAY, NOON))) == left
