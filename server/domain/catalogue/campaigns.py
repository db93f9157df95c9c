"""Owns the campaign (批次): a round of claiming with its frame of days, places and units.

Law: its baseline is frozen at the start; there is no quota and no ranking in it.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from server.domain.check_context import CheckContext
from server.domain.places import PlaceInvalid, is_within
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, parse_date, text, texts


class CampaignState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


def check_campaign(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("campaign", fields)
    if found:
        return found
    if state_of(fields) is None:
        found.append(problem("state_unknown", "state", value=text(fields, "state")))
    starts, ends = parse_date(fields.get("start")), parse_date(fields.get("end"))
    if starts and ends and ends < starts:
        found.append(problem("campaign_order", "end"))
    frozen = text(ctx.before or {}, "baseline_hash")
    if frozen and text(fields, "baseline_hash") != frozen:
        found.append(problem("baseline_changed", "baseline_hash"))
    return found


def state_of(campaign: Fields) -> CampaignState | None:
    """Open when the record says nothing; None when it says something that is no state."""
    value = text(campaign, "state") or CampaignState.OPEN
    return CampaignState(value) if value in CampaignState.__members__.values() else None


def is_open_on(campaign: Fields, day: date) -> bool:
    """Whether claims may be made that day. Work captured in time and arriving later is judged by its visit day."""
    starts, ends = parse_date(campaign.get("start")), parse_date(campaign.get("end"))
    if state_of(campaign) is not CampaignState.OPEN:
        return False
    return (starts is None or starts <= day) and (ends is None or day <= ends)


def in_scope(campaign: Fields, unit: str, place: str) -> bool:
    """Whether the campaign asks this unit at this place; an empty list of places or units asks all."""
    scope = campaign.get("scope")
    if not isinstance(scope, dict):
        return True
    places, units = texts(scope, "places"), texts(scope, "units")
    try:
        return (not units or unit in units) and (not places or any(is_within(place, own) for own in places))
    except PlaceInvalid:
        return False
