"""What belongs together, in which order, and how long the whole takes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.cases.bundles import BUNDLES, bundle_due, check_bundle, critical_path, fed_by, is_over, leg_of
from server.domain.check_context import CheckContext

CARDS = BUNDLES["BUNDLE-01"]
CONSENT = "c" * 32
FILED: dict[str, Any] = {
    "code": "BUNDLE-01",
    "resident": "1" * 32,
    "consent": CONSENT,
    "village": "341881106200",
    "legs": [{"leg": 1, "item": "a" * 32, "case": "d" * 32}, {"leg": 2, "item": "b" * 32, "case": "e" * 32}],
}


def told(changed: dict[str, Any], consent: dict[str, Any] | None = None) -> list[str]:
    records = {CONSENT: consent} if consent is not None else {}
    return [
        one.code for one in check_bundle({**FILED, **changed}, CheckContext(on=date(2026, 11, 18), records=records))
    ]


def test_one_consent_names_every_leg() -> None:
    assert told({}, {"items": ["a" * 32, "b" * 32]}) == []
    assert told({}, {"items": ["a" * 32]}) == ["bundle_consent"]
    assert told({}) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"code": "BUNDLE-99"}, "bundle_unknown"),
        ({"legs": FILED["legs"][:1]}, "bundle_legs"),
        ({"legs": [FILED["legs"][1], FILED["legs"][0]]}, "bundle_legs"),
        ({"legs": [FILED["legs"][0], {**FILED["legs"][1], "case": "d" * 32}]}, "bundle_legs"),
        ({"legs": [FILED["legs"][0], {**FILED["legs"][1], "item": ""}]}, "bundle_legs"),
        ({"resident": ""}, "field_missing"),
    ],
)
def test_the_legs_are_those_of_the_definition(changed: dict[str, Any], code: str) -> None:
    assert told(changed) == [code]


def test_the_whole_takes_its_longest_way() -> None:
    days = {1: promising(5), 2: promising(10)}
    assert critical_path(CARDS, days) == (15, 0)
    assert critical_path(BUNDLES["BUNDLE-03"], days) == (10, 0), "legs that need nothing of each other run together"
    assert critical_path(CARDS, {}) == (0, 0)
    assert bundle_due(CARDS, days, date(2026, 11, 18)).date == date(2026, 12, 9)
    assert bundle_due(CARDS, {}, date(2026, 11, 18)).date == date(2026, 11, 18)


def test_a_leg_whose_item_counts_all_days_adds_all_days() -> None:
    """The first leg ends ten days after Wednesday 18 November, a Saturday and so on Monday 30; the second counts on."""
    mixed = {1: promising(10, "Z"), 2: promising(5)}
    assert critical_path(CARDS, mixed) == (5, 10)
    assert bundle_due(CARDS, mixed, date(2026, 11, 18)).date == date(2026, 12, 7)
    other = {1: promising(5), 2: promising(10, "Z")}
    assert bundle_due(CARDS, other, date(2026, 11, 18)).date == date(2026, 12, 7), "a Saturday again: the Monday after"
    both = {1: promising(10, "Z"), 2: promising(10, "Z")}
    assert (critical_path(CARDS, both), bundle_due(CARDS, both, date(2026, 11, 18)).date) == (
        (0, 20),
        date(2026, 12, 10),
    )
    side_by_side = BUNDLES["BUNDLE-03"]
    assert critical_path(side_by_side, {1: promising(10, "Z"), 2: promising(8)}) == (8, 0), (
        "eight working days are longer"
    )
    assert bundle_due(side_by_side, {1: promising(10, "Z"), 2: promising(8)}, date(2026, 11, 18)).date == date(
        2026, 11, 30
    )


def test_a_leg_is_never_due_after_its_laws_own_day_and_own_working_days_count() -> None:
    late = {**promising(90, "Z"), "legal_days": 20, "legal_days_unit": "G"}
    assert bundle_due(CARDS, {1: late}, date(2026, 11, 18)).date == date(2026, 12, 16)
    own = {date(2026, 11, 19): False}
    assert bundle_due(CARDS, {1: promising(1)}, date(2026, 11, 18), own).date == date(2026, 11, 20)
    assert bundle_due(CARDS, {1: promising(1)}, date(2027, 1, 4)).provisional


def promising(days: int, unit: str = "G") -> dict[str, Any]:
    return {"promise_days": days, "promise_days_unit": unit}


def test_a_leg_feeds_those_that_need_it() -> None:
    assert (leg_of(FILED, "e" * 32), leg_of(FILED, "f" * 32)) == (2, 0)
    assert fed_by(FILED, 1) == {"e" * 32: "老年人优待证"}
    assert fed_by(FILED, 2) == fed_by({"code": "?"}, 1) == {}
    assert CARDS.leg(3) is None


def test_a_bundle_is_over_with_its_last_leg() -> None:
    assert is_over({1: "finished", 2: "withdrawn"})
    assert not any(is_over({1: "finished", 2: state}) for state in ("reviewing", "draft", ""))


def test_every_bundle_has_both_names_and_legs_in_order() -> None:
    for code, bundle in BUNDLES.items():
        assert code == bundle.code
        assert bundle.zh
        assert bundle.en
        assert [leg.no for leg in bundle.legs] == list(range(1, len(bundle.legs) + 1))
