"""What must be loaded before a batch can be decided, found in rounds: what was loaded tells what else is needed.

Everything parked behind the batch counts too: applying a change may release it in the same decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sync.central.known import Centre, Known, ParkedChange, Record, Wants
from sync.central.policies import Policies, Reading
from sync.core.changes import Change
from sync.core.codec import ChangeLine, parse_change_line


def first_wants(lines: Sequence[ChangeLine]) -> Wants:
    """What the lines name by themselves."""
    wants = Wants()
    for line in lines:
        if line.change is not None:
            _named(line.change, wants)
    return wants


def more_wants(
    lines: Sequence[ChangeLine], known: Known, policies: Policies, centre: Centre, honoured: Mapping[str, str]
) -> Wants:
    """Everything needed as far as `known` tells. Load what is `beyond(known)` and ask again until nothing is.

    `lines` are all that will be decided in one transaction: a change may point at a record that another one makes.
    """
    wants = first_wants(lines)
    changes = _with_parked([line.change for line in lines if line.change is not None], known, wants)
    batch: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        batch.setdefault((change.kind, change.record), []).append(change)
    reading = Reading(known=known, centre=centre, honoured=honoured, batch=batch)
    for change in changes:
        _of_policy(change, reading, policies, wants)
    return wants


def _with_parked(changes: Sequence[Change], known: Known, wants: Wants) -> list[Change]:
    """The changes and all that may be released by them."""
    found: dict[str, Change] = {}
    pending = list(reversed(changes))
    while pending:
        change = pending.pop()
        if change.id in found:
            continue
        found[change.id] = change
        _named(change, wants)
        for parked in _parked_behind(change, known):
            wants.records.add(("outcome", parked.known.id))
            released = parse_change_line(parked.line).change
            if released is not None:
                pending.append(released)
    return list(found.values())


def _named(change: Change, wants: Wants) -> None:
    wants.changes.add(change.id)
    wants.changes.update(change.needs)
    if change.base is not None and change.base.change:
        wants.changes.add(change.base.change)
    wants.records.add((change.kind, change.record))
    wants.waits.update((change.id, change.record))


def _of_policy(change: Change, reading: Reading, policies: Policies, wants: Wants) -> None:
    policy = policies.get(change.kind)
    if policy is None or not reading.known.has("records", (change.kind, change.record)):
        return
    before = reading.known.record(change.kind, change.record)
    if before is not None:
        _of_merge(change, before, reading.known, wants)
    try:
        more = policy.reads(change, reading)
    except Exception:
        return  # what settling then misses is named by NotLoaded; a fault in it parks that change alone
    for name in ("records", "changes", "keys", "past", "waits", "numbers"):
        getattr(wants, name).update(getattr(more, name))


def _of_merge(change: Change, before: Record, known: Known, wants: Wants) -> None:
    """The body its author saw, and who wrote since: a conflict names them."""
    base_rev = change.base.rev if change.base is not None else 0
    if change.base is not None and change.base.change and known.has("changes", change.base.change):
        own = known.change(change.base.change)
        base_rev = own.base_rev if own is not None else 0
    if 0 < base_rev < before.rev:
        wants.past.add((change.kind, change.record, base_rev))
    wants.changes.update(stamp.change for stamp in before.stamps.values() if stamp.rev > base_rev and stamp.change)


def _parked_behind(change: Change, known: Known) -> Iterable[ParkedChange]:
    for what in (change.id, change.record):
        if known.has("waits", what):
            yield from known.waiting_for(what)
