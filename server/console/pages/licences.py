"""A resident's licences from the page of a case: one is looked up and used, registered, verified or declared void.

Laws: each is a step of its own with the state its page showed; a licence is used for this case with its purpose, which
is logged before anybody is asked. What is another resident's is not there.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import RedirectResponse, Response

from server.actions.refusals import NotFound
from server.actions.show_case import show_case
from server.actions.take_step import read_record
from server.actions.use_licence import use_licence
from server.adapters.licences import RegisterUnavailable
from server.console.licence_forms import LICENCE_KEEP, LICENCE_USE, OF_ONE
from server.console.looking import reason_of_look
from server.console.pages.desk import case_page
from server.console.record_pages import Told, problems_of, say_step, seen_state
from server.console.step_forms import fields_from
from server.console.visit import Visit
from server.domain.catalogue.licence_kinds import LICENCE_KINDS
from server.domain.record_fields import text
from server.domain.supervision.reads import is_reason
from sync.central.known import Record
from sync.core.ids import timed_id

_ABSENT: Told = {
    "zh": "没有查到可用的电子证照：请本人出示原件，核验后登记，或收纸质材料。",
    "en": "No licence that could be used: look at the original and register it, or take the paper.",
}
_AWAY: Told = {
    "zh": "证照库暂时查不到：可先收原件办理，稍后再查。",
    "en": "The register does not answer: go on with the paper, or ask again later.",
}
_WHICH: Told = {"zh": "请选择证照，并写明用途。", "en": "Choose the licence, and say what it is for."}


async def use(visit: Visit) -> Response:
    """POST /desk/{id}/licence/use"""
    case, console = await _case(visit), visit.console
    said = fields_from(LICENCE_USE, visit.form)
    kind, purpose = text(said, "kind"), text(said, "purpose")
    if kind not in LICENCE_KINDS or not is_reason(purpose):
        return await _back(visit, LICENCE_USE.step, [_WHICH], 422)
    try:
        taken = await use_licence(
            console.platform, console.register, visit.account, case=case.id, kind=kind, purpose=purpose
        )
    except RegisterUnavailable:
        return await _back(visit, LICENCE_USE.step, [_AWAY], 503)
    if taken is None:
        return await _back(visit, LICENCE_USE.step, [_ABSENT], 409)
    if not taken.outcome.code.has_effect:
        return await _back(visit, LICENCE_USE.step, problems_of(taken, None), 409)
    return _done(case)


async def keep(visit: Visit) -> Response:
    """POST /desk/{id}/licence/keep"""
    case = await _case(visit)
    said = {
        **fields_from(LICENCE_KEEP, visit.form),
        "resident": text(case.fields, "resident"),
        "village": text(case.fields, "village"),
    }
    record = timed_id(visit.console.now(), visit.console.platform.randomness(10))
    problems = await say_step(visit, "licence", record, LICENCE_KEEP.step, said)
    return await _back(visit, LICENCE_KEEP.step, problems, 409) if problems else _done(case)


async def step(visit: Visit) -> Response:
    """POST /desk/{id}/licence/{licence}/{verb}"""
    case, path = await _case(visit), visit.request.path_params
    form, held = (
        OF_ONE.get(f"licence.{path['verb']}"),
        await read_record(visit.console.platform, "licence", path["licence"]),
    )
    if form is None or held is None or text(held.fields, "resident") != text(case.fields, "resident"):
        raise NotFound("no such licence of this resident")
    said = fields_from(form, visit.form)
    problems = await say_step(visit, "licence", held.id, form.step, said, seen=seen_state(visit))
    return await _back(visit, form.step, problems, 409) if problems else _done(case)


async def _case(visit: Visit) -> Record:
    """The case of the address, its look logged with the reason that its page was given. Raises NotFound."""
    case, why = visit.request.path_params["id"], reason_of_look(visit)
    return (await show_case(visit.console.platform, visit.account, case, why)).record


async def _back(visit: Visit, tried: str, problems: Sequence[Told], status: int) -> Response:
    return await case_page(visit, tried=tried, problems=problems, status=status)


def _done(case: Record) -> Response:
    return RedirectResponse(f"/console/desk/{case.id}", 303)
