"""What an exchange held, and what its answer changed: values handed between the session and its steps."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from sync.core.changes import OutcomeCode
from sync.core.messages import Answer, Request
from sync.device.events import BucketReset, Event, OutcomesChanged, RowsChanged
from sync.device.state import Entry, Standing


@dataclass(frozen=True, slots=True)
class Sent:
    """What the request in flight held. `hashes` are the chain hashes after each of `entries`."""

    at: int
    chain_epoch: int
    first_seq: int
    prev_hash: bytes
    entries: tuple[Entry, ...] = ()
    hashes: tuple[bytes, ...] = ()
    tag: str = ""
    with_cursors: bool = False
    honours: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    brief: Request | None = None
    """The request, when it asked for an answer without what repeats it."""

    def completed(self, answer: Answer) -> Answer:
        """With what was left out."""
        asked = self.brief
        if asked is None:
            return answer
        stands = (answer.chain_epoch, answer.last_seq) == (asked.chain_epoch, asked.first_seq - 1)
        return msgspec.structs.replace(
            answer,
            epoch=answer.epoch or asked.epoch,
            ack=answer.ack or (asked.ack if stands and not answer.chain_hash else ""),
            chain_hash=answer.chain_hash or (asked.prev_hash if stands else ""),
        )

    @property
    def last_seq(self) -> int:
        return self.first_seq - 1 + len(self.entries)

    def hash_at(self, seq: int) -> bytes:
        return self.prev_hash if seq < self.first_seq else self.hashes[seq - self.first_seq]


@dataclass(slots=True)
class Effect:
    """What one answer changed: for the session's next decision, and for whoever listens."""

    events: list[Event] = field(default_factory=list)
    progressed: bool = False
    level: bool = False
    durable_rose: bool = False
    resets: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    outcomes: list[tuple[str, OutcomeCode]] = field(default_factory=list)


def is_durable(entry: Entry, standing: Standing) -> bool:
    """In a verified backup at a second place. What an earlier chain left behind was durable when that chain ended."""
    return entry.seq > 0 and (entry.chain_epoch != standing.chain_epoch or entry.seq <= standing.durable_upto)


def with_events(effect: Effect) -> Effect:
    effect.events += [BucketReset(bucket, reason) for bucket, reason in effect.resets.items()]
    if effect.changed:
        effect.events.append(RowsChanged(tuple(dict.fromkeys(effect.changed))))
    if effect.outcomes:
        effect.events.append(OutcomesChanged(tuple(effect.outcomes)))
    return effect
