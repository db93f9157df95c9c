"""Owns what a resident is told of a case: how it stands in plain words, what is missing and by when, where it travels.

Laws: nothing here names a person, a phone or an address: whoever looks over a shoulder learns no more than the state.
That a case was rated is told, and never how: its helper knows the number and the phone as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.cases.lifecycle import CaseState, parse_state
from server.domain.cases.materials import MaterialState, collected, parse_materials
from server.domain.cases.parcels import ParcelState
from server.domain.cases.ratings import RATED_STATES
from server.domain.record_fields import Fields, groups, text

# state → what it means to the one who waits (Chinese, English)
WORDS: Mapping[CaseState, tuple[str, str]] = {
    CaseState.DRAFT: ("帮办员正在填写，还没有提交。", "Your helper is still filling it in; it has not been sent."),
    CaseState.SUBMITTED: ("已提交，正在传往中心。", "It was handed in and is on its way to the centre."),
    CaseState.RECEIVED: ("已收到，等窗口查看。", "It has arrived; a desk will look at it."),
    CaseState.PRECHECKED: (
        "窗口已看过，即将决定是否受理。",
        "A desk has looked at it and will soon say whether it is taken.",
    ),
    CaseState.ACCEPTED: ("已受理，正在办理。", "It was accepted and is being handled."),
    CaseState.TO_CORRECT: (
        "还缺材料，请按下面的清单补交。",
        "Something is missing: please bring what is listed below.",
    ),
    CaseState.REFUSED: ("不予受理，书面通知写明了原因。", "It was not accepted; the written notice says why."),
    CaseState.REVIEWING: ("正在审查。", "It is being reviewed."),
    CaseState.SPECIAL_PROCEDURE: (
        "正在公示、检验或评审，这段时间不计入时限。",
        "A public notice, test or expert review is under way; that time does not count.",
    ),
    CaseState.SUSPENDED: ("暂停办理，恢复后会继续。", "It is paused and will go on."),
    CaseState.DECIDED: ("已作出决定，正在制作结果。", "It was decided; the result is being made."),
    CaseState.FINISHED: ("已办结，等待送达。", "It is finished; the result is on its way to you."),
    CaseState.DELIVERED: ("已办结并送达。", "It is finished and was handed over."),
    CaseState.RATED: ("已办结并送达。", "It is finished and was handed over."),
    CaseState.WITHDRAWN: ("已撤回。", "It was withdrawn."),
    CaseState.ENDED: (
        "材料没有按时补齐，已终止。可以重新申请。",
        "What was promised did not come; you may apply again.",
    ),
    CaseState.VOIDED: ("已作废。如有疑问请拨打12345。", "It was declared void. Call 12345 if you have questions."),
    CaseState.ARCHIVED: ("已办结归档。", "It is finished and archived."),
}
UNKNOWN = ("正在办理。如有疑问请拨打12345。", "It is being handled. Call 12345 if you have questions.")

PARCEL_WORDS: Mapping[str, tuple[str, str]] = {
    "asked": ("结果已交付寄送，等待揽收。", "The result waits to be picked up by the carrier."),
    "sent": ("结果已寄出。", "The result was sent."),
    "moving": ("结果在途中。", "The result is on its way."),
    "arriving": ("结果正在派送。", "The result is out for delivery today."),
    "at_village": (
        "结果已到村便民服务点，请带身份证领取。",
        "The result waits at the village's office: bring your id card.",
    ),
    "delivered": ("结果已送到。", "The result was delivered."),
    "returned": ("没有送到，已退回，窗口会联系您。", "It could not be delivered; a desk will contact you."),
}
NOT_MAILED: Mapping[str, tuple[str, str]] = {
    "pickup": (
        "结果由村便民服务点转交，请等帮办员通知。",
        "The result comes to the village's office: your helper will tell you.",
    ),
    "window": ("请带身份证到窗口领取结果。", "Fetch the result at the desk: bring your id card."),
    "electronic": ("结果以电子件送达。", "The result is sent to you as a file."),
}
"""Until it is there, for what no carrier takes."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A material that must still come. `due`: the last day, empty when none was set."""

    name: str
    due: str


@dataclass(frozen=True, slots=True)
class Told:
    state: str
    zh: str
    en: str
    due: str
    missing: tuple[Awaited, ...]
    parcel_zh: str = ""
    parcel_en: str = ""
    parcel_where: str = ""
    waybill: str = ""
    rateable: bool = False
    rated: bool = False


def tell(case: Fields, item: Fields | None, *, rated: bool = False) -> Told:
    """How the case stands, for its resident. `rated`: there is a rating of it, and there is one for each case."""
    state = parse_state(text(case, "state"))
    zh, en = WORDS.get(state, UNKNOWN) if state is not None else UNKNOWN
    clock, parcel = _group(case, "clock"), _group(case, "parcel")
    parcel_zh, parcel_en = _parcel_words(parcel)
    return Told(
        state=text(case, "state"),
        zh=zh,
        en=en,
        due=text(clock, "promise_due"),
        missing=_missing(case, item or {}, state),
        parcel_zh=parcel_zh,
        parcel_en=parcel_en,
        parcel_where=text(parcel, "where"),
        waybill=text(parcel, "waybill"),
        rateable=state in RATED_STATES and not rated,
        rated=rated,
    )


def _parcel_words(parcel: Fields) -> tuple[str, str]:
    state = text(parcel, "state")
    waits = NOT_MAILED.get(text(parcel, "mode")) if state == ParcelState.ASKED else None
    return waits or PARCEL_WORDS.get(state, ("", ""))


def _missing(case: Fields, item: Fields, state: CaseState | None) -> tuple[Awaited, ...]:
    """What a desk asked for, and what was promised for later."""
    names = {material.no: material.name for material in parse_materials(item)}
    found = []
    if state is CaseState.TO_CORRECT:
        correction = _group(case, "correction")
        due = text(correction, "due")
        for row in groups(correction, "materials"):
            no = str(row.get("no", ""))
            found.append(Awaited(text(row, "name") or names.get(no, ""), due))
    asked = {one.name for one in found}
    for no, have in collected(case).items():
        if have.state is MaterialState.PROMISED and names.get(no, no) not in asked:
            found.append(Awaited(names.get(no, no), have.due.isoformat() if have.due else ""))
    return tuple(found)


def _group(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}
