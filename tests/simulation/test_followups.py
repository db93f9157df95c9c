"""Calls, ratings and tasks are at work in a run, two at a time, and what may not be is refused."""

from __future__ import annotations

from fixtures.simulation.desks import ALL, Actor
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
