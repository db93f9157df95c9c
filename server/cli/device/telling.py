"""Owns how what happens during an exchange is told to the person who waits for it.

Law: an event describes what is already stored; one that is not told loses nothing.
"""

from __future__ import annotations

from collections import Counter

from server.cli.device.screen import Screen
from sync.device.events import (
    BadAnswer,
    BucketReset,
    EpochChanged,
    Event,
    FilesChanged,
    ForkHealed,
    GapFound,
    OutcomesChanged,
    Revoked,
    RowsChanged,
)


def tell_event(screen: Screen, event: Event) -> None:
    """One line, or none for what only a program cares about."""
    match event:
        case OutcomesChanged(outcomes):
            # A change that came out otherwise is told twice: in the answer, and as a record.
            latest = dict(outcomes)
            counted = Counter(latest.values())
            codes = "，".join(f"{screen.text(f'code_{code}')} {count}" for code, count in counted.items())
            screen.say("outcomes_came", count=len(latest), codes=codes)
        case RowsChanged(records):
            screen.say("rows_came", "dim", count=len(records))
        case FilesChanged(states):
            told = "，".join(sorted({state.value for _, state in states}))
            screen.say("files_came", count=len(states), states=told)
        case BucketReset(bucket, reason):
            screen.say("bucket_reset", "dim", bucket=bucket, reason=reason)
        case ForkHealed(_, resent):
            screen.say("fork_healed", "yellow", resent=resent)
        case GapFound(resent, _):
            screen.say("gap_found", "yellow", resent=resent)
        case EpochChanged(_, resent, _):
            screen.say("epoch_changed", "yellow", resent=resent)
        case BadAnswer():
            screen.say("bad_answer", "yellow")
        case Revoked(waiting):
            screen.say("revoked", "bold red", waiting=waiting)
        case _:
            return


def event_as_json(event: Event) -> dict[str, object]:
    """For a program that watches: the event's name and its parts."""
    parts = {name: getattr(event, name) for name in event.__dataclass_fields__}
    return {"event": type(event).__name__, **parts}
