"""Changes: what a base may name, and which outcomes have an effect."""

from __future__ import annotations

import msgspec
import pytest

from sync.core.changes import Base, Captured, Change, OutcomeCode, misnamed
from sync.core.codec import read_change
from sync.core.errors import Malformed

HASH = "h" * 43


def change(**fields: object) -> Change:
    known = {"id": "1" * 32, "kind": "note", "record": "2" * 32, "name": "note.write", "captured": {"wall": 1}}
    return msgspec.convert(known | fields, type=Change)


def test_a_base_names_a_change_or_an_epoch_a_rev_and_a_hash() -> None:
    assert Base(change="1" * 32).rev == 0
    assert Base(epoch="e1", rev=3, hash=HASH).change == ""


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"epoch": "e1"},
        {"rev": 1},
        {"rev": 1, "hash": HASH},
        {"epoch": "e1", "rev": 1, "hash": "short"},
        {"epoch": "e1", "hash": HASH},
        {"change": "1" * 32, "rev": 1, "epoch": "e1", "hash": HASH},
        {"change": "1" * 31},
        {"rev": -1, "epoch": "e1", "hash": HASH},
    ],
)
def test_half_a_base_or_two_are_none(fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields, type=Base)


@pytest.mark.parametrize(
    "fields",
    [
        {"version": 0},
        {"set": {"a": 1.5}},
        {"set": {"a": 2**53}},
        {"set": {"a": [[[["too deep"]]]]}},
        {"add": {"a": "no list"}},
        {"needs": ["1" * 32] * 17},
        {"captured": {"wall": 1, "offset": 901}},
        {"captured": {"wall": 2**53}},
    ],
)
def test_a_change_outside_the_limits_is_none(fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        change(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "1" * 31},
        {"id": "A" * 32},
        {"id": "1" * 32 + "\n"},
        {"record": "2" * 33},
        {"kind": "Note"},
        {"kind": "n" * 33},
        {"name": "note"},
        {"name": "note.write.twice"},
        {"set": {"1x": 1}},
        {"set": {"x" * 65: 1}},
        {"set": {"a": 1, "": 2}},
        {"add": {"a b": [1]}},
        {"remove": {"名": [1]}},
        {"needs": ["1" * 32, "2" * 31]},
    ],
)
def test_ids_and_names_are_told_apart_from_other_texts(fields: dict[str, object]) -> None:
    assert misnamed(change()) == ""
    wrong = change(**fields)
    assert misnamed(wrong)
    with pytest.raises(Malformed):
        read_change(msgspec.json.encode(wrong))


def test_a_value_may_nest_four_deep_with_its_field() -> None:
    deep = {"a": [{"b": ["c"]}], "d": {"e": {"f": None}}}
    assert change(set=deep).set == deep


def test_a_change_touches_what_it_sets_adds_and_removes() -> None:
    assert change(set={"a": 1}, add={"b": [1]}, remove={"c": [1]}).touched == {"a", "b", "c"}


def test_defaults_are_left_out_of_a_line() -> None:
    line = msgspec.json.encode(change())
    assert set(msgspec.json.decode(line)) == {"id", "kind", "record", "name", "captured"}
    assert change().captured == Captured(1, 480)


def test_only_what_is_refused_or_parked_has_no_effect() -> None:
    assert {code for code in OutcomeCode if not code.has_effect} == {OutcomeCode.REFUSED, OutcomeCode.PARKED}
