"""The service log: kinds, minutes, reasons and days to come back."""

from datetime import date

from server.domain.cases.service_log import check_service_log
from server.domain.check_context import CheckContext

LOG: dict[str, object] = {
    "village": "341881106200",
    "resident": "a" * 32,
    "kind": "home",
    "minutes": 40,
    "follow_up": "2026-12-01",
}
CTX = CheckContext(on=date(2026, 11, 22))


def codes(ctx: CheckContext = CTX, **changed: object) -> list[str]:
    return [each.code for each in check_service_log({**LOG, **changed}, ctx)]


def test_a_visit_is_logged() -> None:
    assert codes() == []


def test_unknown_kinds_and_impossible_minutes_are_told() -> None:
    assert codes(kind="selfie") == ["value_unknown"]
    assert codes(minutes=-1) == codes(minutes=1441) == ["minutes_range"]


def test_a_refusal_says_why() -> None:
    assert codes(kind="refuse") == ["refusal_reason"]
    assert codes(kind="refuse", outcome="非本村居民，已转镇") == []


def test_a_day_to_come_back_lies_ahead_when_written_and_may_pass_later() -> None:
    assert codes(follow_up="2026-11-21") == codes(follow_up="2028-01-01") == ["follow_up_order"]
    assert codes(CheckContext(on=date(2027, 1, 1), before=LOG)) == []
