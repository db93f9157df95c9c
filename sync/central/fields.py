"""Merges the fields of one change into a record: the three-way rule, field by field and group by group.

Law: a value that loses is in the log, in a conflict, or beside the winner; it is never only overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from msgspec import Struct

from sync.central.known import PastBody, Record
from sync.central.policies import RecordPolicy, Rule
from sync.core.changes import Change, Depth1, Fields, Value

COMBINED = "both"
"""Whose value it is that merge put together: nobody's. Even whoever caused it has not seen the other half."""


@dataclass(frozen=True)
class Contest:
    """One field that two people set: what both had seen, what each made of it."""

    base: Value
    mine: Value
    theirs: Value


class Merged(Struct):
    """`fields` is the whole record afterwards; `written` those this change set, `combined` those merge wrote."""

    fields: Fields
    written: set[str] = set()
    confirmed: set[str] = set()
    """Fields set to the value that stands anyway, by an author of whose reason to do so nothing is known any more."""
    combined: set[str] = set()
    kept: Fields = {}
    """Fields where the centre's value stood, with the author's."""
    contests: dict[str, Contest] = {}
    concurrent: bool = False
    """Somebody else wrote to the record since the author last saw it."""


class Seen(Struct, frozen=True):
    """What the author of a change had seen of the record: `rev`, and whose writes count as the author's own."""

    rev: int
    identity: str
    change: str
    body: PastBody | None
    forgotten: bool = False
    """The author looked at a state that the centre no longer holds: what they did came after it."""

    def missed(self, record: Record, name: str) -> bool:
        """Whether somebody else set this field and the author did not know."""
        stamp = record.stamps.get(name)
        if stamp is None or stamp.rev <= self.rev:
            return False
        if stamp.identity == COMBINED:
            return True
        return not (stamp.identity and stamp.identity == self.identity) and stamp.change != (self.change or None)

    def value(self, name: str) -> Value:
        return self.body.fields.get(name) if self.body is not None else None


NOTHING_SEEN = Seen(0, "", "", None)


def merge_fields(policy: RecordPolicy, before: Record | None, change: Change, seen: Seen) -> Merged:
    """Raises ValueError when a change adds to a field that is no list."""
    current: Fields = dict(before.fields) if before is not None else {}
    mine = _values(policy, current, change)
    if before is None:
        return Merged({**current, **mine}, written=set(mine))
    merged = Merged(current)
    merged.concurrent = any(seen.missed(before, name) for name in before.stamps)
    pending = dict(mine)
    while pending:
        name = next(iter(pending))
        group = policy.group_of(name)
        values = {one: pending.pop(one) for one in group & pending.keys()}
        _merge_group(policy, before, seen, group, values, change, merged)
    return merged


def _merge_group(
    policy: RecordPolicy,
    before: Record,
    seen: Seen,
    group: frozenset[str],
    values: Mapping[str, Value],
    change: Change,
    merged: Merged,
) -> None:
    """A group is contested when others set any of it unseen and the author's values differ from what stands."""
    differing = {name: value for name, value in values.items() if value != before.fields.get(name)}
    member_wise = all(name in change.add or name in change.remove for name in values)
    contested = bool(differing) and not member_wise and any(seen.missed(before, name) for name in group)
    rule = policy.rule(next(iter(sorted(values))))
    if seen.forgotten and rule in (Rule.PERSON_DECIDES, Rule.KEEP_BOTH):
        # Set back to what stands, after something that a restored centre forgot. When that comes again from another
        # device it would count as the newer one, and undo this unseen.
        merged.confirmed.update(name for name in values.keys() - differing.keys() if seen.missed(before, name))
    if not contested or rule is Rule.LATEST:
        merged.fields.update(differing)
        merged.written.update(differing)
    elif rule is Rule.CENTRE_WINS:
        merged.kept.update(differing)
    elif rule is Rule.KEEP_BOTH:
        for name, value in differing.items():
            merged.fields[name] = both(before.fields.get(name), value)
            merged.combined.add(name)
    else:
        for name in differing:
            merged.contests[name] = Contest(seen.value(name), values[name], before.fields.get(name))


def both(theirs: Value, mine: Value) -> Value:
    """The value that keeps both: `{"both": [earlier …, later]}`, each once."""
    kept = [*_alternatives(theirs)]
    kept.extend(value for value in _alternatives(mine) if value not in kept)
    return cast("Value", {"both": kept})


def _alternatives(value: Value) -> list[Value]:
    if isinstance(value, dict) and value.keys() == {"both"} and isinstance(value["both"], list):
        return cast("list[Value]", value["both"])
    return [value]


def _values(policy: RecordPolicy, current: Fields, change: Change) -> Fields:
    """The author's value of every touched field; members are added to and removed from what stands now."""
    values: Fields = dict(change.set)
    for name in change.add.keys() | change.remove.keys():
        members = current.get(name, [])
        if name not in policy.sets or not isinstance(members, list):
            raise ValueError(f"{name} is not a list whose members can be added and removed")
        gone = change.remove.get(name, [])
        left: list[Depth1] = [one for one in cast("list[Depth1]", members) if one not in gone]
        left.extend(one for one in change.add.get(name, []) if one not in left)
        values[name] = cast("Value", left)
    return values
