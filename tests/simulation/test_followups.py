"""Calls, ratings and tasks are at work in a run, two at a time, and what may not be is refused."""

from __future__ import annotations

from fixtures.simulation.desks import ALL, Actor
from fixtures.simulation.run import parse_scenario, run_once
from server.storage.memory import CentreMemory
from server.storage.store import CentreState
from tests.simulation.busy_town import codes


def test_a_run_takes_calls_answers_and_closes_them() -> None:
    told = codes()
    for step in ("ticket.open", "ticket.answer", "ticket.pass", "ticket.close", "ticket.reopen"):
        assert told[f"{step} applied"], step
    assert told["ticket.open refused"], "two take the same call"


def test_a_run_rates_once_and_sets_aside_and_sees_to_tasks() -> None:
    told = codes()
    assert told["rating.give applied"]
    assert told["rating.give refused"] > told["rating.give applied"], "a case is rated once"
    assert told["rating.set_aside applied"]
    assert told["task.explain applied"] + told["task.close applied"]


def test_where_nothing_was_filed_nobody_rates_or_oversees() -> None:
    empty = CentreMemory(CentreState("e" * 32, 0))
    actors = [Actor(number, "1", lambda: 1_795_000_000_000) for number in range(ALL)]
    named = {actor.name: actor for actor in actors}
    for name in ("residents-0", "overseer-0"):
        assert all(named[name].steps(empty) == [] for _ in range(20)), name


def test_a_rating_that_moves_its_case_on_is_no_change_that_nobody_asked_for() -> None:
    """Found by seed 7003: the second merge knew of no rating."""
    kinds = "+".join(
        (
            *("request_lost", "reply_lost", "request_cut", "duplicate_delivery", "reorder", "delay", "half_open"),
            *("captive_portal", "too_many_requests", "kill_between_writes", "kill_after_commit", "cloned"),
            *("second_process", "relayed", "malformed_line", "old_client", "unknown_fields", "device_revoked"),
            *("storage_busy", "storage_full", "backed_up", "restored_silently", "centre_clock_back"),
        )
    )
    result = run_once(parse_scenario(f"seed=7003,devices=6,desks=12,steps=23,hours=8,days=0,kinds={kinds}"))
    assert result.violations == ()
    assert result.steps["rating.give applied"]
