"""What a session tells whoever holds it. Events describe what is already stored; losing one loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sync.core.changes import OutcomeCode
from sync.core.messages import FileState


@dataclass(frozen=True, slots=True)
class Level:
    """Nothing unsent, every bucket at the centre's head with the centre's sum. The only ground for "synced"."""

    tag: str


@dataclass(frozen=True, slots=True)
class RowsChanged:
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutcomesChanged:
    outcomes: tuple[tuple[str, OutcomeCode], ...]


@dataclass(frozen=True, slots=True)
class FilesChanged:
    states: tuple[tuple[str, FileState], ...]


@dataclass(frozen=True, slots=True)
class BucketReset:
    """Rows were forgotten and are read again. `reason` is gone, generation, sum or epoch."""

    bucket: str
    reason: str


@dataclass(frozen=True, slots=True)
class ForkHealed:
    """This device has a new chain; `resent` changes go into it."""

    chain_epoch: int
    resent: int


@dataclass(frozen=True, slots=True)
class GapFound:
    """The centre lacked acknowledged changes; `resent` of them go up again, or a new chain is asked for."""

    resent: int
    restart: bool


@dataclass(frozen=True, slots=True)
class EpochChanged:
    """The centre was restored from a backup; what it lacks is sent again."""

    epoch: str
    resent: int
    evidence: int


@dataclass(frozen=True, slots=True)
class UpgradeRequired:
    """The outbox stays and can be exported."""

    min_app: int


@dataclass(frozen=True, slots=True)
class Revoked:
    """Rows are gone already; what is unsent is being deposited."""

    waiting: int


@dataclass(frozen=True, slots=True)
class WipeNow:
    """Everything unsent lies in quarantine at the centre: delete the store and its keys."""


@dataclass(frozen=True, slots=True)
class NeedToken:
    """The access token was not accepted, or ends within `expires_in` seconds."""

    expires_in: int


@dataclass(frozen=True, slots=True)
class BadAnswer:
    """What came back was no answer of this protocol: a login page, a cut body, another centre."""

    detail: str


@dataclass(frozen=True, slots=True)
class AnswerNotSaved:
    """The disk would not take an answer. Nothing of it counts; it is asked for again."""

    detail: str


Event: TypeAlias = (
    Level
    | RowsChanged
    | OutcomesChanged
    | FilesChanged
    | BucketReset
    | ForkHealed
    | GapFound
    | EpochChanged
    | UpgradeRequired
    | Revoked
    | WipeNow
    | NeedToken
    | BadAnswer
    | AnswerNotSaved
)
