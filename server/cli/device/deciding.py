"""Owns looking at a conflict and deciding it: base, mine and theirs side by side, and the change that says the choice.

Laws: every field in conflict is decided, none by default. The decision says what its author saw, so that it never
overwrites what came after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import msgspec

from server.cli.device.failures import Stopped
from server.cli.device.finding import see_fields
from server.cli.device.office import Office
from server.cli.device.standing import open_conflicts
from server.cli.device.texts import TEXTS
from server.cli.device.titles import title_of
from server.domain.record_fields import KINDS, Fields, text, texts
from server.domain.supervision.conflicts import ConflictState, decision_of
from sync.device.replica import Draft, Sighting


@dataclass(frozen=True)
class Side:
    """One field in conflict. `now` is what the record holds as this device sees it."""

    field: str
    label: str
    base: object
    theirs: object
    mine: object
    now: object


@dataclass(frozen=True)
class Conflict:
    id: str
    record: str
    kind: str
    title: str
    sides: tuple[Side, ...]


def conflicts_of(office: Office) -> list[Conflict]:
    return [_read(office, seen) for seen in open_conflicts(office)]


def conflict_named(office: Office, words: str) -> Conflict:
    """By its id or the start of it, or by the record's. Raises Stopped."""
    seen = office.replica.see(words)
    if seen is not None and text(seen.fields, "state") == ConflictState.DECIDED:
        raise Stopped("conflict_decided")
    found = [one for one in conflicts_of(office) if words in (one.id, one.record) or one.id.startswith(words)]
    if not found or not words:
        raise Stopped("nothing_found", what=words)
    if len(found) > 1:
        records = ", ".join(one.id for one in found)
        raise Stopped("several_found", what=words, count=len(found), records=records)
    return found[0]


def _read(office: Office, seen: Sighting) -> Conflict:
    fields = seen.fields
    kind, record = text(fields, "kind"), text(fields, "record")
    now = see_fields(office, record)
    base, theirs, mine = (_values(fields, name) for name in ("base", "theirs", "mine"))
    sides = tuple(
        Side(
            field=name,
            label=label_of(office, kind, now, name),
            base=base.get(name),
            theirs=theirs.get(name),
            mine=mine.get(name),
            # Without the record at hand, what stood when the conflict opened is all that was seen.
            now=now.get(name) if now else theirs.get(name),
        )
        for name in texts(fields, "fields")
    )
    return Conflict(seen.record, record, kind, title_of(office, record), sides)


def _values(fields: Fields, name: str) -> Mapping[str, object]:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def label_of(office: Office, kind: str, record: Fields, name: str) -> str:
    """What people call a field."""
    table = KINDS.get(kind)
    field = table.find(name) if table else None
    if field is None:
        return name
    if "." not in name:
        return field.zh
    return f"{field.zh} {name.partition('.')[2]}"


def decide(office: Office, conflict: Conflict, chosen: Mapping[str, object]) -> str:
    """The id of the change that decides. Raises Stopped: choice_missing when a field is not decided."""
    missing = [side.field for side in conflict.sides if side.field not in chosen]
    if missing:
        raise Stopped("choice_missing", what=", ".join(missing))
    change = office.new_id()
    fields = decision_of(
        {side.field: chosen[side.field] for side in conflict.sides}, {side.field: side.now for side in conflict.sides}
    )
    office.capture([(Draft("conflict", conflict.id, "conflict.decide", set=fields), change)])
    return change


def choice_of(conflict: Conflict, said: str) -> tuple[str, object]:
    """`field=mine|theirs|base|now`, or `field:=<JSON>` for another value. Raises Stopped: answer_wrong."""
    name, colon, _ = said.partition(":=")
    if colon:
        side = _side(conflict, name)
        try:
            return side.field, cast("object", msgspec.json.decode(said[len(name) + 2 :]))
        except msgspec.MsgspecError as error:
            raise Stopped("answer_wrong", what=name, why=error) from None
    name, _, which = said.partition("=")
    side = _side(conflict, name)
    values = {"mine": side.mine, "theirs": side.theirs, "base": side.base, "now": side.now}
    if which not in values:
        raise Stopped("answer_wrong", what=name, why="mine, theirs, base, now")
    return side.field, values[which]


def _side(conflict: Conflict, name: str) -> Side:
    for side in conflict.sides:
        if name in (side.field, side.label):
            return side
    raise Stopped("nothing_found", what=name)


def shown(value: object, words: Callable[[str], str]) -> str:
    """A value as a person reads it; `words` gives the row of texts of that key."""
    match value:
        case None | "":
            return "—"
        case str():
            return value
        case {"state": str(state), **rest} if f"material_{state}" in TEXTS:
            file, due = rest.get("file"), rest.get("due")
            more = [str(file)[-6:] if file else "", str(due or "")]
            return " ".join(filter(None, (words(f"material_{state}"), *more)))
        case {"both": [*values]}:
            return " ／ ".join(shown(one, words) for one in values)
        case [*values]:
            return "、".join(shown(one, words) for one in values)
        case _:
            return msgspec.json.encode(value).decode()
