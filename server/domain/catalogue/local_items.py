"""Owns what a site keeps of its own about a standard item: five local fields, and departures with a reason each.

Laws: the standard list is held once; what a site shows is computed from it and never copied, so that one edit of the
standard is one change for all sites. What holds of all a site's items (its place, hours, phone) is said once, in the
record without an item. A site may be better to the resident than the standard, never worse, and never departs from
what the law or the catalogue says; where the standard has become better since, the standard is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import KINDS, Fields, check_shapes, check_values, family, integer, text
from sync.core.ids import derived_id

DEPARTURE = "f."
REASON = "why."
# what a site calls it → what the item shows it as
LOCAL_FIELDS: Mapping[str, str] = {
    "place_text": "where",
    "hours": "hours",
    "phone": "consult_phone",
    "helper": "helper_name",
    "map": "map",
}
DEPARTABLE = frozenset(
    {
        *("promise_days", "promise_days_note", "visits", "visits_reason", "online", "online_depth", "online_note"),
        *("offline_note", "handling_forms", "flow", "delivery", "mail_materials", "mail_result", "appointment"),
        *("in_hall", "self_service", "area", "entrusted_by", "joint_depts", "complain_phone", "complain_address"),
        *("questions", "pay_online", "result_sample"),
    }
)
_NOT_WORSE = ("promise_days", "visits")


def local_item_id(unit: str, item: str = "") -> str:
    """The record id that every colleague derives; without an item, of what holds for all the site's items."""
    return derived_id("local_item", unit, item)


@dataclass(frozen=True)
class Departure:
    """One field in which a site departs from its standard."""

    field: str
    standard: object
    local: object
    reason: str


def shown_item(standard: Fields, local: Fields | None, site: Fields | None = None) -> dict[str, object]:
    """The item as this site shows it. `site` is the unit's record without an item, `local` the one of this item."""
    shown = dict(standard)
    for own in (site, local):
        if own is not None:
            shown |= {to: own[name] for name, to in LOCAL_FIELDS.items() if own.get(name) not in (None, "")}
            shown |= {name: value for name, value in _said(own).items() if not _is_worse(standard, name, value)}
    return shown


def departures(standard: Fields, local: Fields) -> tuple[Departure, ...]:
    """Where the site differs now: a departure that the standard has since taken over, or outdone, is none any more."""
    reasons = family(local, REASON)
    return tuple(
        Departure(name, standard.get(name), value, str(reasons.get(name) or ""))
        for name, value in sorted(_said(local).items())
        if standard.get(name) != value and not _is_worse(standard, name, value)
    )


def departing_fields(local: Fields) -> tuple[str, ...]:
    """The fields in which it says to depart, whatever the standard says now."""
    return tuple(sorted(_said(local)))


def _is_worse(standard: Fields, name: str, value: object) -> bool:
    """Whether a resident would get less there than by the standard."""
    return name in _NOT_WORSE and name in standard and integer({name: value}, name, 10_000) > integer(standard, name)


def _said(local: Fields) -> dict[str, object]:
    return {name: value for name, value in family(local, DEPARTURE).items() if value not in (None, "")}


def check_local_item(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What keeps it from being kept. The standard, when the context has it, is what it may not be worse than."""
    found = check_shapes("local_item", fields)
    if found:
        return found
    said, reasons = _said(fields), family(fields, REASON)
    labels = KINDS["item"].fields
    for name in sorted(said):
        if name not in DEPARTABLE:
            found.append(problem("departure_not_allowed", DEPARTURE + name, label=_label(name)))
        elif not str(reasons.get(name) or "").strip():
            found.append(problem("departure_reason", REASON + name, label=labels[name].zh))
    if said and not text(fields, "item"):
        found.append(problem("departure_everywhere", "item"))
    found += [replace(one, field=DEPARTURE + one.field) for one in check_values("item", said)]
    standard = ctx.record(text(fields, "item"))
    if standard is None:
        return found
    return found + [
        problem("departure_worse", DEPARTURE + name, label=labels[name].zh, value=integer(standard, name))
        for name in _NOT_WORSE
        if name in said and _is_worse(standard, name, said[name])
    ]


def _label(name: str) -> str:
    field = KINDS["item"].find(name)
    return field.zh if field is not None else name
