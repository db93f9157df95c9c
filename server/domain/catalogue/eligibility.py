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
    """`reasons` say which tests failed or could not be judged, in Chinese and English."""

    verdict: Verdict
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def zh(self) -> str:
        return "；".join(zh for zh, _ in self.reasons)

    @property
    def en(self) -> str:
        return "; ".join(en for _, en in self.reasons)


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
        return Eligibility(Verdict.UNKNOWN, ((f"条件的写法不对（{invalid}）", f"the rule cannot be read ({invalid})"),))
    return _combine(judged)


@dataclass(frozen=True)
class FactTest:
    fact: str
    test: str
    wanted: object

    def words(self, *, without: bool = False) -> tuple[str, str]:
        """What it asks for, as a person reads it; `without`: that it must not be so."""
        fact_zh, fact_en = _FACTS.get(self.fact, (self.fact, self.fact))
        zh, en = _WORDS[self.test]
        wanted_zh, wanted_en = _wanted(self.wanted)
        said = zh.format(fact=fact_zh, wanted=wanted_zh), en.format(fact=fact_en, wanted=wanted_en)
        return (f"不得：{said[0]}", f"not: {said[1]}") if without else said


# What people call a fact, what a test asks of it, and the values that are words.
_FACTS: Mapping[str, tuple[str, str]] = {
    "age": ("年龄", "age"),
    "birth": ("出生日期", "date of birth"),
    "sex": ("性别", "sex"),
    "hukou": ("户籍", "household registration"),
    "village": ("服务村（社区）", "village of service"),
    "alive": ("在世", "alive"),
    "flags": ("情况", "circumstances"),
    "income": ("收入", "income"),
}
_WORDS: Mapping[str, tuple[str, str]] = {
    "at_least": ("{fact}不低于{wanted}", "{fact} of at least {wanted}"),
    "at_most": ("{fact}不高于{wanted}", "{fact} of at most {wanted}"),
    "is": ("{fact}为{wanted}", "{fact}: {wanted}"),
    "one_of": ("{fact}为{wanted}之一", "{fact}: one of {wanted}"),
    "has": ("{fact}含“{wanted}”", "{fact} with “{wanted}”"),
    "within": ("{fact}在{wanted}范围内", "{fact} within {wanted}"),
    "from": ("{fact}不早于{wanted}", "{fact} not before {wanted}"),
    "before": ("{fact}早于{wanted}", "{fact} before {wanted}"),
    "same": ("{fact}在本{wanted}", "{fact} in the same {wanted}"),
}
_VALUES: Mapping[str, tuple[str, str]] = {
    "county": ("县", "county"),
    "town": ("乡镇", "town"),
    "village": ("村", "village"),
    "M": ("男", "male"),
    "F": ("女", "female"),
    "disabled": ("残疾", "disabled"),
    "severely_disabled": ("重度残疾", "severely disabled"),
    "illiterate": ("不识字", "cannot read"),
    "low_income": ("低保低收入", "low income"),
    "veteran": ("退役军人", "veteran"),
    "salaried": ("财政供养", "on a public salary"),
}


def _wanted(value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if isinstance(value, list):
        pairs = [_wanted(one) for one in value]
        return "、".join(zh for zh, _ in pairs), ", ".join(en for _, en in pairs)
    return _VALUES.get(str(value), (str(value), str(value)))


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
    needed = [(ok, test.words()) for ok, test in judged["all"]]
    needed += [(None if ok is None else not ok, test.words(without=True)) for ok, test in judged["none"]]
    any_of = judged["any"]
    failed = [words for ok, words in needed if ok is False]
    unknown = [words for ok, words in needed if ok is None]
    if any_of and not any(ok for ok, _ in any_of):
        some_unknown = any(ok is None for ok, _ in any_of)
        either = [test.words() for _, test in any_of]
        told = " 或 ".join(zh for zh, _ in either), " or ".join(en for _, en in either)
        (unknown if some_unknown else failed).append(told)
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
