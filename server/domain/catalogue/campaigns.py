"""Owns the campaign (批次): a round of claiming with its frame of days, places and units.

Laws: its baseline is frozen when it opens, and kept (baseline.py); its scope is told by rule, places, units, levels and
codes, so that a phone reads a few words and not 90,705 rows; there is no quota and no ranking in it.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from server.domain.check_context import CheckContext
from server.domain.places import PlaceInvalid, is_within, level_of
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, parse_date, text, texts
from server.domain.steps import StepTable, step


class CampaignState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


_PLAN = ("name", "round", "start", "end", "scope", "exclusive", "catalogue")
_FROZEN = ("baseline_hash", "baseline_parts", "units", "base_codes")
_P, _O, _C = (state.value for state in CampaignState)
CAMPAIGN_STEPS: StepTable = {
    "campaign.plan": step(None, _P, to=_P, writes=_PLAN),
    "campaign.open": step(None, _P, to=_O, writes=(*_PLAN, *_FROZEN)),
    # One that says nothing of its state is open.
    "campaign.extend": step(_O, "", to=_O, needs=("end",)),
    "campaign.close": step(_O, "", to=_C, writes=("closed_why",)),
}


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


def in_scope(campaign: Fields, unit: str, place: str, base_item: str = "") -> bool:
    """Whether the campaign asks this unit at this place, and for this base item when one is named. An empty list of
    places, units, levels or codes asks all. `levels` are levels of exercise, 4 a county to 6 a village.
    """
    scope = campaign.get("scope")
    if not isinstance(scope, dict):
        return True
    places, units, codes = texts(scope, "places"), texts(scope, "units"), texts(scope, "codes")
    levels = texts(scope, "levels")
    if (units and unit not in units) or (base_item and codes and base_item not in codes):
        return False
    try:
        return (not places or any(is_within(place, own) for own in places)) and (
            not levels or exercise_level(place) in levels
        )
    except PlaceInvalid:
        return False


def exercise_level(place: str) -> str:
    """The level at which a unit of this place acts (行使层级): the state is the first. Raises PlaceInvalid."""
    return str(level_of(place) + 1)
