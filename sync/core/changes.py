"""A change: one thing a person did. It writes fields; its name says who may do it and which check runs.

Field values are JSON without floats: text (NFC), integers below 2^53, booleans, null, and lists and objects of
these, four deep at most. A change's line is the compact JSON of `Change`; those bytes are kept for ever.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, TypeAlias

import msgspec

SafeInt: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)]
Scalar: TypeAlias = str | SafeInt | bool | None
Depth1: TypeAlias = Scalar | list[Scalar] | dict[str, Scalar]
Depth2: TypeAlias = Scalar | list[Depth1] | dict[str, Depth1]
Value: TypeAlias = Scalar | list[Depth2] | dict[str, Depth2]
Fields: TypeAlias = dict[str, Any]
"""Field name → value. Values were checked as `Value` when they were parsed; inside, that is trusted."""

_ID = "[0-9a-f]{32}"
_KIND = "[a-z][a-z_]{0,31}"
_NAME = rf"{_KIND}\.{_KIND}"
_FIELD = "[A-Za-z][A-Za-z0-9_.-]{0,63}"

Id = Annotated[str, msgspec.Meta(pattern=f"^{_ID}$")]
Kind = Annotated[str, msgspec.Meta(pattern=f"^{_KIND}$")]


def _told(pattern: str) -> msgspec.Meta:
    """For the schema alone: see `misnamed`."""
    return msgspec.Meta(extra_json_schema={"pattern": f"^{pattern}$"})


FieldName = Annotated[str, _told(_FIELD)]
OwnId = Annotated[str, _told(_ID)]

_is_id = re.compile(_ID).fullmatch


# Fields, kinds and names come from small vocabularies: most lines hold none that was not seen before.
@lru_cache(maxsize=4096)
def _is_field(name: str) -> bool:
    return re.fullmatch(_FIELD, name) is not None


@lru_cache(maxsize=1024)
def _is_named(kind: str, name: str) -> bool:
    return re.fullmatch(_KIND, kind) is not None and re.fullmatch(_NAME, name) is not None


class Base(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The state a change was made on. Either a rev of the record, the centre's epoch then and that body's hash,
    or `change`: the device's own earlier change to the same record, not yet answered when this one was made.
    """

    epoch: str = ""
    rev: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] = 0
    hash: Annotated[str, msgspec.Meta(max_length=43)] = ""
    change: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{32})?$")] = ""

    def __post_init__(self) -> None:
        if bool(self.change) == bool(self.rev) or bool(self.rev) != (len(self.hash) == 43 and self.epoch != ""):
            raise ValueError("a base names either a change, or an epoch, a rev and a hash")


class Captured(msgspec.Struct, frozen=True):
    """When the device believed it was: evidence, never order. `wall` in ms since 1970, `offset` in minutes."""

    wall: SafeInt
    offset: Annotated[int, msgspec.Meta(ge=-900, le=900)] = 480


class Change(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`base` is None when the author saw no such record. `needs` are changes that must have an effect first."""

    id: OwnId
    kind: Annotated[str, _told(_KIND)]
    record: OwnId
    name: Annotated[str, _told(_NAME)]
    version: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    set: dict[FieldName, Value] = {}
    add: dict[FieldName, list[Depth1]] = {}
    remove: dict[FieldName, list[Depth1]] = {}
    base: Base | None = None
    needs: Annotated[list[OwnId], msgspec.Meta(max_length=16)] = []
    captured: Captured

    @property
    def touched(self) -> frozenset[str]:
        """Every field this change writes."""
        return frozenset(self.set).union(self.add, self.remove) if self.add or self.remove else frozenset(self.set)


def misnamed(change: Change) -> str:
    """Which of a change's ids and names is none, "" when all are. Asked of every line that is read, in place of a
    pattern on each text: those were half of all parsing.
    """
    if not _is_named(change.kind, change.name):
        return "a kind and a name are small letters"
    if not (_is_id(change.id) and _is_id(change.record) and all(map(_is_id, change.needs))):
        return "an id is 32 hex digits"
    for fields in (change.set, change.add, change.remove):
        if fields and not all(map(_is_field, fields)):
            return "a field's name begins with a letter and holds letters, digits, dots, dashes and underlines"
    return ""


class OutcomeCode(StrEnum):
    """What the centre made of a change."""

    APPLIED = "applied"  # every field as sent
    MERGED = "merged"  # with other people's work, or adapted; the detail says how
    CONFLICT = "conflict"  # some fields wait for a person; the rest was applied
    REFUSED = "refused"  # not applied, kept, and told why
    PARKED = "parked"  # kept until what it needs is there
    DUPLICATE = "duplicate"  # kept and linked to the filing that stands

    has_effect: bool

    def __init__(self, code: str) -> None:
        # Asked ten times a change: an attribute, not a property.
        self.has_effect = code not in ("refused", "parked")
