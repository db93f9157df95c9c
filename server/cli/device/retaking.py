"""Owns taking refused work up again: a new change from a refused one's content, put right where it was wrong.

Laws: what was refused stays as it was, at the centre and here; the new change says what its author sees now. What was
refused only because something before it was refused is taken up together with that, in its order. The centre's own
checks run first, so that the same mistake does not travel twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from server.cli.device.failures import Stopped
from server.cli.device.follow_ups import records_named, refuse
from server.cli.device.office import Office
from server.cli.device.outcome_words import change_words
from server.cli.device.taken_again import remember_retaken, retaken
from server.cli.device.titles import title_of
from server.domain.check_context import CheckContext
from server.domain.record_checks import CHECKS, check_record
from server.domain.record_fields import Fields
from sync.core.changes import Change, OutcomeCode
from sync.core.codec import parse_change_line
from sync.device.replica import Draft


@dataclass(frozen=True)
class Refused:
    """A refused change that nobody has taken up yet."""

    change: Change
    title: str
    name_zh: str
    name_en: str


def refused_work(office: Office) -> list[Refused]:
    """In the order in which it was captured."""
    done = retaken(office)
    found = []
    for entry in office.store.journal():
        if entry.outcome is None or entry.id in done:
            continue
        change = parse_change_line(entry.line).change
        if change is not None and office.replica.outcome_of(entry).code is OutcomeCode.REFUSED:
            found.append(Refused(change, title_of(office, entry.record), *change_words(change.name)))
    return found


def refused_named(office: Office, words: str) -> Refused:
    """By the id of the change or of its record, or the start of the change's. Raises Stopped."""
    found = [
        one
        for one in refused_work(office)
        if words and (one.change.id.startswith(words) or one.change.record == words or words in one.title)
    ]
    if not found:
        raise Stopped("nothing_found", what=words)
    exact = [one for one in found if one.change.id == words] or found
    if len(exact) > 1:
        records = ", ".join(one.change.id for one in exact[:5])
        raise Stopped("several_found", what=words, count=len(exact), records=records)
    return exact[0]


def take_again(office: Office, refused: Refused, said: Mapping[str, Any]) -> list[str]:
    """`said`: field → value, for the change itself; "" leaves the field out. The ids of the new changes, in order.

    Raises NotLawful when it would be refused again for what this store can see.
    """
    open_ones = {one.change.id: one.change for one in refused_work(office)}
    wanted = _with_what_it_needs(refused.change, open_ones)
    took = {**retaken(office)}
    fields_of: dict[str, dict[str, object]] = {}
    drafts: list[tuple[Draft, str]] = []
    for change in wanted:
        draft = _draft(change, took)
        if change.id == refused.change.id:
            kept = {
                name: value for name, value in {**draft.set, **said}.items() if name not in said or said[name] != ""
            }
            draft = replace(draft, set=kept)
        _check(office, draft, fields_of)
        took[change.id] = office.new_id()
        drafts.append((draft, took[change.id]))
    office.capture(drafts)
    remember_retaken(office, took)
    return [change for _, change in drafts]


def _with_what_it_needs(change: Change, open_ones: Mapping[str, Change]) -> list[Change]:
    """The change, after those refused ones that it needs."""
    found: list[Change] = []
    for need in change.needs:
        if need in open_ones:
            found += [one for one in _with_what_it_needs(open_ones[need], open_ones) if one not in found]
    return [*found, change]


def _draft(change: Change, took: Mapping[str, str]) -> Draft:
    return Draft(
        change.kind,
        change.record,
        change.name,
        set=dict(change.set),
        add=dict(change.add),
        remove=dict(change.remove),
        needs=tuple(took.get(need, need) for need in change.needs),
        version=change.version,
    )


def _check(office: Office, draft: Draft, fields_of: dict[str, dict[str, object]]) -> None:
    """`fields_of` are the records as the drafts before this one leave them."""
    seen = office.replica.see(draft.record)
    before: Fields | None = fields_of.get(draft.record) or (seen.fields if seen is not None else None)
    fields: dict[str, object] = dict(before or {}) | cast("dict[str, object]", draft.set)
    for name, members in draft.add.items():
        held = fields.get(name)
        fields[name] = [*(held if isinstance(held, list) else []), *members]
    fields_of[draft.record] = fields
    if draft.kind in CHECKS:
        records = {**records_named(office, draft.kind, fields), **fields_of}
        context = CheckContext(on=office.today, captured_on=office.today, before=before, records=records)
        refuse(check_record(draft.kind, fields, context))
