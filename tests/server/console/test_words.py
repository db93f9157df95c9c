"""Values as people say them."""

from __future__ import annotations

from datetime import date

from server.console.words import (
    CASE_STATES,
    ago_words,
    browser_words,
    clock_words,
    count_words,
    date_words,
    day_words,
    hand_words,
    last_day_words,
    moment_words,
    period_words,
    role_words,
    said,
    stamp_words,
    state_words,
    wait_words,
    whole_date_words,
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


def test_a_last_day_that_has_passed_is_told_by_how_late_it_is() -> None:
    said = {
        "2026-11-16": ("超期6天", "6 days late"),
        "2026-11-21": ("超期1天", "1 day late"),
        "2026-10-01": ("超期52天", "52 days late"),
        "2026-11-22": ("今天", "today"),
        "2026-11-23": ("明天", "tomorrow"),
    }
    for day, (zh, en) in said.items():
        assert (last_day_words(day, TODAY, False), last_day_words(day, TODAY, True)) == (zh, en)
    assert last_day_words("", TODAY, False) == "—"


def test_a_period_is_a_month_or_a_day() -> None:
    assert (period_words("2026-11", TODAY, False), period_words("2026-11", TODAY, True)) == ("2026年11月", "Nov 2026")
    assert (period_words("2026-11-21", TODAY, False), period_words("2025-11-21", TODAY, True)) == (
        "11月21日",
        "21 Nov 2025",
    )


def test_a_moment_is_chinas_and_an_age_is_a_span() -> None:
    assert moment_words(NOW, False) == "2026年11月19日 00:00"
    assert moment_words(None, False) == "—"
    assert moment_words(2**53 - 1, False).startswith("9999年12月"), "as a phone's broken clock may say"
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


def test_a_browser_is_called_as_people_call_it() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"
    phone = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    assert browser_words(edge, False) == "Edge · Windows"
    assert browser_words(phone, False) == "Chrome · Android"
    assert (browser_words("curl/8", False), browser_words("", True)) == ("其他浏览器", "Another browser")


def test_a_date_is_never_told_by_its_distance_and_a_stamp_has_its_minute() -> None:
    assert (date_words("2026-11-21", TODAY, False), date_words("2025-11-21", TODAY, True)) == (
        "11月21日",
        "21 Nov 2025",
    )
    assert stamp_words("2026-11-21T01:05:00+00:00", TODAY, False) == "11月21日 09:05"
    assert (date_words("", TODAY, False), stamp_words(None, TODAY, True)) == ("—", "—")


def test_a_wait_is_told_in_seconds_and_above_that_in_minutes() -> None:
    assert [wait_words(one, False) for one in (1, 40, 90, 91, 893)] == ["1秒", "40秒", "90秒", "2分钟", "15分钟"]
    assert [wait_words(one, True) for one in (1, 40, 893)] == ["1 second", "40 seconds", "15 minutes"]


def test_the_centres_own_hand_is_called_in_the_readers_language() -> None:
    assert [hand_words(name, True) for name in ("中心", "王秀兰")] == ["the centre", "王秀兰"]
    assert hand_words("中心", False) == "中心"


def test_a_whole_date_tells_its_year_whatever_the_year_now() -> None:
    assert [whole_date_words("2031-01-05", english) for english in (False, True)] == ["2031年1月5日", "5 Jan 2031"]


def test_a_moment_of_today_is_told_by_the_clock_and_another_with_its_day() -> None:
    assert clock_words(NOW, NOW, False) == moment_words(NOW, False).split()[-1]
    assert clock_words(NOW - 86_400_000, NOW, False) == moment_words(NOW - 86_400_000, False)
    assert clock_words(None, NOW, False) == "—"
