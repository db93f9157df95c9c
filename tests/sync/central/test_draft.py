"""What a decision writes is known at once to what is decided after it."""

from __future__ import annotations

from sync.central.draft import Draft
from sync.central.known import Known
from sync.central.policies import NewRecord
from tests.sync.central.test_fields import RULES, policy

POLICY = policy()


def draft(**keys: str | None) -> Draft:
    return Draft(Known(records={("thing", "a"): None}, keys=dict(keys)), {"thing": POLICY})


def test_each_write_raises_the_rev_and_keeps_what_it_replaced() -> None:
    made = draft()
    first = made.write(POLICY, "a", {"free": 1}, {"free": ("me/1", "c1")}, None, frozenset())
    second = made.write(POLICY, "a", {"free": 2}, {"free": ("me/1", "c2")}, first, frozenset())
    assert (first.rev, second.rev) == (1, 2)
    assert second.stamps["free"].change == "c2"
    assert [(kind, record, past.rev) for kind, record, past in made.past] == [("thing", "a", 1)]
    assert made.known.record("thing", "a") is second


def test_a_body_replaced_in_this_transaction_is_known_to_whoever_saw_it() -> None:
    made = draft()
    first = made.write(POLICY, "a", {"free": 1}, {"free": ("me/1", "c1")}, None, frozenset())
    second = made.write(POLICY, "a", {"free": 2}, {"free": ("me/1", "c2")}, first, frozenset())
    past = made.known.body_at(second, 1)
    assert past is not None
    assert past.hash == first.hash


def test_a_write_that_changes_nothing_is_none() -> None:
    made = draft()
    first = made.write(POLICY, "a", {"free": 1}, {}, None, frozenset())
    assert made.write(POLICY, "a", {"free": 1}, {}, first, frozenset()) is first


def test_natural_keys_are_taken_and_let_go() -> None:
    made = draft(k=None)
    first = made.write(POLICY, "a", {"free": 1}, {}, None, frozenset({"k"}))
    assert made.known.holder("k") == "a"
    made.write(POLICY, "a", {"free": 2}, {}, first, frozenset())
    assert made.known.holder("k") is None
    assert made.keys == {"k": None}


def test_a_record_of_the_centres_own_rises_too() -> None:
    made = Draft(Known(), {})
    for _ in range(2):
        made.put(NewRecord(kind="notice", id="n", bucket="person:a", fields={"x": 1}))
    assert made.records["notice", "n"].rev == 2


def test_the_rules_of_the_test_kind_are_all_rules() -> None:
    assert len(set(RULES.values())) == 4
