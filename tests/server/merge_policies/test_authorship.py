"""Who may be the author of each change of each kind, held against what was meant, and tried on the one write path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from server.domain.people.authors import ASKED_FOR
from server.domain.people.roles import CENTRE_ROLE, Role
from server.merge_policies import policies_of
from sync.central.policies import ChangeRule
from tests.sync.central.centre_in_memory import CentreInMemory, Phone

# Written by hand, not derived: a change that is new in the table belongs into one of these three, or this test fails.
# What the centre does by itself: what it computes, raises, opens, numbers or empties. No role has it.
BY_THE_CENTRE = {
    "base_item": {"take_effect"},
    "item": {"take_effect"},
    "case": {"erase", "import", "import_accepted", "licence_lapse", "rate", "track"},
    "claim": {"rebase"},
    "lease": {"end"},
    "licence": {"erase", "fetch"},
    "light": {"raise", "change", "clear", "order"},
    "review": {"open"},
    "snapshot": {"take"},
    **{kind: {"erase"} for kind in ("resident", "consent", "conflict", "notice", "rating", "service_log", "ticket")},
}
# What it works out when somebody asks it to: figures, frozen lists, draws.
ON_REQUEST = {
    "bulletin": {"draft", "freeze", "supersede"},
    "campaign": {"open"},
    "baseline": {"freeze"},
    "look_back": {"draw"},
}
# What people say and decide themselves.
BY_HAND = {
    "resident": {"register", "edit"},
    "consent": {"give", "revoke"},
    "case": {
        *("open", "edit", "submit", "amend", "withdraw", "correct", "supply", "hand_over", "credit_clear"),
        *(
            "precheck",
            "accept",
            "return",
            "refuse",
            "review",
            "special",
            "suspend",
            "resume",
            "part_answer",
            "part_drop",
            "pass_up",
        ),
        *("extend", "tolerance_extend", "tolerance_fail", "lapse", "decide", "finish", "transfer", "void", "dispatch"),
        *("deliver", "archive"),
    },
    "bundle": {"file"},
    "calendar": {"set"},
    "claim": {
        *("take", "decline", "fill", "submit", "withdraw", "amend", "check", "return", "approve", "publish", "suspend"),
        *("resume", "cancel", "adopt", "reject", "hand_over"),
    },
    "base_item": {"publish", "suspend", "resume", "cancel", "split", "merge"},
    "item": {"publish", "suspend", "resume", "cancel", "split", "merge"},
    "local_item": {"set"},
    "licence": {"keep", "use", "verify", "expire", "void"},
    "campaign": {"plan", "extend", "close"},
    "lease": {"take", "extend", "give_back", "hand_over"},
    "look_back": {"pass", "find", "find_again", "fix", "recheck"},
    "conflict": {"decide"},
    "notice": {"send", "read", "answer"},
    "light": {"explain", "escalate"},
    "review": {"explain", "find"},
    "task": {"open", "pass", "explain", "close"},
    "rating": {"give", "set_aside"},
    "ticket": {"open", "appeal", "pass", "answer", "close", "reopen"},
    "service_log": {"write"},
}
TABLES = (BY_THE_CENTRE, ON_REQUEST, BY_HAND)
RECORD = "1" * 32
# Where a record of any kind would lie, so that nothing but its author keeps it out.
PLACES = {"village": "341802100201", "place": "341802100201", "unit": "u1", "catalogue": "all:341800", "to": "someone"}
BUCKETS = ("place:341802100201", "desk:341802100201", "unit:u1", "catalogue:all:341800", "person:someone")


def every_rule() -> Iterator[tuple[str, str, ChangeRule]]:
    for kind, policy in policies_of(lambda text: text).items():
        for name, rule in policy.changes.items():
            assert name.startswith(f"{kind}."), name
            yield kind, name.removeprefix(f"{kind}."), rule


def names_in(table: dict[str, set[str]]) -> set[str]:
    return {f"{kind}.{verb}" for kind, verbs in table.items() for verb in verbs}


def test_every_change_has_one_kind_of_author_and_none_is_forgotten() -> None:
    by_the_centre, on_request, by_hand = map(names_in, TABLES)
    known = {f"{kind}.{verb}" for kind, verb, _ in every_rule()}
    assert by_the_centre | on_request | by_hand == known
    assert len(by_the_centre) + len(on_request) + len(by_hand) == len(known), "a change is in two of the tables"
    assert on_request == set(ASKED_FOR)


@pytest.mark.parametrize("at_desk", [True, False], ids=["at a desk", "on a device"])
def test_what_the_centre_works_out_no_role_writes_from_anywhere(at_desk: bool) -> None:
    """With every bucket granted and figures of one's own, in every role, for every change of the table."""
    tried = 0
    for kind, verb, rule in every_rule():
        for role in Role:
            if verb in BY_HAND.get(kind, ()) and role.value in rule.roles:
                continue
            centre = CentreInMemory()
            person = Phone(centre, f"{role.value}-1", role=role.value, buckets=BUCKETS)
            change = person.change(kind, f"{kind}.{verb}", RECORD, set={**PLACES, "rows": [["u1", 9999]]})
            (outcome,) = person.send(change, author=replace(person.author, at_desk=at_desk))
            assert outcome.code.value == "refused", (kind, verb, role)
            asked = f"{kind}.{verb}" in ASKED_FOR and role.value in rule.roles
            assert outcome.reason == ("centre_computes" if asked else "not_yours")
            assert centre.records.get((kind, RECORD)) is None
            if asked:
                assert outcome.detail["problems"][0]["zh"], "it says where it is asked for"
            tried += 1
    assert tried > 500


def test_what_people_write_somebody_may_and_what_the_centre_does_nobody_may() -> None:
    for kind, verb, rule in every_rule():
        people = rule.roles - {CENTRE_ROLE}
        assert CENTRE_ROLE in rule.roles
        assert bool(people) == (verb not in BY_THE_CENTRE.get(kind, ())), (kind, verb)
        assert (rule.computed is None) == (verb not in ON_REQUEST.get(kind, ())), (kind, verb)


def test_what_waited_and_is_tried_again_has_no_more_right_than_when_it_came() -> None:
    """A device's figures parked for a later day come from that device still."""
    centre = CentreInMemory()
    person = Phone(centre, "s1", role="city_supervisor", buckets=BUCKETS)
    late = person.change("bulletin", "bulletin.draft", RECORD, set=PLACES, needs=["9" * 32])
    assert person.send(late)[0].reason == "centre_computes", "and it never waits at all"
