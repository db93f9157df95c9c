"""What one decision writes, collected: records in their next rev, what they were, keys, numbers, conflicts, outcomes.

Everything written is known at once to what is decided after it in the same batch.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from msgspec.structs import replace

from sync.central.fields import Contest
from sync.central.known import Known, KnownChange, PastBody, Record, Stamp
from sync.central.policies import NewRecord, Policies, RecordPolicy
from sync.core.changes import Fields, OutcomeCode
from sync.core.codec import encode_body
from sync.core.ids import derived_id


class Draft:
    """The records of a plan in the making, on a layer of what is known."""

    def __init__(self, known: Known, policies: Policies) -> None:
        self.known = known
        self.policies = policies
        self.records: dict[tuple[str, str], Record] = {}
        self.past: list[tuple[str, str, PastBody]] = []
        self.keys: dict[str, tuple[str, str] | None] = {}
        self.numbers: dict[str, int] = {}
        self.born: list[str] = []
        """Records put for the first time or written aside, for which a change may be waiting."""

    def write(
        self,
        policy: RecordPolicy,
        record: str,
        fields: Fields,
        stamps: Mapping[str, tuple[str, str]],
        before: Record | None,
        keys: frozenset[str],
        *,
        again: bool = False,
    ) -> Record:
        """The record in its next rev; the same record when nothing differs, unless it is to be stamped `again`."""
        if before is not None and fields == before.fields and keys == before.keys and not again:
            return before
        rev = before.rev + 1 if before is not None else 1
        made = {by: Stamp(rev, *by) for by in set(stamps.values())}
        all_stamps = {name: made[by] for name, by in stamps.items()}
        if before is not None:
            all_stamps = {**before.stamps, **all_stamps}
        written = Record(
            policy.kind,
            record,
            rev,
            policy.bucket(fields),
            0,
            encode_body(policy.kind, record, rev, fields),
            all_stamps,
            keys,
        )
        if before is not None:
            self._keep_past(before)
        else:
            self.known.note_kind(policy.kind, record)
        held = before.keys if before is not None else frozenset()
        for key in held - keys:
            if self.known.keys.get(key) not in (None, record):
                continue  # another record took it in this decision
            self.keys[key] = None
            self.known.keys[key] = None
        for key in keys - held:
            self.keys[key] = (policy.kind, record)
            self.known.keys[key] = record
        self.records[policy.kind, record] = written
        self.known.records[policy.kind, record] = written
        return written

    def write_aside(self, kind: str, record: str, values: Fields, identity: str, change: str) -> None:
        """Set fields of another record in the same decision. A natural key that the change took, it holds no more."""
        before = self.known.record(kind, record)
        assert before is not None, f"{kind} {record} is written aside but is not there"
        stamps = dict.fromkeys(values, (identity, change))
        held = frozenset(key for key in before.keys if self.keys.get(key, (kind, record)) in ((kind, record), None))
        self.write(self.policies[kind], record, {**before.fields, **values}, stamps, before, held)
        self.born.append(record)  # somebody may have waited for it to lie where it now does

    def put(self, new: NewRecord) -> None:
        """A record of the centre's own, in its next rev if it is there already."""
        key = (new.kind, new.id)
        before = self.known.record(*key) if self.known.has("records", key) else None
        rev = before.rev + 1 if before is not None else 1
        body = encode_body(new.kind, new.id, rev, dict(new.fields))
        if before is not None:
            self._keep_past(before)
        else:
            self.known.note_kind(new.kind, new.id)
            if new.kind in self.policies and self.policies[new.kind].changes:
                self.born.append(new.id)
        self.records[key] = self.known.records[key] = Record(new.kind, new.id, rev, new.bucket, 0, body, {})

    def _keep_past(self, before: Record) -> None:
        """Known at once: who is decided next in this transaction may have seen it, and storage lacks it still."""
        body = PastBody(before.rev, before.hash, before.body)
        self.past.append((before.kind, before.id, body))
        self.known.past[before.kind, before.id, before.rev] = body

    def take_number(self, series: str) -> None:
        self.known.numbers[series] = self.known.reserved(series)[1:]
        self.numbers[series] = self.numbers.get(series, 0) + 1

    def open_conflict(
        self, bare: KnownChange, record: Record, contests: Mapping[str, Contest], detail: Fields
    ) -> KnownChange:
        """Open a conflict: what both had seen, mine, theirs; who and when. The others hear of it by a notice."""
        conflict = derived_id("conflict", bare.id)
        others = self._others(record, contests.keys(), bare.account)
        fields: Fields = {
            "kind": record.kind,
            "record": record.id,
            "rev": record.rev,
            "change": bare.id,
            "state": "open",
            "fields": sorted(contests),
            "authors": [bare.account, *(account for account, _ in others)],
            "base": {name: one.base for name, one in contests.items()},
            "mine": {name: one.mine for name, one in contests.items()},
            "theirs": {name: one.theirs for name, one in contests.items()},
            "mine_by": bare.account,
            "mine_at": bare.received_at,
            "theirs_by": [account for account, _ in others],
            "theirs_at": max((at for _, at in others), default=0),
            "bucket": record.bucket,
            **({"problems": detail} if detail else {}),
        }
        self.put(NewRecord(kind="conflict", id=conflict, bucket=record.bucket, fields=fields))
        for account, _ in others:
            about: Fields = {"about": conflict, "code": "conflict_opened", "to": account, "at": bare.received_at}
            about |= {"kind": record.kind, "fields": sorted(contests)}
            told = self.policies["notice"].worded(about) if "notice" in self.policies else about
            notice = derived_id("notice", conflict, account)
            self.put(NewRecord(kind="notice", id=notice, bucket=f"person:{account}", fields=told))
        return replace(
            bare,
            code=OutcomeCode.CONFLICT,
            bucket=record.bucket,
            version=record.version,
            rev=record.rev,
            conflict=conflict,
            detail={"fields": sorted(contests)},
        )

    def _others(self, record: Record, names: Container[str], account: str) -> list[tuple[str, int]]:
        """The other people who set these fields: (account, when it came)."""
        found: dict[str, int] = {}
        for name, stamp in record.stamps.items():
            if name in names and self.known.has("changes", stamp.change):
                change = self.known.change(stamp.change)
                if change is not None and change.account != account:
                    found[change.account] = max(found.get(change.account, 0), change.received_at)
        return sorted(found.items())

    def tell(self, decided: KnownChange, record: str = "") -> None:
        """Put an outcome into the author's own bucket, where all of that person's devices read it."""
        fields: Fields = {
            "change": decided.id,
            "code": decided.code.value,
            "kind": decided.kind,
            "name": decided.name,
            "record": decided.record,
            "reason": decided.reason,
            "conflict": decided.conflict,
            "detail": decided.detail,
        }
        new = NewRecord(kind="outcome", id=record or decided.id, bucket=f"person:{decided.account}", fields=fields)
        self.put(new)
