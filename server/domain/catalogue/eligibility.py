"""Owns who may ask for an item, as data: rules that name facts, judged in three values.

    {"min_age": 80, "hukou": "county", "flags": ["disabled"]}
    {"all": [{"fact": "age", "at_least": 80}, {"fact": "hukou", "within": "341802000000"}],
     "any": [...], "none": [{"fact": "flags", "has": "salaried"}]}

The first line is the common case written short: old enough, registered in the county of service, every flag.

Laws: a rule is flat, so that it travels in a record. An unknown fact makes the verdict unknown unless the other
tests settle it. Rules that cannot be read are unknown, never a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from server.domain.people.citizen_id import age_on
from server.domain.places import Level, PlaceInvalid, is_within, parse_place
from server.domain.record_fields import parse_date

GROUPS = ("all", "any", "none")
SHORT_KEYS = ("min_age", "max_age", "hukou", "flags")
_AREAS = {"county": Level.COUNTY, "town": Level.TOWN, "village": Level.VILLAGE}


class Verdict(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Eligibility:
    """`reasons` name the tests that failed or could not be judged, as "age at_least 80"."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


class RuleInvalid(ValueError):
    """The rule cannot be read; the text says where."""


def _at_least(value: object, wanted: object) -> bool:
    return _number(value) >= _number(wanted)


def _at_most(value: object, wanted: object) -> bool:
    return _number(value) <= _number(wanted)


def _is(value: object, wanted: object) -> bool:
    return value == wanted


def _one_of(value: object, wanted: object) -> bool:
    if not isinstance(wanted, list):
        raise RuleInvalid("one_of takes a list")
    return value in wanted


def _has(value: object, wanted: object) -> bool:
    return wanted in value if isinstance(value, list | tuple) else False


def _within(value: object, wanted: object) -> bool:
    try:
        return is_within(str(value), str(wanted))
    except PlaceInvalid:
        raise RuleInvalid(f"within takes a place, not {wanted}") from None


def _after(value: object, wanted: object) -> bool:
    return _day(value) >= _day(wanted)


def _before(value: object, wanted: object) -> bool:
    return _day(value) < _day(wanted)


TESTS: Mapping[str, Callable[[object, object], bool]] = {
    "at_least": _at_least,
    "at_most": _at_most,
    "is": _is,
    "one_of": _one_of,
    "has": _has,
    "within": _within,
    "from": _after,  # on or after that day
    "before": _before,
}


def eligible(rule: object, facts: Mapping[str, object], on: date) -> Eligibility:
    """Judge `facts` (see resident_facts) on that day; no rule at all lets everybody ask. A birth date among the
    facts decides the age on that day.
    """
    birth = parse_date(facts.get("birth"))
    if birth is not None:
        facts = {**facts, "age": age_on(birth, on)}
    try:
        tests = parse_rule(rule)
        judged = {group: [(_judge(test, facts), test) for test in tests[group]] for group in GROUPS}
    except RuleInvalid as invalid:
        return Eligibility(Verdict.UNKNOWN, (str(invalid),))
    return _combine(judged)


@dataclass(frozen=True)
class FactTest:
    fact: str
    test: str
    wanted: object

    def __str__(self) -> str:
        return f"{self.fact} {self.test} {self.wanted}"


def parse_rule(rule: object) -> dict[str, list[FactTest]]:
    """The tests of each group; raises RuleInvalid. None and {} are the rule that everybody meets."""
    if rule is None:
        rule = {}
    if not isinstance(rule, Mapping):
        raise RuleInvalid("a rule is a group of lists")
    if unknown := sorted(set(rule) - set(GROUPS) - set(SHORT_KEYS)):
        raise RuleInvalid(f"{unknown[0]} is no part of a rule")
    tests = {group: [_parse_test(row) for row in _rows(rule.get(group, []))] for group in GROUPS}
    return tests | {"all": _short_tests(rule) + tests["all"]}


def _short_tests(rule: Mapping[str, object]) -> list[FactTest]:
    tests = []
    if min_age := _number(rule.get("min_age", 0)):
        tests.append(FactTest("age", "at_least", min_age))
    if "max_age" in rule:
        tests.append(FactTest("age", "at_most", _number(rule["max_age"])))
    area = rule.get("hukou", "any")
    if area != "any":
        if area not in _AREAS:
            raise RuleInvalid(f"hukou is any, county, town or village, not {area}")
        tests.append(FactTest("hukou", "same", area))
    return tests + [FactTest("flags", "has", flag) for flag in _rows(rule.get("flags", []))]


def _rows(value: object) -> list[object]:
    if not isinstance(value, list):
        raise RuleInvalid("all, any and none take lists")
    return value


def _parse_test(row: object) -> FactTest:
    if not isinstance(row, Mapping) or not isinstance(fact := row.get("fact"), str):
        raise RuleInvalid("a test names a fact")
    names = sorted(set(row) - {"fact"})
    if len(names) != 1 or names[0] not in TESTS:
        raise RuleInvalid(f"{fact} needs one of {', '.join(TESTS)}")
    return FactTest(fact, names[0], row[names[0]])


def _judge(test: FactTest, facts: Mapping[str, object]) -> bool | None:
    value = facts.get(test.fact)
    if test.test == "same":
        return _same_area(value, facts.get("village"), str(test.wanted))
    return None if value is None else TESTS[test.test](value, test.wanted)


def _same_area(value: object, village: object, area: str) -> bool | None:
    """Whether a place lies in the same county, town or village as the village of service."""
    if value is None or village is None:
        return None
    try:
        return parse_place(str(value)).lies_in(parse_place(str(village)).above(_AREAS[area]))
    except PlaceInvalid:
        return None


def _combine(judged: Mapping[str, list[tuple[bool | None, FactTest]]]) -> Eligibility:
    needed = judged["all"] + [(None if ok is None else not ok, test) for ok, test in judged["none"]]
    any_of = judged["any"]
    failed = [str(test) for ok, test in needed if ok is False]
    unknown = [str(test) for ok, test in needed if ok is None]
    if any_of and not any(ok for ok, _ in any_of):
        some_unknown = any(ok is None for ok, _ in any_of)
        (unknown if some_unknown else failed).append(" / ".join(str(test) for _, test in any_of))
    if failed:
        return Eligibility(Verdict.NO, tuple(failed))
    return Eligibility(Verdict.UNKNOWN, tuple(unknown)) if unknown else Eligibility(Verdict.YES)


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RuleInvalid(f"{value} is not a number")
    return value


def _day(value: object) -> date:
    day = parse_date(value)
    if day is None:
        raise RuleInvalid(f"{value} is not a day")
    return day
