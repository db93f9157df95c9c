"""The three-way rule: whatever two people do to the fields of a record, no value is lost without a trace."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.fields import NOTHING_SEEN, Seen, both, merge_fields
from sync.central.known import PastBody, Record, Stamp, Wants
from sync.central.policies import Accept, RecordPolicy, Rule
from sync.core.changes import Captured, Change
from sync.core.codec import encode_body

RULES = {"free": Rule.PERSON_DECIDES, "both": Rule.KEEP_BOTH, "centre": Rule.CENTRE_WINS, "late": Rule.LATEST}


def policy(**more: Any) -> RecordPolicy:
    return RecordPolicy(
        kind="thing",
        changes={},
        fields=RULES,
        bucket=lambda fields: "b",
        reads=lambda change, reading: Wants(),
        settle=lambda situation: Accept(),
        **more,
    )


def record(rev: int, stamps: dict[str, Stamp], **fields: Any) -> Record:
    return Record("thing", "1" * 32, rev, "b", 1, encode_body("thing", "1" * 32, rev, fields), stamps)


def change(**fields: Any) -> Change:
    return Change(id="2" * 32, kind="thing", record="1" * 32, name="thing.set", set=fields, captured=Captured(wall=0))


def seen(rev: int, **fields: Any) -> Seen:
    return Seen(rev, "me/1", "", PastBody(rev, b"", encode_body("thing", "1" * 32, rev, fields)))


OTHERS = Stamp(2, "other/1", "3" * 32)


def test_an_untouched_field_takes_the_authors_value() -> None:
    merged = merge_fields(policy(), record(1, {}, free="old"), change(free="new"), seen(1, free="old"))
    assert (merged.fields["free"], merged.concurrent) == ("new", False)


def test_equal_values_need_no_decision() -> None:
    merged = merge_fields(policy(), record(2, {"free": OTHERS}, free="same"), change(free="same"), seen(1))
    assert (merged.contests, merged.written) == ({}, set())


def test_a_value_set_again_after_a_forgotten_state_is_said_anew() -> None:
    before = record(2, {"free": OTHERS, "late": OTHERS}, free="same", late="same")
    lost = Seen(0, "me/1", "", None, forgotten=True)
    merged = merge_fields(policy(), before, change(free="same", late="same"), lost)
    assert (merged.confirmed, merged.written, merged.contests) == ({"free"}, set(), {})
    mine = Stamp(2, "me/1", "3" * 32)
    assert not merge_fields(policy(), record(2, {"free": mine}, free="a"), change(free="a"), lost).confirmed


@pytest.mark.parametrize(
    ("name", "stands", "trace"),
    [
        ("free", "theirs", "contest"),
        ("centre", "theirs", "kept"),
        ("late", "mine", ""),
        ("both", {"both": ["theirs", "mine"]}, ""),
    ],
)
def test_each_rule_does_what_it_says(name: str, stands: Any, trace: str) -> None:
    merged = merge_fields(policy(), record(2, {name: OTHERS}, **{name: "theirs"}), change(**{name: "mine"}), seen(1))
    assert merged.fields[name] == stands
    assert (name in merged.contests) == (trace == "contest")
    assert (name in merged.kept) == (trace == "kept")


def test_fields_of_a_group_stand_or_fall_together() -> None:
    grouped = policy(groups=(frozenset({"free", "other"}),))
    merged = merge_fields(grouped, record(2, {"free": OTHERS}, free="t", other="o"), change(other="mine"), seen(1))
    assert merged.fields["other"] == "o"
    assert merged.contests["other"].mine == "mine"


def test_what_the_author_wrote_themselves_is_not_another_persons() -> None:
    own = Stamp(2, "me/1", "4" * 32)
    assert not merge_fields(policy(), record(2, {"free": own}, free="a"), change(free="b"), seen(1)).contests
    clone = Stamp(2, "me/2", "4" * 32)
    assert merge_fields(policy(), record(2, {"free": clone}, free="a"), change(free="b"), seen(1)).contests


def test_a_combined_value_was_seen_by_nobody() -> None:
    combined = Stamp(2, "", "4" * 32)
    merged = merge_fields(policy(), record(2, {"both": combined}, both={"both": [1, 2]}), change(both=3), seen(1))
    assert merged.fields["both"] == {"both": [1, 2, 3]}


def test_adding_to_what_is_no_list_is_an_error() -> None:
    bad = Change(
        id="2" * 32, kind="thing", record="1" * 32, name="thing.set", add={"free": [1]}, captured=Captured(wall=0)
    )
    with pytest.raises(ValueError, match="free"):
        merge_fields(policy(), record(1, {}, free="x"), bad, NOTHING_SEEN)


def test_keeping_both_keeps_each_once() -> None:
    assert both({"both": ["a", "b"]}, "b") == {"both": ["a", "b"]}
    assert both("a", {"both": ["b", "a"]}) == {"both": ["a", "b"]}


@given(
    st.dictionaries(st.sampled_from(sorted(RULES)), st.integers(0, 3)),
    st.dictionaries(st.sampled_from(sorted(RULES)), st.integers(0, 3), min_size=1),
    st.sets(st.sampled_from(sorted(RULES))),
)
def test_no_value_vanishes(theirs: dict[str, int], mine: dict[str, int], unseen: set[str]) -> None:
    before = record(2, {name: OTHERS for name in theirs if name in unseen}, **theirs)
    merged = merge_fields(policy(), before, change(**mine), seen(1))
    for name, value in mine.items():
        stands = merged.fields.get(name)
        values = stands["both"] if isinstance(stands, dict) else [stands]
        contest = merged.contests.get(name)
        assert value in values or merged.kept.get(name) == value or (contest is not None and contest.mine == value)
    for name, value in theirs.items():
        if name in unseen and RULES[name] is not Rule.LATEST:
            stands = merged.fields.get(name)
            assert value in (stands["both"] if isinstance(stands, dict) else [stands])
