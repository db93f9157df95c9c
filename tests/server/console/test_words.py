"""Values as people say them."""

from __future__ import annotations

from datetime import date

from server.console.words import (
    CASE_STATES,
    ago_words,
    count_words,
    day_words,
    moment_words,
    role_words,
    said,
    state_words,
)
from server.domain.cases.lifecycle import CaseState
from server.domain.people.roles import Role

TODAY = date(2026, 11, 22)
NOW = 1_795_017_600_000


def test_every_state_and_every_role_has_words_in_both_languages() -> None:
    assert {state.value for state in CaseState} == set(CASE_STATES)
    assert all(role_words(role, False) != role_words(role, True) for role in Role)
    assert state_words("received", False) == "已收件"
    assert state_words("received", True) == "Received"


def test_near_days_are_told_by_their_distance_and_far_ones_by_their_date() -> None:
    said = {
        "2026-11-22": ("今天", "today"),
        "2026-11-21": ("昨天", "yesterday"),
        "2026-11-23": ("明天", "tomorrow"),
        "2026-11-25": ("3天后", "in 3 days"),
        "2026-11-10": ("12天前", "12 days ago"),
        "2026-12-31": ("12月31日", "31 Dec"),
        "2027-01-02": ("2027年1月2日", "2 Jan 2027"),
    }
    for day, (zh, en) in said.items():
        assert (day_words(day, TODAY, False), day_words(day, TODAY, True)) == (zh, en)
    assert day_words("", TODAY, False) == "—"
    assert day_words("2026-11-22T08:00:00+08:00", TODAY, False) == "今天"


def test_a_moment_is_chinas_and_an_age_is_a_span() -> None:
    assert moment_words(NOW, False) == "2026年11月19日 00:00"
    assert moment_words(None, False) == "—"
    said = {
        0: ("刚刚", "just now"),
        5 * 60_000: ("5分钟前", "5 min ago"),
        47 * 3_600_000: ("47小时前", "47 h ago"),
        49 * 3_600_000: ("2天前", "2 days ago"),
    }
    for age, (zh, en) in said.items():
        assert (ago_words(NOW - age, NOW, False), ago_words(NOW - age, NOW, True)) == (zh, en)
    assert ago_words(None, NOW, False) == "从未"


def test_thousands_stand_apart() -> None:
    assert count_words(1234567) == "1,234,567"


def test_a_code_without_words_stands_for_itself() -> None:
    assert said({"red": ("红灯", "Red")}, "red", True) == "Red"
    assert said({}, "violet", False) == "violet"
