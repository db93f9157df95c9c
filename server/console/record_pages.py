"""Owns what the page of one record with steps does: opening it, its forms, its history, and taking a step from it.

Laws: what the scope does not reach or the role may not read is not there; the look is durable before anything is shown.
A step names the state that its page showed. A refused step changes nothing and tells every reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from server.actions.case_history import case_history
from server.actions.list_followup import After
from server.actions.open_to_read import open_to_read
from server.actions.refusals import NotFound
from server.actions.take_step import Taken, take_step
from server.actions.tell_names import names_of
from server.console.looking import kept_reason, reason_of_look
from server.console.render import page
from server.console.step_forms import StepForm, fields_from
from server.console.visit import Visit
from server.domain.people.reach import account_holder
from server.domain.people.roles import may_change
from server.domain.record_fields import text
from server.domain.steps import STATE, StepTable, steps_from
from sync.central.known import Record
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields

LINES = 50
Told = Mapping[str, object]
"""A problem with its words: zh and en."""
STALE: Told = {
    "zh": "这一页已经过时：别人或您的另一个窗口刚刚改过。请看最新内容再做。",
    "en": "This page is behind: somebody, or another window of yours, has just changed it. Look again.",
}
REFUSED: Mapping[str, Told] = {
    "record_exists": {"zh": "已经登记过了。", "en": "It is on record already."},
}


async def open_record(visit: Visit, kind: str, record: str = "") -> Record:
    """The record of the page's address, or the one named, its look logged. Raises NotFound, ReasonMissing."""
    wanted = record or str(visit.request.path_params["id"])
    unmasked = bool(visit.unmask)
    return await open_to_read(
        visit.console.platform, visit.account, kind, wanted, reason_of_look(visit), unmasked=unmasked
    )


def forms_now(visit: Visit, steps: StepTable, forms: Mapping[str, StepForm], record: Record) -> list[StepForm]:
    """Those of what this account's role can do with the record in its state."""
    can = steps_from(steps, text(record.fields, STATE))
    return [form for step, form in forms.items() if step in can and may_change(visit.role, step)]


def form_asked(visit: Visit, kind: str, forms: Mapping[str, StepForm]) -> StepForm:
    """The form of the address. Raises NotFound."""
    form = forms.get(f"{kind}.{visit.request.path_params['verb']}")
    if form is None:
        raise NotFound("no such step")
    return form


async def seen_pairs(visit: Visit, record: Record) -> tuple[tuple[str, object], ...]:
    """What a form carries of the state that its page shows."""
    async with visit.console.platform.store.read() as unit:
        epoch = (await unit.centre()).epoch
    return (("epoch", epoch), ("rev", record.rev), ("hash", encode_hash(record.hash)))


def seen_state(visit: Visit) -> Base:
    """The state that the page showed. Raises NotFound for a form that names none."""
    rev = visit.form.get("rev", "")
    try:
        return Base(epoch=visit.form.get("epoch", "")[:32], rev=int(rev[:15]), hash=visit.form.get("hash", "")[:43])
    except ValueError:
        raise NotFound("a step without the state that was seen") from None


async def try_step(visit: Visit, record: Record, form: StepForm, *, seen: Base) -> Sequence[Told]:
    """A step with what stands, as its form was filled in. Empty when it was done, else every reason why not."""
    return await say_step(visit, record.kind, record.id, form.step, fields_from(form, visit.form), seen=seen)


async def say_step(
    visit: Visit, kind: str, record: str, step: str, fields: Fields, *, seen: Base | None = None
) -> Sequence[Told]:
    """The same; without `seen` it makes the record."""
    taken = await take_step(
        visit.console.platform, visit.account, kind=kind, record=record, name=step, fields=fields, seen=seen
    )
    if taken.outcome.code.has_effect:
        return ()
    return problems_of(taken, seen)


def problems_of(taken: Taken, seen: Base | None) -> Sequence[Told]:
    """Why a step was not done. On a page that is behind, that comes first: which state cannot follow which tells
    nobody anything there.
    """
    told: Sequence[Told] = taken.outcome.detail.get("problems", ())
    if seen is not None and taken.record is not None and taken.record.rev != seen.rev:
        return (STALE, *(one for one in told if one.get("code") != "state_step"))
    return told or (REFUSED.get(taken.outcome.reason, STALE),)


def done(visit: Visit, path: str, form: StepForm) -> Response:
    """Back to the page, which says so. A reload then repeats nothing."""
    return RedirectResponse(f"{path}?done={form.step}", 303)


async def record_page(
    visit: Visit,
    template: str,
    record: Record,
    *,
    forms: Sequence[StepForm],
    every: Mapping[str, StepForm],
    base: str,
    tried: str = "",
    problems: Sequence[Told] = (),
    status: int = 200,
    named: Sequence[str] = (),
    **context: Any,
) -> Response:
    """`every`: the area's table of forms; `base`: the address under which the steps lie; `named`: further holders."""
    platform = visit.console.platform
    told = record.fields
    accounts = [account_holder(text(told, name)) for name in told if name.endswith("_by") and text(told, name)]
    holders = [text(told, "holder"), f"place:{text(told, 'place') or text(told, 'village')}", *accounts, *named]
    finished = every.get(visit.request.query_params.get("done", "")[:40])
    return page(
        visit,
        template,
        status=status,
        record=record,
        fields=told,
        forms=forms,
        base=base,
        seen=(*await seen_pairs(visit, record), *kept_reason(visit)),
        tried=tried,
        problems=problems,
        posted=visit.form,
        finished=finished if status == 200 else None,
        history=await case_history(platform, record.id, record.kind),
        names=await names_of(platform, holders),
        **context,
    )


def after_of(visit: Visit) -> After:
    """`?after=`: the last row of the page before."""
    day, _, ident = visit.request.query_params.get("after", "").partition("~")
    return After(day[:40], ident[:32])
