"""Decides what the centre makes of the changes a device sent. Pure: no await, no clock, no randomness.

    decide            the chain of the device, then its changes in order
    └── _Decision     one batch: collects the plan, on a layer of what is known
        ├── take      one new change: twin? understood? allowed? what does it need? merge, settle, write
        └── release   changes parked earlier that waited for what was just written

Laws: every line of a signed batch ends with one outcome and its bytes in the log. A change id has one effect.
Nothing is looked at that was not asked for (`wants.py`), so that the caller can lock exactly that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from sync.central.batch import Batch, check_chain
from sync.central.draft import Draft
from sync.central.fields import COMBINED, Contest, Merged, Seen, merge_fields
from sync.central.known import Author, Centre, ChainState, Known, KnownChange, NotLoaded, ParkedChange, Record
from sync.central.plan import LogEntry, Plan
from sync.central.policies import (
    Accept,
    ChangeRule,
    Park,
    Policies,
    RecordPolicy,
    Refuse,
    Situation,
    Verdict,
)
from sync.core.chain import encode_hash, extend_all
from sync.core.changes import Change, Fields, OutcomeCode
from sync.core.codec import ChangeLine, parse_change_line
from sync.core.ids import derived_id
from sync.core.messages import Status

FAULT_CHARACTERS_MAX = 200


def decide(
    batch: Batch,
    *,
    chain: ChainState | None,
    fresh_chain_epoch: int,
    stored: Mapping[int, KnownChange],
    known: Known,
    policies: Policies,
    centre: Centre,
) -> Plan:
    """The plan for one exchange.

    `chain` is what the centre holds of the batch's chain (None: nothing yet), `fresh_chain_epoch` one the device has
    never had, `stored` its logged changes by seq where the batch overlaps them. `known` gets what was decided, so give
    it a layer (`Known.layer`) and absorb or drop that.
    """
    chain = chain or ChainState.start(batch.author.device, batch.chain_epoch)
    status = check_chain(batch, chain, stored)
    if status is Status.FORK:
        return Plan(status=status, chain=ChainState.start(batch.author.device, fresh_chain_epoch))
    if status is Status.GAP:
        return Plan(status=status, chain=chain)
    decision = _Decision(batch, known, policies, centre)
    for seq, line in enumerate(batch.lines, start=batch.first_seq):
        if seq <= chain.last_seq:
            decision.repeat(stored[seq])
        else:
            decision.take(seq, line)
    decision.retry_waiting(batch.retries)
    reached = extend_all(batch.prev_hash, batch.first_seq, (line.hash for line in batch.lines))
    return decision.plan(ChainState(batch.chain_epoch, batch.last_seq, reached))


class _Decision:
    """Collects the plan of one batch on a layer of what is known."""

    def __init__(self, batch: Batch, known: Known, policies: Policies, centre: Centre) -> None:
        self.batch = batch
        self.known = known
        self.policies = policies
        self.centre = centre
        self.log: list[LogEntry] = []
        self.answered: list[KnownChange] = []
        self.released: dict[str, KnownChange] = {}
        self.rewaits: dict[str, frozenset[str]] = {}
        self.unasked: set[str] = set()
        self.draft = Draft(known, policies)

    def plan(self, chain: ChainState) -> Plan:
        return Plan(
            status=Status.OK,
            chain=chain,
            log=tuple(self.log),
            answered=tuple(self._as_it_is_now(one) for one in self.answered),
            released=tuple(self.released.values()),
            rewaits=self.rewaits,
            unasked=frozenset(self.unasked),
            records=self.draft.records,
            past=tuple(self.draft.past),
            keys=self.draft.keys,
            numbers=self.draft.numbers,
        )

    def _as_it_is_now(self, answered: KnownChange) -> KnownChange:
        """What was decided later in this batch counts, at the place where this request holds the change."""
        now = self.released.get(answered.id)
        if now is None or (now.hash, now.account) != (answered.hash, answered.account):
            return answered
        return replace(now, device=answered.device, chain_epoch=answered.chain_epoch, seq=answered.seq)

    def repeat(self, stored: KnownChange) -> None:
        """A change the centre has already: its outcome as it is now."""
        current = self.known.change(stored.id)
        same = current is not None and current.hash == stored.hash and current.account == stored.account
        self.answered.append(replace(current, seq=stored.seq) if current is not None and same else stored)

    def take(self, seq: int, line: ChangeLine) -> None:
        """Decide one new change and put it into the log, whatever becomes of it."""
        change = line.change
        if change is None:
            bare = self._bare(seq, line, derived_id("malformed", self.batch.identity, str(seq)), "", "", "")
            self._log(line, replace(bare, code=OutcomeCode.REFUSED, reason="malformed", detail={"fault": line.fault}))
            return
        bare = self._bare(seq, line, change.id, change.kind, change.name, change.record)
        twin = self.known.change(change.id)
        if twin is not None:
            self._take_twin(twin, bare, line)
            return
        verdict = self._before_merge(change, self.batch.author)
        decided, waits = self._decide(change, bare, self.batch.author, self.batch.identity, verdict)
        self._log(line, decided, waits=waits)
        self.known.changes[change.id] = decided
        if decided.code is OutcomeCode.PARKED:
            parked = ParkedChange(known=decided, line=line.line, author=self.batch.author)
            for what in waits:
                self.known.waits[what] = (*self._waiting(what), parked)
        elif decided.code.has_effect:
            self._release(decided)

    def _take_twin(self, twin: KnownChange, bare: KnownChange, line: ChangeLine) -> None:
        """The id is known. The same content by the same person is the same change; anything else is kept beside it."""
        if twin.hash == bare.hash and twin.account == bare.account:
            decided = replace(twin, device=bare.device, chain_epoch=bare.chain_epoch, seq=bare.seq)
        else:
            decided = replace(bare, code=OutcomeCode.REFUSED, reason="id_reused")
        self._log(line, decided, reused=True)

    def _bare(self, seq: int, line: ChangeLine, change: str, kind: str, name: str, record: str) -> KnownChange:
        return KnownChange(
            id=change,
            account=self.batch.author.account,
            device=self.batch.author.device,
            chain_epoch=self.batch.chain_epoch,
            seq=seq,
            hash=line.hash,
            kind=kind,
            name=name,
            record=record,
            received_at=self.centre.now,
            code=OutcomeCode.REFUSED,
        )

    def _log(
        self, line: ChangeLine, decided: KnownChange, *, waits: frozenset[str] = frozenset(), reused: bool = False
    ) -> None:
        author = self.batch.author
        captured = line.change.captured.wall if line.change is not None else 0
        entry = LogEntry(
            change=decided,
            line=line.line,
            name=decided.name,
            author=author,
            carrier=self.batch.carrier,
            received_at=self.centre.now,
            captured_wall=captured,
            bucket=decided.bucket if decided.code.has_effect and not reused else author.person,
            waits=waits,
            reused=reused,
        )
        self.log.append(entry)
        self.answered.append(decided)
        if reused and decided.code is OutcomeCode.REFUSED:
            self.draft.tell(decided, record=derived_id("outcome", self.batch.identity, str(decided.seq)))
        elif not reused and decided.code not in (OutcomeCode.APPLIED, OutcomeCode.MERGED):
            self.draft.tell(decided)

    # -- before the merge: is it understood, allowed, and is what it needs there? ---------------------------------

    def _before_merge(self, change: Change, author: Author) -> Refuse | Park | Change:
        """The change in its newest version, or why it goes no further."""
        if author.revoked:
            return Park(reason="device_revoked")
        policy = self.policies.get(change.kind)
        rule = policy.changes.get(change.name) if policy is not None else None
        if policy is None or rule is None:
            return Park(reason="unknown_change")
        if change.version > rule.version:
            return Park(reason="newer_client")
        change = lift(change, rule)
        if author.role not in rule.roles:
            return Refuse(reason="not_yours")
        if rule.computed is not None and not author.computes:
            return rule.computed
        if not policy.computed.isdisjoint(change.set) or not policy.computed.isdisjoint({*change.add, *change.remove}):
            return Refuse(reason="computed_field", detail={"fields": sorted(change.touched & policy.computed)})
        missing = self._missing(change)
        if missing:
            return Park(reason="waits_for_change", waits=missing)
        before = self.known.record(change.kind, change.record)
        if before is None:
            return self._before_creation(change, rule)
        return self._before_update(change, author, policy, rule, before)

    def _missing(self, change: Change) -> frozenset[str]:
        """The changes it needs that have had no effect."""
        if not change.needs and change.base is None:
            return frozenset()
        needed = {*change.needs, *((change.base.change,) if change.base is not None and change.base.change else ())}
        found = {one: self.known.change(one) for one in needed}
        return frozenset(one for one, known in found.items() if known is None or not known.code.has_effect)

    def _before_creation(self, change: Change, rule: ChangeRule) -> Refuse | Park | Change:
        """A device knows its rows by record id alone: two kinds under one id would never agree with the centre."""
        if change.base is not None or not rule.creates:
            return Park(reason="record_unknown", waits=frozenset({change.record}))
        if self.known.kinds_of(change.record) - {change.kind}:
            return Refuse(reason="id_of_another_kind")
        return change

    def _before_update(
        self, change: Change, author: Author, policy: RecordPolicy, rule: ChangeRule, before: Record
    ) -> Refuse | Park | Change:
        if not author.may_write(before.bucket, self.centre.now):
            # Foreign and absent look the same, unless the author once had the bucket.
            known_to_author = before.bucket in author.grants
            if known_to_author:
                return Refuse(reason="moved_away")
            return Park(reason="record_unknown", waits=frozenset({change.record}))
        if change.base is None and not (rule.creates and policy.natural):
            return Refuse(reason="record_exists")
        if change.base is not None and not rule.updates:
            return Refuse(reason="not_changeable")
        return change

    # -- the merge and what the kind makes of it ---------------------------------------------------------------------

    def _decide(
        self, original: Change, bare: KnownChange, author: Author, identity: str, ready: Refuse | Park | Change
    ) -> tuple[KnownChange, frozenset[str]]:
        """The change with its outcome, and what it waits for."""
        if isinstance(ready, Refuse):
            return replace(bare, code=OutcomeCode.REFUSED, reason=ready.reason, detail=ready.detail), frozenset()
        if isinstance(ready, Park):
            return replace(bare, code=OutcomeCode.PARKED, reason=ready.reason), ready.waits
        policy = self.policies[ready.kind]
        before = self.known.record(ready.kind, ready.record)
        seen = self._seen(ready, before, identity)
        bare = replace(bare, base_rev=seen.rev) if seen.rev else bare
        try:
            merged = merge_fields(policy, before, ready, seen)
            bucket = policy.bucket(merged.fields)
        except (ValueError, KeyError) as fault:
            return replace(
                bare, code=OutcomeCode.REFUSED, reason="malformed", detail={"fault": str(fault)}
            ), frozenset()
        if not author.may_write(bucket, self.centre.now):
            return replace(bare, code=OutcomeCode.REFUSED, reason="not_yours"), frozenset()
        if author.at_desk and merged.contests:
            told: Fields = {"fields": sorted(merged.contests)}
            return replace(bare, code=OutcomeCode.REFUSED, reason="changed_meanwhile", detail=told), frozenset()
        verdict = self._settle(
            policy,
            Situation(
                change=ready,
                author=author,
                before=before,
                fields=merged.fields,
                known=self.known,
                centre=self.centre,
                honoured=self.batch.honoured,
            ),
        )
        return self._conclude(ready, bare, author, identity, policy, before, merged, verdict)

    @staticmethod
    def _settle(policy: RecordPolicy, situation: Situation) -> Verdict:
        """A fault in a kind's own rules parks the change for the operator: were it to fail the batch, the phone would
        send the same batch for ever and everything behind it would wait."""
        try:
            return policy.settle(situation)
        except NotLoaded:
            raise
        except Exception as fault:
            return Park(reason="centre_fault", fault=f"{type(fault).__name__}: {fault}"[:FAULT_CHARACTERS_MAX])

    def _conclude(
        self,
        change: Change,
        bare: KnownChange,
        author: Author,
        identity: str,
        policy: RecordPolicy,
        before: Record | None,
        merged: Merged,
        verdict: Verdict,
    ) -> tuple[KnownChange, frozenset[str]]:
        match verdict:
            case Accept():
                return self._apply(bare, identity, policy, before, merged, verdict), frozenset()
            case Park():
                detail: Fields = {"fault": verdict.fault} if verdict.fault else {}
                return replace(bare, code=OutcomeCode.PARKED, reason=verdict.reason, detail=detail), verdict.waits
            case Refuse() if verdict.illegal and merged.concurrent and before is not None and not author.at_desk:
                mine = {name: merged.fields.get(name) for name in change.touched} | change.set
                everything = {name: Contest(None, value, before.fields.get(name)) for name, value in mine.items()}
                return self.draft.open_conflict(
                    bare, before, {**everything, **merged.contests}, verdict.detail
                ), frozenset()
            case Refuse():
                code = OutcomeCode.REFUSED
                return replace(bare, code=code, reason=verdict.reason, detail=verdict.detail), frozenset()

    def _apply(
        self,
        bare: KnownChange,
        identity: str,
        policy: RecordPolicy,
        before: Record | None,
        merged: Merged,
        accept: Accept,
    ) -> KnownChange:
        fields = {**merged.fields, **accept.computed}
        stamps = dict.fromkeys(merged.written | merged.confirmed, (identity, bare.id))
        stamps |= dict.fromkeys(merged.combined, (COMBINED, bare.id)) | dict.fromkeys(accept.computed, ("", bare.id))
        record = self.draft.write(
            policy, bare.record, fields, stamps, before, accept.keys, again=bool(merged.confirmed)
        )
        if accept.took_number:
            self.draft.take_number(accept.took_number)
        for kind, target, values in accept.writes:
            self.draft.write_aside(kind, target, values, identity, bare.id)
        for one in accept.beside:
            self.draft.put(one)
        for change, code in accept.resolves.items():
            self._resolve(change, code, bare)
        if merged.contests:
            landed = replace(bare, bucket=record.bucket, version=record.version, rev=record.rev)
            return self.draft.open_conflict(landed, record, merged.contests, {})
        adapted = bool(merged.kept or merged.combined) or merged.concurrent
        code = accept.code or (OutcomeCode.MERGED if adapted else OutcomeCode.APPLIED)
        detail: Fields = dict(accept.detail)
        if merged.kept:
            detail["kept"] = sorted(merged.kept)
        return replace(
            bare,
            bucket=record.bucket,
            version=record.version,
            rev=record.rev,
            code=code,
            reason=accept.reason,
            detail=detail,
        )

    def _seen(self, change: Change, before: Record | None, identity: str) -> Seen:
        """What the author had before their eyes when they made the change."""
        base = change.base
        if base is None or before is None:
            return Seen(0, identity, "", None)
        if base.change:
            own = self.known.change(base.change)
            assert own is not None, "a change that builds on an unknown one is parked before this"
            rev = min(own.base_rev, before.rev)
            return Seen(rev, identity, base.change, self.known.body_at(before, rev) if rev else None)
        body = self.known.body_at(before, base.rev) if base.rev <= before.rev else None
        if body is None or encode_hash(body.hash) != base.hash:
            return Seen(0, identity, "", None, forgotten=True)
        return Seen(base.rev, identity, "", body)

    # -- changes parked earlier, and earlier outcomes that change ----------------------------------------------------

    def _resolve(self, change: str, code: OutcomeCode, by: KnownChange) -> None:
        """An earlier change has another outcome now; its author hears."""
        earlier = self.known.change(change)
        if earlier is None:
            return
        landed = replace(earlier, code=code, reason="decided", detail={"decided_by": by.account})
        self.released[change] = self.known.changes[change] = landed
        self.draft.tell(landed)

    def _waiting(self, what: str) -> tuple[ParkedChange, ...]:
        return self.known.asked_waiting_for(what) or ()

    def _release(self, done: KnownChange) -> None:
        """Try again what waited for this change, its record or what merge put beside it; that may release more."""
        pending = [done]
        while pending:
            current = pending.pop(0)
            waiting: list[ParkedChange] = []
            born, self.draft.born = self.draft.born, []
            for one in (current.id, current.record, *born):
                known = self.known.asked_waiting_for(one)
                if known is None:
                    # Almost never does anything wait for these: whoever saves the plan asks once for all of them.
                    self.unasked.add(one)
                else:
                    waiting += known
            for parked in waiting:
                decided = self._retry(parked)
                if decided is not None:
                    pending.append(decided)

    def retry_waiting(self, what: Iterable[str]) -> None:
        """Try again what waits for these: a record became its author's to write although nobody wrote it."""
        for one in sorted(what):
            for parked in self._waiting(one):
                decided = self._retry(parked)
                if decided is not None:
                    self._release(decided)

    def _retry(self, parked: ParkedChange) -> KnownChange | None:
        """The change if it has an effect now."""
        stands = self.known.change(parked.known.id) if self.known.has("changes", parked.known.id) else parked.known
        if stands is None or stands.code is not OutcomeCode.PARKED:
            return None
        change = parse_change_line(parked.line).change
        assert change is not None, "only a change that parsed can be parked to wait"
        bare = replace(stands, code=OutcomeCode.REFUSED, reason="", detail={})
        identity = f"{stands.device}/{stands.chain_epoch}"
        ready = self._before_merge(change, parked.author)
        decided, waits = self._decide(change, bare, parked.author, identity, ready)
        if decided.code is OutcomeCode.PARKED:
            self.rewaits[decided.id] = waits
            again = replace(parked, known=decided)
            for what in waits:
                self.known.waits[what] = (*(one for one in self._waiting(what) if one.known.id != decided.id), again)
            self.known.changes[decided.id] = decided
            return None
        self.rewaits.pop(decided.id, None)
        self.known.record("outcome", decided.id)  # told of before, as parked: this is its next rev
        self.released[decided.id] = self.known.changes[decided.id] = decided
        self.draft.tell(decided)
        return decided if decided.code.has_effect else None


def lift(change: Change, rule: ChangeRule) -> Change:
    """An old version of a change as the newest one; what the device sent stays as it is in the log."""
    while change.version < rule.version:
        change = rule.lifts[change.version](change)
    return change
