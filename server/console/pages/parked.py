"""One change that waits: who made it, when, what it waits for and what waits for it; decided again, or returned.

Law: what was typed is not shown here: it is its author's until it is applied.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from server.actions.refusals import NotFound
from server.actions.settle_parked import Parked, read_parked, release_parked, return_parked
from server.console.render import page
from server.console.visit import Visit
from server.console.words import parked_words
from server.domain.people.roles import may_change
from server.domain.supervision.reads import is_reason

BASE = "/console/parked"


async def show_one(visit: Visit) -> Response:
    """GET /parked/{id}"""
    parked = await read_parked(visit.console.platform, visit.account, visit.request.path_params["id"])
    return _page(visit, parked)


def _page(visit: Visit, parked: Parked, *, said: str = "", problem: str = "", status: int = 200) -> Response:
    return page(
        visit,
        "parked_one.html",
        status=status,
        parked=parked,
        said=said,
        problem=problem,
        may_return=may_change(visit.role, "notice.send"),
        parked_words=parked_words,
        returned=visit.request.query_params.get("done") == "return",
        words=visit.form.get("words", ""),
    )


async def release(visit: Visit) -> Response:
    """POST /parked/{id}/release"""
    parked = await release_parked(visit.console.platform, visit.account, visit.request.path_params["id"])
    if parked.code == "parked":
        said = visit.t("又判断了一次：还要等。", "Decided again: it still has to wait.")
        return _page(visit, parked, said=said)
    return _page(visit, parked, said=visit.t("已经办了，不再等待。", "It was decided and waits no more."))


async def give_back(visit: Visit) -> Response:
    """POST /parked/{id}/return"""
    change, words = visit.request.path_params["id"], visit.form.get("words", "")
    parked = await read_parked(visit.console.platform, visit.account, change)
    if not is_reason(words):
        return _page(visit, parked, problem=visit.t("请写明要本人做什么。", "Say what is to be done."), status=422)
    try:
        sent = await return_parked(visit.console.platform, visit.account, change, words)
    except NotFound:
        return _page(visit, parked, problem=visit.t("现在不能退回。", "It cannot be returned now."), status=409)
    if not sent:
        return _page(visit, parked, problem=visit.t("这句话已经告诉过本人。", "This was said already."), status=409)
    return RedirectResponse(f"{BASE}/{change}?done=return", 303)
