"""A centre in memory that keeps the rules of docs/protocol.md as a device meets them: chains, outcomes, buckets,
paging by rows, entitlement with generations, epochs, files. It merges nothing: the last change to arrive is applied.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from sync.core import chain
from sync.core.changes import Change, OutcomeCode
from sync.core.codec import ChangeLine, RequestMessage, encode_answer, encode_body, parse_request
from sync.core.ids import derived_id
from sync.core.messages import (
    Answer,
    Entitled,
    FileState,
    Outcome,
    Page,
    Reset,
    Row,
    Status,
    Target,
)


@dataclass
class Chain:
    lines: list[ChangeLine] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def hash_at(self, device: str, epoch: int, seq: int) -> bytes:
        return chain.extend_all(chain.genesis(device, epoch), 1, [line.hash for line in self.lines[:seq]])


@dataclass
class Bucket:
    generation: int = 1
    head: int = 0
    rows: dict[str, tuple[int, bytes | None]] = field(default_factory=dict)
    """Record → (version, body), or no body for an exit."""

    def puts(self) -> list[tuple[str, int, bytes]]:
        return [(record, version, body) for record, (version, body) in self.rows.items() if body is not None]

    def entitled(self, name: str) -> Entitled:
        puts = self.puts()
        return Entitled(name, self.generation, self.head, chain.sum_text(chain.bucket_sum(puts)), len(puts))


class FakeCentre:
    """Every change lands in `bucket_of[kind]`, by default one bucket."""

    def __init__(self, rows_per_page: int = 1_000) -> None:
        self.epoch = "e1"
        self.rows_per_page = rows_per_page
        self.chains: dict[tuple[str, int], Chain] = {}
        self.known: dict[str, tuple[bytes, Outcome]] = {}
        self.effects: dict[str, int] = {}
        self.buckets: dict[str, Bucket] = {"village:1": Bucket()}
        self.fields: dict[str, dict[str, object]] = {}
        self.revs: dict[str, int] = {}
        self.granted: list[str] = ["village:1"]
        self.stored_files: set[str] = set()
        self.durable = False
        self.revoked = False
        self.quarantine: list[bytes] = []
        self.evidence: list[bytes] = []
        self.honoured: dict[str, str] = {}
        self.refuse: set[str] = set()
        self.requests: list[RequestMessage] = []
        self.server_time = 1_800_000_000_000

    def backup(self) -> FakeCentre:
        return copy.deepcopy(self)

    def restore_as(self, epoch: str) -> None:
        self.epoch = epoch

    # What happens at the centre

    def put(self, record: str, fields: dict[str, object], *, kind: str = "note", bucket: str = "village:1") -> None:
        for name, other in self.buckets.items():
            if name != bucket and other.rows.get(record, (0, None))[1] is not None:
                other.head += 1
                other.rows[record] = (other.head, None)
        target = self.buckets[bucket]
        target.head += 1
        self.fields[record] = fields
        self.revs[record] = self.revs.get(record, 0) + 1
        target.rows[record] = (target.head, encode_body(kind, record, self.revs[record], fields))

    def _apply(self, change: Change, seq: int) -> Outcome:
        if change.id in self.refuse:
            return Outcome(seq=seq, id=change.id, code=OutcomeCode.REFUSED, reason="not_allowed")
        self.effects[change.id] = self.effects.get(change.id, 0) + 1
        self.put(change.record, {**self.fields.get(change.record, {}), **change.set}, kind=change.kind)
        at = ("village:1", self.buckets["village:1"].head)
        return Outcome(seq=seq, id=change.id, code=OutcomeCode.APPLIED, at=at, rev=self.revs[change.record])

    # The exchange

    def exchange(self, message: bytes) -> bytes:
        request = parse_request(message)
        self.requests.append(request)
        envelope = request.envelope
        self.server_time += 1_000
        if self.revoked:
            return self._quarantine(request)
        if envelope.epoch not in ("", self.epoch):
            restored = [Target(name, bucket.head) for name, bucket in self.buckets.items()]
            return self._answer(request, Status.EPOCH_CHANGED, restored=restored)
        status = self._check_chain(request)
        if status is Status.FORK:
            fresh = 1 + max([epoch for device, epoch in self.chains if device == envelope.device], default=0)
            fresh = max(fresh, envelope.chain_epoch + 1)
            self.chains[envelope.device, fresh] = Chain()
            return self._answer(request, status, chain_epoch=fresh)
        if status is Status.GAP:
            return self._answer(request, status)
        assert bool(request.evidence) == bool(envelope.evidence_signature), "what is shown is signed, and nothing else"
        self.evidence += request.evidence
        self.honoured |= {honour.record: honour.number for honour in envelope.honour}
        return self._read(request, self._decide(request))

    def _quarantine(self, request: RequestMessage) -> bytes:
        held, before = self._chain(request), request.envelope.first_seq - 1
        if self._check_chain(request) is Status.FORK:
            return self._answer(request, Status.REVOKED, chain_epoch=request.envelope.chain_epoch + 1)
        if before <= len(held.lines):
            new = request.changes[len(held.lines) - before :]
            held.lines += new
            self.quarantine += [line.line for line in new]
        return self._answer(request, Status.REVOKED)

    def _check_chain(self, request: RequestMessage) -> Status:
        envelope = request.envelope
        held = self._chain(request)
        if envelope.restart:
            return Status.FORK
        before = envelope.first_seq - 1
        if before > len(held.lines):
            return Status.GAP
        if before < len(held.lines) and not request.changes:
            return Status.FORK
        if chain.decode_hash(envelope.prev_hash) != held.hash_at(envelope.device, envelope.chain_epoch, before):
            return Status.FORK
        overlap = held.lines[before : before + len(request.changes)]
        same = all(a.hash == b.hash for a, b in zip(overlap, request.changes, strict=False))
        return Status.OK if same else Status.FORK

    def _decide(self, request: RequestMessage) -> list[Outcome]:
        held = self._chain(request)
        outcomes = []
        for seq, line in enumerate(request.changes, start=request.envelope.first_seq):
            if seq > len(held.lines):
                twin = None if line.change is None else self.known.get(line.change.id)
                if line.change is None:
                    name = derived_id("malformed", str(seq))
                    outcome = Outcome(seq=seq, id=name, code=OutcomeCode.REFUSED, reason="malformed")
                elif twin is None:
                    outcome = self._apply(line.change, seq)
                elif twin[0] == line.hash:
                    outcome = _with_seq(twin[1], seq)
                else:
                    outcome = Outcome(seq=seq, id=line.change.id, code=OutcomeCode.REFUSED, reason="id_reused")
                self.known.setdefault(outcome.id, (line.hash, outcome))
                held.lines.append(line)
                held.outcomes.append(outcome)
            outcomes.append(held.outcomes[seq - 1])
        return outcomes

    def _read(self, request: RequestMessage, outcomes: list[Outcome]) -> bytes:
        envelope = request.envelope
        entitled = [self.buckets[name].entitled(name) for name in self.granted]
        tag = chain.state_tag(
            self.epoch,
            [
                (e.bucket, e.generation, e.head, int.from_bytes(chain.decode_hash(e.sum), "big"), e.count)
                for e in entitled
            ],
        )
        files = {file: FileState.STORED if file in self.stored_files else FileState.MISSING for file in envelope.files}
        known: dict[str, Any] = {"outcomes": outcomes, "tag": tag, "files": files}
        if envelope.tag == tag:
            return self._answer(request, Status.OK, **known)
        if envelope.cursors is None:
            return self._answer(request, Status.OK, need_cursors=True, **known)
        target = {t.bucket: t.version for t in envelope.target or []} or {e.bucket: e.head for e in entitled}
        cursors = {cursor.bucket: cursor for cursor in envelope.cursors}
        pages, bodies, room, more = [], [], self.rows_per_page, False
        for e in entitled:
            cursor = cursors.get(e.bucket)
            after = (cursor.version, cursor.record) if cursor and cursor.generation == e.generation else (0, "")
            rows = sorted((v, r, b) for r, (v, b) in self.buckets[e.bucket].rows.items() if (v, r) > after)
            rows = [row for row in rows if row[0] <= target.get(e.bucket, 0)]
            taken, left = rows[:room], rows[room:]
            room -= len(taken)
            more = more or bool(left)
            upto = (target.get(e.bucket, 0), "~") if not left else (taken[-1][:2] if taken else after)
            if taken or upto > after:
                listed = [Row(r, v, b is None) for v, r, b in taken]
                pages.append(Page(bucket=e.bucket, generation=e.generation, rows=listed, upto=(upto[0], upto[1])))
                bodies += [b for _, _, b in taken if b is not None]
        resets = [Reset(name, "gone") for name in cursors if name not in self.granted]
        return self._answer(
            request,
            Status.OK,
            bodies,
            entitled=entitled,
            pages=pages,
            resets=resets,
            more=more,
            target=[Target(bucket, version) for bucket, version in target.items()],
            **known,
        )

    def _answer(
        self, request: RequestMessage, status: Status, bodies: list[bytes] | None = None, **known: object
    ) -> bytes:
        envelope = request.envelope
        chain_epoch = int(str(known.pop("chain_epoch", envelope.chain_epoch)))
        held = self.chains.get((envelope.device, chain_epoch), Chain())
        last_seq = len(held.lines)
        if status is Status.OK:
            last_seq = envelope.first_seq - 1 + len(request.changes)
        answer = Answer(
            protocol=1,
            status=status,
            epoch=self.epoch,
            server_time=self.server_time,
            chain_epoch=chain_epoch,
            last_seq=last_seq,
            chain_hash=chain.encode_hash(held.hash_at(envelope.device, chain_epoch, last_seq)),
            durable_upto=last_seq if self.durable else 0,
            ack=f"mac-{last_seq}",
            **known,  # type: ignore[arg-type]
        )
        return encode_answer(answer, bodies or [])

    def _chain(self, request: RequestMessage) -> Chain:
        return self.chains.setdefault((request.envelope.device, request.envelope.chain_epoch), Chain())


def _with_seq(outcome: Outcome, seq: int) -> Outcome:
    return Outcome(seq=seq, id=outcome.id, code=outcome.code, at=outcome.at, rev=outcome.rev, reason=outcome.reason)
