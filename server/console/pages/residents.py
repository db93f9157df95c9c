"""The residents' page, without an account: how my case stands, what I think of it, and taking my consent back.

Laws: numbers and signs travel in forms, never in an address; a wrong number, a wrong sign and an absent case get the
same page; who guesses is slowed by the number and by where the guesses come from.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.responses import Response

from server.actions.serve_resident import Said, ask_revocation, rate_case, tell_status
from server.console.render import page
from server.console.throttle import TooManyTries
from server.console.visit import Visit
from server.console.words import wait_words
from server.domain.cases.lifecycle import is_open, parse_state
from server.domain.cases.numbers import canonical_number
from server.domain.cases.ratings import GRADES

_LAST4 = re.compile(r"[0-9]{3}[0-9X]")
_WHY_NOT = {
    "record_exists": ("这件事您已评价过，谢谢。", "You rated this already, thank you."),
    "rating_too_early": ("办结后才能评价。", "It can be rated once it is finished."),
    "consent_absent": ("这个办件没有同意书。", "This case rests on no consent."),
}
T = TypeVar("T")
_OTHERWISE = ("现在不能办理，请拨打12345。", "That is not possible now: please call 12345.")


async def show(visit: Visit) -> Response:
    return page(visit, "resident.html", problem="", number="")


async def show_status(visit: Visit) -> Response:
    return await _answer(visit)


async def rate(visit: Visit) -> Response:
    grade = visit.form.get("grade", "")
    if grade not in {str(one) for one in GRADES}:
        return await _answer(visit, said=visit.t("请先选一个评价。", "Please choose a rating first."), wrong=True)
    number, last4 = _given(visit)
    said = await _guarded(visit, number, last4, lambda: rate_case(
        visit.console.platform, number, last4, grade=int(grade), reasons=[], said=visit.form.get("said", "")[:500]
    ))  # fmt: skip
    zh, en = GRADES[int(grade)]
    return await _after(visit, said, visit.t(f"已收到您的评价“{zh}”，谢谢您。", f"You are {en}: received, thank you."))


async def revoke(visit: Visit) -> Response:
    number, last4 = _given(visit)
    said = await _guarded(visit, number, last4, lambda: ask_revocation(visit.console.platform, number, last4))
    done = visit.t("已收到，窗口会拨打您登记的电话核实。", "Received: a desk will call you on the number on record.")
    return await _after(visit, said, done)


def _given(visit: Visit) -> tuple[str, str]:
    """The number in its canonical spelling, "" for none, and the four signs."""
    typed = visit.form.get("number", "")[:40]
    return canonical_number(typed) or "", visit.form.get("last4", "").strip().upper()[:4]


async def _after(visit: Visit, said: Said | Response | None, done: str) -> Response:
    if isinstance(said, Response):
        return said
    if said is None:
        return _not_found(visit)
    return await _answer(visit, said=done if said.taken else visit.t(*_WHY_NOT.get(said.reason, _OTHERWISE)))


async def _answer(visit: Visit, *, said: str = "", wrong: bool = False) -> Response:
    number, last4 = _given(visit)
    told = await _guarded(visit, number, last4, lambda: tell_status(visit.console.platform, number, last4))
    if isinstance(told, Response):
        return told
    if told is None:
        return _not_found(visit)
    return page(
        visit,
        "resident_case.html",
        told=told,
        number=number,
        last4=last4,
        grades=GRADES,
        is_over=(state := parse_state(told.state)) is not None and not is_open(state),
        said=said,
        wrong=wrong,
    )


async def _guarded(
    visit: Visit, number: str, last4: str, ask: Callable[[], Awaitable[T | None]]
) -> T | Response | None:
    """Limits before the look, a guess that failed counted after it."""
    address = visit.request.client.host if visit.request.client else ""
    throttle = visit.console.throttle
    try:
        throttle.check_number(number, address)
    except TooManyTries as error:
        wait = wait_words(error.wait_s, visit.english)
        said = visit.t(
            f"查询次数太多，请{wait}后再试，或拨打12345。", f"Too many tries. Try again in {wait}, or call 12345."
        )
        return page(visit, "resident.html", status=429, problem=said, number="")
    found = await ask() if number and _LAST4.fullmatch(last4) else None
    if found is None:
        throttle.count_wrong_number(number, address)
    return found


def _not_found(visit: Visit) -> Response:
    said = visit.t(
        "没有找到。请核对回执上的编号，和您登记的手机号（或身份证号）最后四位。",
        "Not found. Please check the number on your receipt, and the last four characters of your phone or id number.",
    )
    return page(visit, "resident.html", status=404, problem=said, number=visit.form.get("number", "")[:40])
