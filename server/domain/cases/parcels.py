"""Owns how a result travels to its resident: by mail, to the village's office, over the counter, or as a file.

Laws: a parcel never goes back in its way, and no event that was told once is lost. Who took the result, how they are
related and when is said at the hand-over; without it a result that was fetched is not delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, groups, parse_moment, text

EVENTS_KEPT_MAX = 60


class DeliveryMode(StrEnum):
    EMS = "ems"  # 邮寄
    PICKUP = "pickup"  # 村便民服务点领取
    WINDOW = "window"  # 窗口领取
    ELECTRONIC = "electronic"  # 电子送达


class ParcelState(StrEnum):
    """In the order of the way."""

    ASKED = "asked"  # the desk gave it up; the carrier does not know of it yet
    SENT = "sent"
    MOVING = "moving"
    ARRIVING = "arriving"
    AT_VILLAGE = "at_village"
    DELIVERED = "delivered"
    RETURNED = "returned"


RELATIONS = frozenset({"self", "spouse", "child", "parent", "relative", "neighbour", "guardian"})
ON_ITS_WAY = (ParcelState.SENT, ParcelState.MOVING, ParcelState.ARRIVING)
_ORDER = {state: place for place, state in enumerate(ParcelState)}


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """What a carrier tells: when as ISO text, which state it means, where, and who signed for it."""

    at: str
    state: ParcelState
    where: str = ""
    signed_by: str = ""


def check_parcel(case: Fields) -> list[Problem]:
    """What makes a parcel or a hand-over unusable."""
    found: list[Problem] = []
    parcel, handover = case.get("parcel"), case.get("handover")
    if isinstance(parcel, dict):
        if text(parcel, "mode") not in DeliveryMode.__members__.values():
            found.append(problem("value_unknown", "parcel", label="送达方式", value=text(parcel, "mode")))
        if text(parcel, "state") not in ParcelState.__members__.values():
            found.append(problem("value_unknown", "parcel", label="送达状态", value=text(parcel, "state")))
    if isinstance(handover, dict):
        if not text(handover, "to").strip():
            found.append(problem("field_missing", "handover", label="领取人"))
        if text(handover, "relation") not in RELATIONS:
            found.append(problem("value_unknown", "handover", label="与本人关系", value=text(handover, "relation")))
        if parse_moment(handover.get("at")) is None:
            found.append(problem("field_missing", "handover", label="领取时间"))
    return found


def check_delivery(case: Fields) -> list[Problem]:
    """A result is delivered to somebody: who took it is said, a carrier says so, or it went as a file."""
    parcel = case.get("parcel")
    way = parcel if isinstance(parcel, dict) else {}
    by_itself = text(way, "mode") == DeliveryMode.ELECTRONIC or text(way, "state") == ParcelState.DELIVERED
    return [] if by_itself or isinstance(case.get("handover"), dict) else [problem("handover_missing", "handover")]


def parcel_column(case: Fields) -> str | None:
    """What the schedule has to see to: a parcel that waits for the carrier or is on its way."""
    parcel = case.get("parcel")
    if not isinstance(parcel, dict) or text(parcel, "mode") != DeliveryMode.EMS:
        return None
    state = text(parcel, "state")
    return state if state == ParcelState.ASKED or state in ON_ITS_WAY else None


def after_dispatch(parcel: Fields, waybill: str, carrier: str, at: str) -> dict[str, object]:
    """The parcel once the carrier took it over."""
    taken = {"state": ParcelState.SENT.value, "waybill": waybill, "carrier": carrier, "dispatched_at": at}
    return {**parcel, **taken}


def after_tracking(parcel: Fields, told: Sequence[TrackingEvent]) -> dict[str, object]:
    """The parcel with all that was told, each event once, in the order of time; the same parcel when nothing is new."""
    known = [dict(one) for one in groups(parcel, "events")]
    fresh = [event for one in told if (event := _kept(one)) not in known]
    if not fresh:
        return dict(parcel)
    events = sorted([*known, *fresh], key=lambda one: str(one["at"]))[-EVENTS_KEPT_MAX:]
    furthest = max((ParcelState(str(one["state"])) for one in events), key=_ORDER.__getitem__, default=ParcelState.SENT)
    newest = events[-1]
    changed: dict[str, object] = {"events": events, "state": furthest.value, "where": newest.get("where", "")}
    if furthest is ParcelState.DELIVERED:
        last = next(one for one in reversed(events) if one["state"] == ParcelState.DELIVERED)
        changed |= {"delivered_at": last["at"], "signed_by": last.get("signed_by", "")}
    return {**parcel, **changed}


def _kept(event: TrackingEvent) -> dict[str, object]:
    told = {"at": event.at, "state": event.state.value, "where": event.where, "signed_by": event.signed_by}
    return {name: value for name, value in told.items() if value}
