"""Eligibility as data: three values, short rules, and rules nobody can read."""

from datetime import date

import pytest

from server.domain.catalogue.eligibility import RuleInvalid, Verdict, eligible, parse_rule

TODAY = date(2026, 11, 22)
FACTS = {
    "birth": "1946-11-22",
    "sex": "F",
    "village": "341881106200",
    "hukou": "341881107200",
    "flags": ("disabled",),
    "alive": True,
}


def verdict(rule: object, **changed: object) -> Verdict:
    return eligible(rule, {**FACTS, **changed}, TODAY).verdict


def test_no_rule_lets_everybody_ask() -> None:
    assert verdict(None) is verdict({}) is verdict({"min_age": 0, "hukou": "any"}) is Verdict.YES


def test_the_age_is_that_of_the_day() -> None:
    assert verdict({"min_age": 80}) is Verdict.YES
    assert eligible({"min_age": 80}, FACTS, date(2026, 11, 21)).verdict is Verdict.NO


def test_the_short_rule_asks_for_area_and_flags() -> None:
    assert verdict({"hukou": "county", "flags": ["disabled"]}) is Verdict.YES
    assert verdict({"hukou": "village"}) is Verdict.NO
    assert verdict({"flags": ["veteran"]}) is Verdict.NO
    assert verdict({"max_age": 79}) is Verdict.NO


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"fact": "sex", "is": "F"}, Verdict.YES),
        ({"fact": "sex", "one_of": ["M"]}, Verdict.NO),
        ({"fact": "age", "at_most": 80}, Verdict.YES),
        ({"fact": "hukou", "within": "341881000000"}, Verdict.YES),
        ({"fact": "hukou", "within": "341882000000"}, Verdict.NO),
        ({"fact": "birth", "from": "1946-11-22"}, Verdict.YES),
        ({"fact": "birth", "before": "1946-11-22"}, Verdict.NO),
        ({"fact": "flags", "has": "disabled"}, Verdict.YES),
        ({"fact": "income", "at_most": 100}, Verdict.UNKNOWN),
    ],
)
def test_each_test_judges_one_fact(test: dict[str, object], expected: Verdict) -> None:
    assert verdict({"all": [test]}) is expected
    opposite = {Verdict.YES: Verdict.NO, Verdict.NO: Verdict.YES, Verdict.UNKNOWN: Verdict.UNKNOWN}
    assert verdict({"none": [test]}) is opposite[expected]


def test_one_known_way_settles_an_any_whatever_else_is_unknown() -> None:
    known, unknown = {"fact": "sex", "is": "F"}, {"fact": "income", "at_most": 100}
    assert verdict({"any": [unknown, known]}) is Verdict.YES
    assert verdict({"any": [unknown, {"fact": "sex", "is": "M"}]}) is Verdict.UNKNOWN
    assert verdict({"any": [{"fact": "sex", "is": "M"}]}) is Verdict.NO


def test_a_failed_test_outweighs_an_unknown_fact_and_is_named() -> None:
    judged = eligible({"min_age": 90, "all": [{"fact": "income", "at_most": 1}]}, FACTS, TODAY)
    assert (judged.verdict, judged.zh, judged.en) == (Verdict.NO, "年龄不低于90", "age of at least 90")


def test_reasons_are_words_a_person_reads() -> None:
    judged = eligible({"hukou": "village", "flags": ["veteran"], "none": [{"fact": "sex", "is": "F"}]}, FACTS, TODAY)
    assert judged.zh == "户籍在本村；情况含“退役军人”；不得：性别为女"
    assert judged.en == "household registration in the same village; circumstances with “veteran”; not: sex: female"
    either = eligible({"any": [{"fact": "sex", "is": "M"}, {"fact": "age", "at_least": 90}]}, FACTS, TODAY)
    assert (either.zh, either.en) == ("性别为男 或 年龄不低于90", "sex: male or age of at least 90")


@pytest.mark.parametrize(
    "rule",
    [
        [],
        {"min": 80},
        {"all": {"fact": "age"}},
        {"all": [{"fact": "age"}]},
        {"all": [{"fact": "age", "at_least": 1, "at_most": 2}]},
        {"all": [{"at_least": 1}]},
        {"hukou": "province"},
        {"min_age": "80"},
    ],
)
def test_a_rule_nobody_can_read_is_unknown_and_never_a_refusal(rule: object) -> None:
    with pytest.raises(RuleInvalid):
        parse_rule(rule)
    assert verdict(rule) is Verdict.UNKNOWN


def test_a_test_with_the_wrong_kind_of_value_is_unknown() -> None:
    assert verdict({"all": [{"fact": "age", "at_least": "80"}]}) is Verdict.UNKNOWN
    assert verdict({"all": [{"fact": "hukou", "within": "here"}]}) is Verdict.UNKNOWN
