"""A whole centre in a few dictionaries, to drive merge with: loads what is asked for, decides, saves, keeps sums."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.merge_policies import policies_of
from sync.central.batch import Batch
from sync.central.known import (
    Author,
    Centre,
    ChainState,
    Known,
    KnownChange,
    NotLoaded,
    ParkedChange,
    PastBody,
    Record,
    Wants,
)
from sync.central.merge import decide
from sync.central.plan import Head, Plan, Save, finish
from sync.central.wants import first_wants, more_wants
from sync.core.chain import encode_hash, genesis
from sync.core.changes import Base, Captured, Change
from sync.core.codec import ChangeLine, encode_change, parse_change_line
from sync.core.ids import derived_id

NOW = 1_795_000_000_000  # 2026-11-18
VILLAGE = "341802100201"
OTHER_VILLAGE = "341802100202"
_ids = itertools.count(1)


def fresh_id() -> str:
    return f"{next(_ids):032x}"


@dataclass
class CentreInMemory:
    epoch: str = "e1"
    block: int = 0
    now: int = NOW
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    log: dict[str, KnownChange] = field(default_factory=dict)
    lines: dict[str, tuple[bytes, Author]] = field(default_factory=dict)
    by_seq: dict[tuple[str, int, int], KnownChange] = field(default_factory=dict)
    waits: dict[str, frozenset[str]] = field(default_factory=dict)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    past: dict[tuple[str, str, int], PastBody] = field(default_factory=dict)
    chains: dict[tuple[str, int], ChainState] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    policies: Any = field(default_factory=lambda: policies_of(lambda text: f"ix{text}"))

    def seed(self, kind: str, record: str, fields: Mapping[str, Any], bucket: str) -> Record:
        """A record that is simply there."""
        from sync.core.codec import encode_body

        made = Record(kind, record, 1, bucket, 1, encode_body(kind, record, 1, dict(fields)), {})
        self.records[kind, record] = made
        return made

    def load(self, wants: Wants) -> Known:
        return Known(
            records={key: self.records.get(key) for key in wants.records},
            changes={one: self.log.get(one) for one in wants.changes},
            keys={key: self.keys.get(key, (None, None))[1] for key in wants.keys},
            past={key: self.past.get(key) for key in wants.past},
            waits={what: self._parked_behind(what) for what in wants.waits},
            kinds={one: frozenset(kind for kind, record in self.records if record == one) for one in wants.kinds},
            numbers={series: range(self.numbers.get(series, 0), 100_000) for series in wants.numbers},
        )

    def _parked_behind(self, what: str) -> tuple[ParkedChange, ...]:
        return tuple(
            ParkedChange(known=self.log[change], line=self.lines[change][0], author=self.lines[change][1])
            for change, waits in self.waits.items()
            if what in waits
        )

    def exchange(self, batch: Batch) -> tuple[Plan, Save]:
        centre = Centre(epoch=self.epoch, epoch_block=self.block, now=self.now)
        known = self.load(first_wants(batch.lines))
        while missing := more_wants(batch.lines, known, self.policies, centre, batch.honoured).beyond(known):
            known.absorb(self.load(missing))
        stored = {
            seq: self.by_seq[batch.author.device, batch.chain_epoch, seq]
            for seq in range(batch.first_seq, batch.last_seq + 1)
            if (batch.author.device, batch.chain_epoch, seq) in self.by_seq
        }
        chain = self.chains.get((batch.author.device, batch.chain_epoch))
        fresh = max((epoch for device, epoch in self.chains if device == batch.author.device), default=1) + 1
        while True:
            try:
                plan = decide(
                    batch,
                    chain=chain,
                    fresh_chain_epoch=fresh,
                    stored=stored,
                    known=known.layer(),
                    policies=self.policies,
                    centre=centre,
                )
                unasked = Wants(waits=set(plan.unasked)).beyond(known)
                known.absorb(self.load(unasked))
                if not any(known.waiting_for(one) for one in unasked.waits):
                    break
            except NotLoaded as missing_yet:
                known.absorb(self.load(missing_yet.wants))
        save = finish([plan], self.records, self.heads, itertools.repeat(b"salt"))
        self._apply(batch, plan, save)
        return plan, save

    def _apply(self, batch: Batch, plan: Plan, save: Save) -> None:
        for series, taken in plan.numbers.items():
            self.numbers[series] = self.numbers.get(series, 0) + taken
        self.heads.update(save.heads)
        self.records.update({(one.kind, one.id): one for one in save.records})
        self.past.update({(kind, record, body.rev): body for kind, record, body in save.past})
        for key, holder in save.keys.items():
            if holder is None:
                del self.keys[key]
            else:
                self.keys[key] = holder
        for chained in save.log:
            entry = chained.entry
            if not entry.reused:
                self.log[entry.change.id] = entry.change
                self.lines[entry.change.id] = (entry.line, entry.author)
                if entry.waits:
                    self.waits[entry.change.id] = entry.waits
            self.by_seq[entry.change.device, entry.change.chain_epoch, entry.change.seq] = entry.change
        for released in save.released:
            self.log[released.id] = released
            self.waits.pop(released.id, None)
        for change, waits in save.rewaits.items():
            self.waits[change] = waits
        if plan.chain_to_save is not None:
            self.chains[batch.author.device, plan.chain.epoch] = plan.chain_to_save

    def fields(self, kind: str, record: str) -> dict[str, Any]:
        return self.records[kind, record].fields


@dataclass
class Phone:
    """A device as merge sees it: numbers its changes and sends them."""

    centre: CentreInMemory
    account: str
    role: str = "helper"
    buckets: tuple[str, ...] = (f"place:{VILLAGE}",)
    device: str = ""
    chain_epoch: int = 1
    seq: int = 0
    hash: bytes = b""
    computes: bool = False

    def __post_init__(self) -> None:
        self.device = self.device or derived_id("device", self.account)
        self.hash = self.hash or genesis(self.device, self.chain_epoch)

    @property
    def author(self) -> Author:
        grants = dict.fromkeys((*self.buckets, f"person:{self.account}"), 0)
        return Author(account=self.account, device=self.device, role=self.role, grants=grants, computes=self.computes)

    def change(self, kind: str, name: str, record: str = "", **more: Any) -> Change:
        captured = Captured(wall=more.pop("wall", self.centre.now))
        return Change(
            id=more.pop("id", "") or fresh_id(),
            kind=kind,
            record=record or fresh_id(),
            name=name,
            captured=captured,
            **more,
        )

    def batch(self, *changes: Change | bytes, **more: Any) -> Batch:
        lines = [parse_change_line(one if isinstance(one, bytes) else encode_change(one)) for one in changes]
        made = Batch(
            author=self.author,
            carrier=self.device,
            chain_epoch=self.chain_epoch,
            first_seq=self.seq + 1,
            prev_hash=self.hash,
            lines=lines,
        )
        return replace(made, **more)

    def send(self, *changes: Change | bytes, **more: Any) -> list[KnownChange]:
        plan, save = self.centre.exchange(self.batch(*changes, **more))
        assert plan.status == "ok", plan.status
        self.seq, self.hash = plan.chain.last_seq, plan.chain.hash
        return [save.landed(one) for one in plan.answered]

    def seen(self, kind: str, record: str) -> Base:
        """The base of a change made on what the centre holds now."""
        held = self.centre.records[kind, record]
        return Base(epoch=self.centre.epoch, rev=held.rev, hash=encode_hash(held.hash))


def line_of(change: Change) -> ChangeLine:
    return parse_change_line(encode_change(change))
