"""What a resident may ask without an account, by a case's number and four signs that only they should know.

Laws: a number that is wrong, absent or whose signs do not fit gets the same 404; who guesses for one number is stopped
by the number, and who guesses many by the address. The answer holds no personal data. It stands in no cache and in no
address: the number and the signs travel in the body.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import read_json
from agent_api.enrolment import json_response
from agent_api.problems import problem_response
from agent_api.wiring import Services
from server.actions.serve_resident import Said, ask_revocation, rate_case, tell_status
from server.domain.cases.numbers import canonical_number
from server.domain.cases.ratings import GRADES
from server.domain.cases.told_to_residents import Awaited, Told
from sync.core.text import as_sent

T = TypeVar("T")
BODY_MAX = 16 * 1024
_LAST4 = re.compile(r"[0-9]{3}[0-9X]")


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`number`: of the receipt or the official one, as it is typed. `last4`: of the phone given, or of the id card."""

    number: Annotated[str, msgspec.Meta(max_length=40)]
    last4: Annotated[str, msgspec.Meta(min_length=4, max_length=4)]


class Rating(Asking, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`grade`: 5 very satisfied … 1 very dissatisfied."""

    grade: Annotated[int, msgspec.Meta(ge=min(GRADES), le=max(GRADES))]
    reasons: Annotated[list[Annotated[str, msgspec.Meta(max_length=40)]], msgspec.Meta(max_length=10)] = []
    text: Annotated[str, msgspec.Meta(max_length=1000)] = ""


_asking, _rating = msgspec.json.Decoder(Asking), msgspec.json.Decoder(Rating)


class CaseStanding(msgspec.Struct, frozen=True):
    """`zh`, `en`: plain words. `due`: the promised day, `missing`: what must still come; `parcel_*`: where it is.
    `rateable`: it can be rated now; `rated`: it was, once and for good.
    """

    state: str
    zh: str
    en: str
    due: str
    missing: list[Awaited]
    parcel_zh: str
    parcel_en: str
    parcel_where: str
    waybill: str
    rateable: bool
    rated: bool


class WordTaken(msgspec.Struct, frozen=True):
    """`taken` false: `reason` says why, as a stable code."""

    taken: bool
    reason: str
    zh: str
    en: str


_THANKS = ("已收到，谢谢。", "Received, thank you.")
_CALL = ("已收到，窗口将拨打您登记的电话核实。", "Received: a desk will call you on the number on record.")
_WHY_NOT = {
    "record_exists": ("这件事您已评价过。", "You rated this already."),
    "rating_too_early": ("办结后才能评价。", "It can be rated once it is finished."),
    "consent_absent": ("这个办件没有同意书。", "This case rests on no consent."),
}
_OTHERWISE = ("现在不能办理，请拨打12345。", "That is not possible now: please call 12345.")


async def show_status(request: Request, services: Services) -> Response:
    """POST /v1/residents/status"""
    asked = await read_json(request, _asking)
    return await _answer(
        request, services, asked, lambda number, last4: tell_status(services.platform, number, last4), _standing
    )


async def take_rating(request: Request, services: Services) -> Response:
    """POST /v1/residents/rating"""
    asked = await read_json(request, _rating)
    return await _answer(
        request,
        services,
        asked,
        lambda number, last4: rate_case(
            services.platform, number, last4, grade=asked.grade, reasons=asked.reasons, said=as_sent(asked.text)
        ),
        lambda said: _taken(said, _THANKS),
    )


async def take_revocation(request: Request, services: Services) -> Response:
    """POST /v1/residents/revocation"""
    asked = await read_json(request, _asking)
    return await _answer(
        request,
        services,
        asked,
        lambda number, last4: ask_revocation(services.platform, number, last4),
        lambda said: _taken(said, _CALL),
    )


async def _answer(
    request: Request,
    services: Services,
    asked: Asking,
    ask: Callable[[str, str], Awaitable[T | None]],
    told: Callable[[T], object],
) -> Response:
    """The one way in: limits before the look, a guess that failed charged after it."""
    address, number, last4 = _address(request), canonical_number(asked.number), asked.last4.upper()
    services.limits.check_number(number or "", address)
    found = await ask(number, last4) if number is not None and _LAST4.fullmatch(last4) else None
    if found is None:
        services.limits.count_wrong_number(number or "", address)
        return problem_response("not_found")
    return json_response(told(found))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _standing(told: Told) -> CaseStanding:
    return msgspec.convert(told, CaseStanding, from_attributes=True)


def _taken(said: Said, thanks: tuple[str, str]) -> WordTaken:
    zh, en = thanks if said.taken else _WHY_NOT.get(said.reason, _OTHERWISE)
    return WordTaken(said.taken, said.reason, zh, en)
