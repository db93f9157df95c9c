"""What a step does to an item, and what it may not."""

from __future__ import annotations

from datetime import date

import pytest

from server.domain.catalogue.item_life import (
    ITEM_STEPS,
    ItemState,
    LifeStep,
    check_life_step,
    effective_item,
    life_fields,
    pending_from,
)
from server.domain.record_fields import Fields

ON = date(2026, 11, 22)
ACTIVE: Fields = {"name": "高龄津贴", "status": "active", "version": 4, "condition": "80岁", "promise_days": 10}
DAY = "2026-12-01"


def taken(verb: str, said: Fields, before: Fields | None = ACTIVE, on: date = ON) -> LifeStep:
    return LifeStep("item", f"item.{verb}", before, frozenset(said), {**(before or {}), **said}, on)


def after(verb: str, said: Fields, before: Fields = ACTIVE, on: date = ON) -> dict[str, object]:
    step = taken(verb, said, before, on)
    assert check_life_step(step) == []
    return {**step.fields, **life_fields(step)}


@pytest.mark.parametrize(
    ("verb", "said", "status"),
    [
        ("publish", {"condition": "79岁"}, "active"),
        ("suspend", {"status_reason": "系统升级"}, "suspended"),
        ("cancel", {"status_reason": "已取消"}, "cancelled"),
        ("split", {"successors": ["a" * 32, "b" * 32]}, "cancelled"),
        ("merge", {"successors": ["a" * 32]}, "cancelled"),
    ],
)
def test_every_step_is_a_new_version_in_the_state_it_leads_to(verb: str, said: Fields, status: str) -> None:
    found = after(verb, said)
    assert (found["status"], found["version"]) == (status, 5)
    assert (found.get("cancelled_on") == "2026-11-22") is (status == "cancelled")


def test_a_suspended_item_comes_back_and_a_cancelled_one_does_not() -> None:
    suspended = after("suspend", {"status_reason": "系统升级"})
    assert after("resume", {}, suspended)["status"] == "active"
    assert after("publish", {"condition": "x"}, suspended)["status"] == "suspended"
    cancelled = after("cancel", {"status_reason": "已取消"})
    for verb in ("publish", "resume", "suspend", "cancel", "split", "merge", "take_effect"):
        assert [one.code for one in check_life_step(taken(verb, {}, cancelled))][:1] == ["state_step"]


@pytest.mark.parametrize(
    ("verb", "said", "code"),
    [
        ("suspend", {}, "field_missing"),
        ("suspend", {"status_reason": "x", "condition": "y"}, "step_writes"),
        ("publish", {"next.condition": "x"}, "step_writes"),
        ("publish", {"successors": ["a" * 32]}, "step_writes"),
        ("split", {"successors": ["a" * 32, "a" * 32]}, "successors_few"),
        ("take_effect", {}, "not_yet_effective"),
    ],
)
def test_a_step_writes_its_own_and_names_what_it_must(verb: str, said: Fields, code: str) -> None:
    assert code in [one.code for one in check_life_step(taken(verb, said))]


def test_until_its_day_a_version_waits_and_what_held_holds() -> None:
    waiting = after("publish", {"condition": "79岁", "promise_days": None, "effective_from": DAY})
    assert (waiting["condition"], waiting["promise_days"], waiting["version"]) == ("80岁", 10, 5)
    assert pending_from(waiting) == date(2026, 12, 1)
    assert effective_item(waiting, date(2026, 11, 30))["condition"] == "80岁"
    shown = effective_item(waiting, date(2026, 12, 1))
    assert (shown["condition"], shown["promise_days"], shown["version"]) == ("79岁", "", 6)
    assert [one.code for one in check_life_step(taken("take_effect", {}, waiting))] == ["not_yet_effective"]
    stands = after("take_effect", {}, waiting, date(2026, 12, 2))
    assert (stands["condition"], stands["version"], stands["effective_from"]) == ("79岁", 6, DAY)
    assert pending_from(stands) is None
    assert effective_item(stands, date(2027, 1, 1))["version"] == 6


def test_a_day_that_has_come_counts_at_once() -> None:
    found = after("publish", {"condition": "79岁", "effective_from": "2026-11-22"})
    assert (found["condition"], pending_from(found)) == ("79岁", None)


def test_what_waits_for_another_day_is_replaced_and_for_the_same_day_is_joined() -> None:
    first = after("publish", {"condition": "79岁", "effective_from": DAY})
    joined = after("publish", {"promise_days": 5, "effective_from": DAY}, first)
    shown = effective_item(joined, date(2026, 12, 1))
    assert (shown["condition"], shown["promise_days"]) == ("79岁", 5)
    replaced = after("suspend", {"status_reason": "年底结账", "effective_from": "2026-12-25"}, joined)
    shown = effective_item(replaced, date(2026, 12, 26))
    assert (shown["condition"], shown["status"]) == ("80岁", "suspended")


def test_a_publication_in_between_leaves_what_waits() -> None:
    waiting = after("publish", {"condition": "79岁", "effective_from": DAY})
    now = after("publish", {"promise_days": 3}, waiting)
    assert effective_item(now, ON)["promise_days"] == 3
    assert effective_item(now, date(2026, 12, 1))["condition"] == "79岁"


def test_what_waits_does_not_bring_back_an_item_that_was_suspended_meanwhile() -> None:
    waiting = after("publish", {"promise_days": 2, "effective_from": DAY})
    suspended = after("suspend", {"status_reason": "系统升级"}, waiting)
    stands = after("take_effect", {}, suspended, date(2026, 12, 1))
    assert (stands["status"], stands["promise_days"]) == ("suspended", 2)
    assert effective_item(suspended, date(2026, 12, 1))["status"] == "suspended"


@pytest.mark.parametrize("waits", [("suspend", {"status_reason": "年底结账"}), ("publish", {"promise_days": 2})])
def test_nothing_waits_for_an_item_that_was_cancelled(waits: tuple[str, Fields]) -> None:
    waiting = after(waits[0], {**waits[1], "effective_from": DAY})
    gone = after("cancel", {"status_reason": "已取消"}, waiting)
    assert pending_from(gone) is None
    assert effective_item(gone, date(2026, 12, 2))["status"] == "cancelled"


def test_every_state_is_reached_and_left_by_the_table() -> None:
    reached = {step.after for step in ITEM_STEPS.values()} - {None}
    assert reached == {one.value for one in ItemState}
