"""What a record kind must say about itself, as data and a few pure functions; merge does the rest.

The table of all kinds is `server/merge_policies.py`. Nothing here knows a resident or a case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum

from msgspec import Struct

from sync.central.known import Author, Centre, Known, Record, Wants
from sync.core.changes import Change, Fields, OutcomeCode


class Rule(Enum):
    """What becomes of a field that two people set without seeing each other's value."""

    KEEP_BOTH = "keep_both"
    PERSON_DECIDES = "person_decides"
    CENTRE_WINS = "centre_wins"
    LATEST = "latest"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What is known so far, while it is still being found out what a decision must look at.

    A field may have had several values by the time a change is decided: what stands, and what the batch itself sets.
    """

    known: Known
    centre: Centre
    honoured: Mapping[str, str]
    batch: Mapping[tuple[str, str], Sequence[Change]]
    """(kind, record) → the changes of this decision that write to it."""

    def record(self, kind: str, record: str) -> Record | None:
        """The record if it is loaded by now and there."""
        found: Record | None = self.known.if_loaded("records", (kind, record))
        return found

    def holder(self, key: str) -> str | None:
        found: str | None = self.known.if_loaded("keys", key)
        return found

    def texts(self, kind: str, record: str, name: str) -> Set[str]:
        """Every text a field may hold when the decision looks."""
        return texts_in(self.sources(kind, record), name)

    def numbers(self, kind: str, record: str, name: str) -> frozenset[int]:
        """Every whole number a field may hold when the decision looks."""
        values = [source.get(name) for source in self.sources(kind, record)]
        return frozenset(value for value in values if isinstance(value, int))

    def sources(self, kind: str, record: str) -> list[Fields]:
        """Where a field's value may come from when the decision looks."""
        sources = [change.set for change in self.batch.get((kind, record), ())]
        held = self.record(kind, record)
        if held is not None:
            sources.append(held.fields)
        return sources


_NO_TEXTS: frozenset[str] = frozenset()


def texts_in(sources: Sequence[Fields], name: str) -> Set[str]:
    """Every text that one of the sources has under this name."""
    if len(sources) == 1:
        only = sources[0].get(name)
        return frozenset((only,)) if isinstance(only, str) and only else _NO_TEXTS
    return {value for source in sources if isinstance(value := source.get(name), str) and value}


class Situation(Struct, frozen=True, kw_only=True):
    """A change after its fields were merged, for the kind's own rules to settle."""

    change: Change
    author: Author
    before: Record | None
    fields: Fields
    """The whole record as it would be. Settling may not alter it: computed fields go into the verdict."""
    known: Known
    centre: Centre
    honoured: Mapping[str, str]
    """Record → the official number an earlier epoch of the centre gave it."""


@dataclass(frozen=True, kw_only=True)
class NewRecord:
    """A record that the centre itself puts beside the change: a notice, say."""

    kind: str
    id: str
    bucket: str
    fields: Fields


class Accept(Struct, frozen=True, kw_only=True):
    """The change may stand. `computed` fields are set by the centre; `keys` are all natural keys held afterwards."""

    computed: Fields = {}
    keys: frozenset[str] = frozenset()
    code: OutcomeCode | None = None
    """Overrides applied or merged, e.g. duplicate for a filing that was linked."""
    reason: str = ""
    detail: Fields = {}
    beside: tuple[NewRecord, ...] = ()
    writes: tuple[tuple[str, str, Fields], ...] = ()
    """(kind, record, fields) to set on other loaded records in the same decision: deciding a conflict does this."""
    resolves: Mapping[str, OutcomeCode] = {}
    """Earlier change → its outcome now: the author of a change in conflict hears what was decided."""
    took_number: str = ""
    """The series whose first reserved number was used."""


@dataclass(frozen=True, kw_only=True)
class Refuse:
    """Kept, not applied. `reason` is a stable code that the screens put into words."""

    reason: str
    detail: Fields = field(default_factory=dict)
    illegal: bool = False
    """The whole record would break a rule. If others wrote meanwhile, that is a conflict and a person decides."""


@dataclass(frozen=True, kw_only=True)
class Park:
    """Kept until every id in `waits` (a change or a record) has come. `waits` may be empty: a person releases it."""

    reason: str
    waits: frozenset[str] = frozenset()
    fault: str = ""
    """What broke at the centre, for the operator."""


Verdict = Accept | Refuse | Park


@dataclass(frozen=True, kw_only=True)
class ChangeRule:
    """What one named change may do."""

    version: int = 1
    """The newest version the centre understands; older ones are lifted, newer ones parked."""
    creates: bool = False
    updates: bool = True
    roles: frozenset[str]
    computed: Refuse | None = None
    """Set where the centre alone works out what is written: a person asks it to, and who sends it all the same is told
    this."""
    lifts: Mapping[int, Callable[[Change], Change]] = field(default_factory=dict)
    """Version n → how to make version n+1 of it."""


@dataclass(frozen=True, kw_only=True)
class RecordPolicy:
    """One row of the policy table."""

    kind: str
    changes: Mapping[str, ChangeRule]
    fields: Mapping[str, Rule] = field(default_factory=dict)
    """Field name, or a prefix ending in a dot, → rule."""
    default: Rule = Rule.PERSON_DECIDES
    groups: tuple[frozenset[str], ...] = ()
    sets: frozenset[str] = frozenset()
    """List fields whose members are added and removed one by one."""
    computed: frozenset[str] = frozenset()
    bucket: Callable[[Fields], str]
    """Where a record with these fields belongs. Raises KeyError when they do not say."""
    reads: Callable[[Change, Reading], Wants]
    """What `settle` will look at, as far as can be foreseen; what it misses is found when it is looked up. Called
    again with what was loaded, until it asks for nothing more. It asks for everything it looks at."""
    settle: Callable[[Situation], Verdict]
    columns: Callable[[Fields], Mapping[str, object]] = lambda fields: {}
    """Columns derived from the body so that the console can query; the storage of the kind names them."""
    worded: Callable[[Fields], Fields] = lambda fields: fields
    """What merge itself puts of this kind, as the kind's readers are to see it."""
    personal: bool = True
    """Sealed at rest."""
    natural: bool = False
    """The id is derived from a natural key, so that a creation may meet an existing record."""

    def rule(self, name: str) -> Rule:
        found = self.fields.get(name)
        if found is None and "." in name:
            found = self.fields.get(name.split(".", 1)[0] + ".")
        return found or self.default

    def group_of(self, name: str) -> frozenset[str]:
        """The fields that stand or fall with this one, itself included."""
        for group in self.groups:
            if name in group:
                return group
        return frozenset({name})


Policies = Mapping[str, RecordPolicy]
"""Kind → its policy."""
