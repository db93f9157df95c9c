"""What must be loaded before a batch can be decided, found in rounds: what was loaded tells what else is needed.

Everything parked behind the batch counts too: applying a change may release it in the same decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sync.central.known import Centre, Known, ParkedChange, Record, Wants
from sync.central.policies import Policies, Reading
from sync.core.chain import encode_hash
from sync.core.changes import Change
from sync.core.codec import ChangeLine, parse_change_line
from sync.core.ids import derived_id


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
    """Everything named, and what is needed beyond `known` as far as that tells: one round of `Foresight`."""
    return first_wants(lines) | Foresight(lines, policies, centre, honoured).wants(known)


class Foresight:
    """Finds in rounds what a transaction must know. Load what `wants` gives and ask again until it gives nothing.

    `lines` are all that will be decided in one transaction: a change may point at a record that another one makes.
    A change whose reads are all known has nothing more to ask, and is not asked again unless the batch grows. Nor is
    one that creates a record when nothing that it asked for is there: a policy cannot tell the absent from the unknown.
    """

    def __init__(
        self, lines: Sequence[ChangeLine], policies: Policies, centre: Centre, honoured: Mapping[str, str]
    ) -> None:
        self._policies = policies
        self._centre = centre
        self._honoured = honoured
        self._unasked = Wants()
        self._changes: dict[str, Change] = {}
        self._batch: dict[tuple[str, str], list[Change]] = {}
        self._asking: list[tuple[Change, Wants | None]] = []
        """Who may have more to ask, and what it lacked when it was asked last; None: it was not asked."""
        self._unlooked: list[Change] = []
        self._retried: set[str] = set()
        for line in lines:
            if line.change is not None:
                self._take(line.change)

    def retry(self, what: Iterable[str]) -> None:
        """What waits for these is decided again as well."""
        self._retried.update(what)
        self._unasked.waits.update(self._retried)

    def wants(self, known: Known) -> Wants:
        """What is needed beyond `known`, as far as it tells."""
        self._look_behind(known)
        wants, self._unasked = self._unasked.beyond(known), Wants()
        reading = Reading(known=known, centre=self._centre, honoured=self._honoured, batch=self._batch)
        asking, self._asking = self._asking, []
        for change, lacked in asking:
            if lacked is None or _learnt(change, lacked, reading):
                self._ask(change, reading, wants)
        return wants

    def _take(self, change: Change) -> bool:
        """Whether this change is new to the batch."""
        if change.id in self._changes:
            return False
        self._changes[change.id] = change
        self._batch.setdefault((change.kind, change.record), []).append(change)
        self._asking.append((change, None))
        self._unlooked.append(change)
        _named(change, self._unasked)
        if change.base is None:
            # No other kind may have a record under the id that this one creates.
            self._unasked.kinds.add(change.record)
        return True

    def _look_behind(self, known: Known) -> None:
        """The changes parked behind the batch join it; then everybody is asked again."""
        grew = self._join(parked for what in self._told_of_retries(known) for parked in known.waiting_for(what))
        pending: list[Change] = []
        if known.anything_waits():
            pending, self._unlooked = self._unlooked, []
        while pending:
            change = pending.pop()
            if not (known.has("waits", change.id) and known.has("waits", change.record)):
                self._unlooked.append(change)
            taken = len(self._unlooked)
            grew = self._join(_parked_behind(change, known)) or grew
            pending += self._unlooked[taken:]
            del self._unlooked[taken:]
        if grew:
            self._asking = [(change, None) for change in self._changes.values()]

    def _told_of_retries(self, known: Known) -> list[str]:
        told = sorted(what for what in self._retried if known.has("waits", what))
        self._retried.difference_update(told)
        return told

    def _join(self, waiting: Iterable[ParkedChange]) -> bool:
        """Whether any of these is new to the batch."""
        grew = False
        for parked in waiting:
            self._unasked.records.add(("outcome", parked.known.id))
            released = parse_change_line(parked.line).change
            grew = (released is not None and self._take(released)) or grew
        return grew

    def _ask(self, change: Change, reading: Reading, wants: Wants) -> None:
        """Adds what this change needs, and keeps it among those who ask if that is not all known."""
        policy, known, own = self._policies.get(change.kind), reading.known, (change.kind, change.record)
        if policy is None:
            return
        lacked = Wants()
        before = reading.record(*own)
        if before is not None:
            of_merge = Wants()
            _of_merge(change, before, known, of_merge)
            lacked.add_beyond(of_merge, known)
        elif change.base is not None and known.has("records", own):
            # Made by this batch, or by what it releases: there may be others' work in it all the same.
            lacked.add_beyond(Wants(waits={derived_id("conflict", change.id)}), known)
        if not known.has("records", own):
            lacked.records.add(own)
        try:
            lacked.add_beyond(policy.reads(change, reading), known)
        except Exception:
            # What settling then misses is named by NotLoaded; a fault in it parks that change alone.
            self._asking.append((change, None))
        else:
            if lacked:
                self._asking.append((change, lacked))
        wants.update(lacked)


def _learnt(change: Change, lacked: Wants, reading: Reading) -> bool:
    """Whether what was loaded since a change was asked can make it ask for more."""
    if change.base is not None or lacked.changes or lacked.past or lacked.waits:
        return True
    if reading.record(change.kind, change.record) is not None:
        return True
    known = reading.known
    found = [one for one in lacked.records if known.if_loaded("records", one) is not None]
    return bool(found) or any([known.if_loaded("keys", key) is not None for key in lacked.keys])  # noqa: C419 - cheaper


def _named(change: Change, wants: Wants) -> None:
    wants.changes.add(change.id)
    if change.needs:
        wants.changes.update(change.needs)
    if change.base is not None and change.base.change:
        wants.changes.add(change.base.change)
    wants.records.add((change.kind, change.record))
    wants.waits.add(change.id)
    wants.waits.add(change.record)


def _of_merge(change: Change, before: Record, known: Known, wants: Wants) -> None:
    """The body its author saw, and who wrote since: a conflict names them."""
    told = change.base.rev if change.base is not None else 0
    if change.base is not None and change.base.change and known.has("changes", change.base.change):
        own = known.change(change.base.change)
        told = own.base_rev if own is not None else 0
    if 0 < told < before.rev:
        wants.past.add((change.kind, change.record, told))
    seen = told if _is_in_history(change, before, told, known) else 0
    since = {stamp.change for stamp in before.stamps.values() if stamp.rev > seen and stamp.change}
    wants.changes.update(since)
    if since:
        # A conflict may open, and after a restore a decision about it may be here before it, waiting.
        conflict = derived_id("conflict", change.id)
        others = {one.account for one in (known.change(each) for each in since if known.has("changes", each)) if one}
        wants.waits.add(conflict)
        wants.waits.update(derived_id("notice", conflict, account) for account in others)


def _is_in_history(change: Change, before: Record, rev: int, known: Known) -> bool:
    """Whether the author's base can be what they saw here: another centre's history may have had that rev too."""
    if change.base is None or change.base.change or not rev:
        return True
    if rev >= before.rev:
        return rev == before.rev and encode_hash(before.hash) == change.base.hash
    if not known.has("past", (change.kind, change.record, rev)):
        return True
    body = known.body_at(before, rev)
    return body is not None and encode_hash(body.hash) == change.base.hash


def _parked_behind(change: Change, known: Known) -> Iterable[ParkedChange]:
    for what in (change.id, change.record, derived_id("conflict", change.id)):
        if known.has("waits", what):
            yield from known.waiting_for(what)
