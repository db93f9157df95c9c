"""A person's side of a replica: capturing changes, and seeing records with one's own work on top. Pure.

Laws: what was captured is durable when `capture` returns, or NotSaved was raised and nothing was kept. A device shows
its own version of a record until the effect has come back to it. A base names what the author saw, never more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import msgspec

from sync.core.chain import content_hash, encode_hash
from sync.core.changes import Base, Captured, Change, Depth1, Fields, OutcomeCode
from sync.core.codec import encode_change, parse_change_line, read_body, read_fields
from sync.core.messages import Outcome
from sync.core.text import all_as_sent
from sync.device.state import BucketState, Delivery, Entry, FileToSend, KnownOutcome, ReplicaStore, StoredRow

OUTCOME_KIND = "outcome"
"""Records of this kind say what became of the change whose id they bear."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person did to one record, before it has an id, a base and a time."""

    kind: str
    record: str
    name: str
    set: Fields = field(default_factory=dict)
    add: dict[str, list[Depth1]] = field(default_factory=dict)
    remove: dict[str, list[Depth1]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Sighting:
    """A record as its holder sees it. `own` are the ids of own changes shown on top of `row`."""

    record: str
    kind: str
    fields: dict[str, object]
    row: StoredRow | None
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsent:
    """What a person must be told plainly: how much has no outcome yet, and since when (wall ms, 0 if nothing)."""

    changes: int
    since: int
    files: int


class Replica:
    """One device's copy, over any store."""

    def __init__(self, store: ReplicaStore) -> None:
        self.store = store

    # Capturing

    def capture(
        self, draft: Draft, *, change_id: str, captured: Captured, files: Sequence[tuple[FileToSend, bytes]] = ()
    ) -> Change:
        """Raises Malformed while nothing is stored yet, NotSaved when the disk is full."""
        return self.capture_all([(draft, change_id, captured)], files)[0]

    def capture_all(
        self, drafts: Sequence[tuple[Draft, str, Captured]], files: Sequence[tuple[FileToSend, bytes]] = ()
    ) -> list[Change]:
        """All or none, in one transaction. A later draft may build on an earlier one."""
        changes = []
        with self.store.transaction():
            for draft, change_id, captured in drafts:
                changes.append(self._append(draft, change_id, captured))
            for file, content in files:
                self.store.put_file(file, content)
        return changes

    def _append(self, draft: Draft, change_id: str, captured: Captured) -> Change:
        change = Change(
            id=change_id,
            kind=draft.kind,
            record=draft.record,
            name=draft.name,
            version=draft.version,
            set=all_as_sent(draft.set),
            add=all_as_sent(draft.add),
            remove=all_as_sent(draft.remove),
            base=self.base_of(draft.record),
            needs=list(draft.needs),
            captured=captured,
        )
        line = encode_change(change)
        standing = self.store.standing()
        assert self.store.entry(change_id) is None, "a change id is used once"
        entry = Entry(
            position=standing.next_position,
            id=change_id,
            kind=draft.kind,
            record=draft.record,
            line=line,
            hash=content_hash(line),
            captured=captured.wall,
        )
        self.store.append_entries([entry])
        self.store.put_standing(msgspec.structs.replace(standing, next_position=standing.next_position + 1))
        return change

    def base_of(self, record: str) -> Base | None:
        """What the person sees of the record now: own work that has not come back yet, else the row, else nothing."""
        shown = [entry for entry in self.store.entries_of(record) if self.is_shown(entry)]
        if shown:
            return Base(change=shown[-1].id)
        row = self.store.row(record)
        if row is None:
            return None
        return Base(
            epoch=self.store.standing().epoch, rev=read_body(row.body).rev, hash=encode_hash(content_hash(row.body))
        )

    # Seeing

    def see(self, record: str) -> Sighting | None:
        row = self.store.row(record)
        own = [entry for entry in self.store.entries_of(record) if self.is_shown(entry)]
        if row is None and not own:
            return None
        fields = read_fields(row.body) if row else {}
        for entry in own:
            change = parse_change_line(entry.line).change
            if change is not None:  # a line of another version, which the centre will refuse and keep
                overlay(fields, change)
        return Sighting(record, row.kind if row else own[0].kind, fields, row, tuple(entry.id for entry in own))

    def see_all(self, kind: str) -> Iterator[Sighting]:
        """Every record of a kind, stored rows first, then those that only this device knows of."""
        seen: set[str] = set()
        for row in list(self.store.rows_of_kind(kind)):
            seen.add(row.record)
            sighting = self.see(row.record)
            if sighting:
                yield sighting
        for entry in [*self.store.journal(), *self.store.outbox()]:
            if entry.kind == kind and entry.record not in seen:
                seen.add(entry.record)
                sighting = self.see(entry.record)
                if sighting:
                    yield sighting

    def is_shown(self, entry: Entry) -> bool:
        """Whether an own change still lies on top of the stored row."""
        if entry.outcome is None:
            return True
        code = self.outcome_of(entry).code
        if code is OutcomeCode.REFUSED:
            return False
        if code is OutcomeCode.PARKED:
            return True
        return not has_come_back(entry.outcome, entry.record, self._bucket_of(entry.outcome))

    def _bucket_of(self, outcome: Outcome) -> BucketState | None:
        return self.store.bucket(outcome.at[0]) if outcome.at else None

    # What became of own work

    def outcome_of(self, entry: Entry) -> KnownOutcome:
        """The newest word: a record of kind `outcome` overrides the answer that first brought one."""
        assert entry.outcome is not None, "only a journal entry has an outcome"
        first = entry.outcome
        row = self.store.row(entry.id)
        if row is not None and row.kind == OUTCOME_KIND:
            return _outcome_in(row, entry.record)
        return KnownOutcome(
            change=entry.id,
            code=first.code,
            record=entry.record,
            reason=first.reason,
            conflict=first.conflict,
            detail=cast("dict[str, object]", first.detail),
        )

    def outcomes(self) -> list[KnownOutcome]:
        """Every own change that came out otherwise than as sent, or did once: what a person should look at."""
        known = {row.record: _outcome_in(row, "") for row in self.store.rows_of_kind(OUTCOME_KIND)}
        for entry in self.store.journal():
            if entry.outcome is None:
                continue
            outcome = self.outcome_of(entry)
            if outcome.code not in (OutcomeCode.APPLIED, OutcomeCode.MERGED):
                known[entry.id] = outcome
        return list(known.values())

    def unsent(self) -> Unsent:
        first = self.store.outbox(1)
        files = sum(file.delivery in (Delivery.WAITING, Delivery.SENT) for file in self.store.files())
        return Unsent(self.store.outbox_size(), first[0].captured if first else 0, files)

    def is_level(self) -> bool:
        """What "synced" on a screen means: nothing unsent, no file unstored, every sum the centre's."""
        unsent = self.unsent()
        return bool(self.store.standing().tag) and not unsent.changes and not unsent.files

    # Files

    def files_ready(self) -> list[FileToSend]:
        """Files whose bytes may go up now: the change that names them has gone before."""
        return [
            file
            for file in self.store.files()
            if file.delivery is Delivery.WAITING and not _in_outbox(self.store.entry(file.change))
        ]

    def release_file(self, file_id: str) -> None:
        """Frees the bytes of a file. Only once the centre holds them."""
        file = self.store.file(file_id)
        assert file is not None, "a file to release is a file held"
        assert file.delivery is Delivery.STORED, "a photo is kept until the centre has stored it"
        with self.store.transaction():
            self.store.drop_file_content(file_id)


def overlay(fields: dict[str, object], change: Change) -> None:
    """Puts one change on top of fields, the way its author meant it. The centre's merge is not repeated here."""
    fields.update(cast("dict[str, object]", change.set))
    for name, members in change.add.items():
        held = fields.get(name)
        kept = list(held) if isinstance(held, list) else []
        fields[name] = kept + [member for member in members if member not in kept]
    for name, members in change.remove.items():
        held = fields.get(name)
        if isinstance(held, list):
            fields[name] = [member for member in held if member not in members]


def has_come_back(outcome: Outcome, record: str, bucket: BucketState | None) -> bool:
    """Whether the stored rows already hold what the outcome tells of. `bucket` is the one of `outcome.at`."""
    if outcome.at is None or bucket is None:
        return True
    version = outcome.at[1]
    if bucket.version != version:
        return bucket.version > version
    return bucket.record == "" or bucket.record >= record


def _in_outbox(entry: Entry | None) -> bool:
    return entry is not None and entry.seq == 0


def _outcome_in(row: StoredRow, record: str) -> KnownOutcome:
    fields = read_fields(row.body)
    detail = fields.get("detail")
    return KnownOutcome(
        change=row.record,
        code=_code(fields.get("code")),
        record=str(fields.get("record", record)),
        reason=str(fields.get("reason") or ""),
        conflict=str(fields.get("conflict") or ""),
        detail=detail if isinstance(detail, dict) else {},
    )


def _code(value: object) -> OutcomeCode:
    """A code that only a newer centre knows is shown as waiting, never as done."""
    try:
        return OutcomeCode(str(value))
    except ValueError:
        return OutcomeCode.PARKED
