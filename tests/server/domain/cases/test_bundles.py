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
    assert critical_path(CARDS, {1: 5, 2: 10}) == 15
    assert critical_path(BUNDLES["BUNDLE-03"], {1: 5, 2: 10}) == 10, "legs that need nothing of each other run together"
    assert critical_path(CARDS, {}) == 0
    assert bundle_due(CARDS, {1: 5, 2: 10}, date(2026, 11, 18)).date == date(2026, 12, 9)


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
