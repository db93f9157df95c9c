"""Owns what the bulletin counts of a case that is over, as a few words without any person in them.

Law: the words follow from the case's body alone, so that every number of a bulletin can be found again from the cases.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.record_fields import Fields, family, groups, parse_moment, text

ON_TIME, LATE = "on_time", "late"
RETURNED, RETURNED_AGAIN = "returned", "returned_again"
KEPT, FAILED = "tolerance_kept", "tolerance_failed"
ELDER_HOME, ELDER_ELSEWHERE = "elder_home", "elder_elsewhere"
LICENCE, DUPLICATE, VOID = "licence", "duplicate", "void"
DAYS = "days:"
"""Before the number of days from finishing to the hand-over."""
_DONE = frozenset({"finished", "delivered", "rated", "archived"})
_VOID_TYPES = frozenset({"2", "3"})  # 作废, 删除


def tally(case: Fields) -> str:
    """The words, in one text; "" while the case is open."""
    if not text(case, "finished_at"):
        return ""
    words = [*_clock(case), *_corrections(case), *_tolerance(case), *_delivery(case)]
    if case.get("elder") is True and (served := text(case, "served")):
        words.append(ELDER_HOME if served == "home" else ELDER_ELSEWHERE)
    if any(isinstance(one, Mapping) and one.get("state") == "licence" for one in family(case, "material.").values()):
        words.append(LICENCE)
    if text(case, "duplicate_of"):
        words.append(DUPLICATE)
    if text(case, "state") == "voided" or text(case, "finish_type") in _VOID_TYPES:
        words.append(VOID)
    return " ".join(words)


def _clock(case: Fields) -> list[str]:
    """Only what was decided had a promise to keep."""
    clock = case.get("clock")
    due = clock.get("promise_due") if isinstance(clock, Mapping) else None
    if text(case, "state") not in _DONE or not isinstance(due, str) or not due:
        return []
    return [ON_TIME if text(case, "finished_at")[:10] <= due else LATE]


def _corrections(case: Fields) -> list[str]:
    times = len(groups(case, "returned"))
    return [] if not times else [RETURNED] if times == 1 else [RETURNED, RETURNED_AGAIN]


def _tolerance(case: Fields) -> list[str]:
    if isinstance(case.get("tolerance_failure"), Mapping):
        return [FAILED]
    held = case.get("tolerance")
    if not isinstance(held, Mapping) or not held:
        return []
    due, settled = text(held, "due"), text(held, "settled_on")
    return [KEPT] if not held.get("materials") and (not settled or settled <= due) else [FAILED]


def _delivery(case: Fields) -> list[str]:
    """Until the carrier says that it arrived, or until somebody took it."""
    parcel, handover = case.get("parcel"), case.get("handover")
    arrived = parse_moment(parcel.get("delivered_at")) if isinstance(parcel, Mapping) else None
    if arrived is None and isinstance(handover, Mapping):
        arrived = parse_moment(handover.get("at"))
    finished = parse_moment(case.get("finished_at"))
    if arrived is None or finished is None or arrived < finished:
        return []
    return [f"{DAYS}{(arrived.date() - finished.date()).days}"]
