"""Owns what a person must be told plainly of a store: last contact, what is unsent and since when, what waits for them.

Law: "level" is said only when nothing is unsent, every photo is stored and every sum is the centre's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from server.cli.device.notices import Notice, unread
from server.cli.device.office import Office
from server.cli.device.outcome_words import Told, tell_outcome
from server.cli.device.taken_again import retaken
from server.cli.device.titles import title_of
from server.cli.device.unfinished import drafts_of
from server.domain.record_fields import text
from server.domain.supervision.conflicts import ConflictState
from sync.core.changes import OutcomeCode
from sync.core.clock import CHINA, told_wall
from sync.core.codec import read_change
from sync.device.replica import Sighting
from sync.device.state import Delivery, Entry, KnownOutcome


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """`status --json` is this. Times are milliseconds since 1970, 0 for never."""

    name: str
    login: str
    role: str
    device: str
    last_contact: int
    days_without_contact: int
    contact_needed: str
    level: bool
    unsent: int
    unsent_since: int
    files_waiting: int
    files_sent: int
    files_refused: int
    conflicts: int
    drafts: int
    notices_unread: int
    notices: list[dict[str, str]]
    attention: list[dict[str, str]]


class UnsentChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change without an outcome."""

    id: str
    name: str
    record: str
    title: str
    captured: int


def standing_of(office: Office) -> Standing:
    unsent = office.replica.unsent()
    files = [file.delivery for file in office.store.files()]
    stop = office.needs_contact()
    waiting = unread(office)
    return Standing(
        name=office.identity.name,
        login=office.identity.login,
        role=office.identity.role,
        device=office.identity.device,
        last_contact=office.store.standing().server_time,
        days_without_contact=office.days_without_contact(),
        contact_needed=stop.code if stop else "",
        level=office.replica.is_level(),
        unsent=unsent.changes,
        unsent_since=unsent.since,
        files_waiting=files.count(Delivery.WAITING),
        files_sent=files.count(Delivery.SENT),
        files_refused=files.count(Delivery.REFUSED),
        conflicts=sum(1 for _ in open_conflicts(office)),
        drafts=len(drafts_of(office)),
        notices=[] if stop else [_notice(one) for one in waiting],
        notices_unread=len(waiting),
        # Names and reasons are stored data; the counts above are not.
        attention=[] if stop else [_attention(office, outcome) for outcome in needing_attention(office)],
    )


def needing_attention(office: Office) -> Iterator[KnownOutcome]:
    """Own changes that did not simply come in. An open conflict is told by its own line, a decided one not at all,
    nor what was taken up again."""
    done = retaken(office)
    for outcome in office.replica.outcomes():
        if outcome.change not in done and outcome.code in (
            OutcomeCode.REFUSED,
            OutcomeCode.PARKED,
            OutcomeCode.DUPLICATE,
        ):
            yield outcome


def _attention(office: Office, outcome: KnownOutcome) -> dict[str, str]:
    told = told_of(outcome)
    return {
        "change": outcome.change,
        "record": outcome.record,
        "code": outcome.code.value,
        "reason": outcome.reason,
        "title": title_of(office, outcome.record),
        "why_zh": told.why[0],
        "why_en": told.why[1],
        "do_zh": told.do[0],
        "do_en": told.do[1],
    }


def _notice(one: Notice) -> dict[str, str]:
    return {"id": one.id, "code": one.code, "about": one.about, "title": one.title, "zh": one.zh, "en": one.en}


def told_of(outcome: KnownOutcome) -> Told:
    return tell_outcome(outcome.code, outcome.reason, outcome.detail)


def unsent_changes(office: Office) -> list[UnsentChange]:
    return [_unsent(office, entry) for entry in office.store.outbox()]


def _unsent(office: Office, entry: Entry) -> UnsentChange:
    return UnsentChange(
        id=entry.id,
        name=read_change(entry.line).name,
        record=entry.record,
        title=title_of(office, entry.record),
        captured=entry.captured,
    )


def open_conflicts(office: Office) -> Iterator[Sighting]:
    """Those that this device may still decide: its own decision counts before the centre has heard of it."""
    for seen in office.replica.see_all("conflict"):
        if text(seen.fields, "state") != ConflictState.DECIDED:
            yield seen


def moment(wall_ms: int) -> str:
    """A time for people, in China."""
    return datetime.fromtimestamp(told_wall(max(0, wall_ms)) / 1000, tz=CHINA).strftime("%Y-%m-%d %H:%M")
