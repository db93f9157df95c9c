"""Several cases in one go: chosen from the queue, one step, an answer for each, and the way back where there is one.

Laws: only what is safe without opening each: accepting what was pre-checked, dispatching what is finished, handing
over. Nothing is chosen beforehand. The list names no person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from server.actions.list_cases import list_cases
from server.actions.list_followup import After
from server.actions.refusals import NotFound
from server.actions.step_together import CASES_MAX, TOGETHER, Answer, Seen, seen_now, step_together
from server.actions.tell_names import case_lines, holders_around, names_of
from server.console.case_forms import CASE_FORMS, MODE_WORDS
from server.console.record_pages import STALE
from server.console.render import page
from server.console.step_forms import Ask, Input, Pair, StepForm, fields_from
from server.console.visit import Visit
from server.domain.people.roles import may_change
from server.domain.record_fields import Fields
from sync.core.changes import Base

BASE = "/console/desk/together"
_FORMS: Mapping[str, StepForm] = {
    "accept": StepForm("case.accept", CASE_FORMS["case.accept"].words),
    "dispatch": CASE_FORMS["case.dispatch"],
    "transfer": StepForm(
        "case.transfer",
        ("转办", "Hand over"),
        (
            Input("transfer.to", ("转给", "To"), Ask.CHOICE, {}),
            Input("transfer.reason", ("理由", "Reason"), Ask.LINE),
        ),
    ),
}
WORDS: Mapping[str, Pair] = {
    "accept": ("一起受理", "Accept together"),
    "dispatch": ("一起送达", "Dispatch together"),
    "transfer": ("一起转办", "Hand over together"),
}
_BACK: Mapping[str, Pair] = {
    "accept": (
        "受理不能收回；受理错了请打开该件转办或作废。",
        "Acceptance is not taken back: open the case to hand it over or void it.",
    ),
    "dispatch": ("方式选错了，可以再选一次改过来。", "If the way is wrong, choose again: the last one counts."),
    "transfer": ("可以把刚转出的收回来。", "What was just handed over can be taken back."),
}


def offered(visit: Visit, state: str) -> list[tuple[str, Pair]]:
    """What the queue offers for the cases of a state: (verb, words)."""
    return [
        (verb, WORDS[verb])
        for verb, wanted in TOGETHER.items()
        if may_change(visit.role, f"case.{verb}") and (state == wanted or verb == "transfer")
    ]


async def show(visit: Visit) -> Response:
    """GET /desk/together/{verb}: `?state=`, `?after=`"""
    return await _choose(visit, _verb(visit))


def _verb(visit: Visit) -> str:
    verb = str(visit.request.path_params["verb"])
    if verb not in TOGETHER or not may_change(visit.role, f"case.{verb}"):
        raise NotFound("no such step")
    return verb


async def _choose(visit: Visit, verb: str, problem: str = "", status: int = 200) -> Response:
    platform, query = visit.console.platform, visit.request.query_params
    state = TOGETHER[verb] or query.get("state", "")[:40]
    day, mark, ident = query.get("after", "").partition("~")
    after = After(day[:40], ident[:32]) if mark else None
    found = await list_cases(platform, visit.account, state=state, after=after, limit=CASES_MAX + 1)
    rows = found[:CASES_MAX]
    return page(
        visit,
        "together.html",
        status=status,
        verb=verb,
        words=WORDS[verb],
        back_words=_BACK[verb],
        form=await _form(visit, verb),
        rows=rows,
        seen=await seen_now(platform, [row.id for row in rows]),
        more=found[CASES_MAX - 1].key if len(found) > CASES_MAX else "",
        chosen_state=state,
        names=await names_of(platform, [f"place:{row.place}" for row in rows]),
        posted=visit.form,
        problem=problem,
    )


async def _form(visit: Visit, verb: str) -> StepForm:
    """With what can be chosen here: for handing over, the desks and units around the desk's own places."""
    form = _FORMS[verb]
    if verb != "transfer":
        return form
    around: dict[str, str] = {}
    for place in sorted(visit.account.scope.places)[:3]:
        around |= await holders_around(visit.console.platform, place)
    choices = {holder: (name, name) for holder, name in around.items()}
    to, reason = form.inputs
    return StepForm(form.step, form.words, (Input(to.path, to.words, to.ask, choices), reason))


async def take(visit: Visit) -> Response:
    """POST /desk/together/{verb}: `pick.<case>` and its `seen.<case>`"""
    verb = _verb(visit)
    cases = _picked(visit)
    if not cases:
        return await _choose(visit, verb, visit.t("请先勾选要办的。", "Tick what is to be done first."), 422)
    fields = fields_from(await _form(visit, verb), visit.form)
    if problem := _missing(visit, verb, fields):
        return await _choose(visit, verb, problem, 422)
    answers = await step_together(visit.console.platform, visit.account, verb, cases, fields)
    return await _answers(visit, verb, answers)


def _missing(visit: Visit, verb: str, fields: Fields) -> str:
    group = fields.get({"dispatch": "parcel", "transfer": "transfer"}.get(verb, ""), {})
    if verb == "dispatch" and (not isinstance(group, dict) or group.get("mode") not in MODE_WORDS):
        return visit.t("请选择送达方式。", "Choose how they are dispatched.")
    if verb == "transfer" and (not isinstance(group, dict) or not group.get("to") or not group.get("reason")):
        return visit.t("请选择转给谁，并写明理由。", "Choose to whom, and say why.")
    return ""


async def take_back(visit: Visit) -> Response:
    """POST /desk/together/transfer/back: each to whoever held it before, as long as nobody touched it since."""
    reason = visit.t("误转，收回。", "Handed over by mistake, taken back.")
    answers: list[Answer] = []
    for case in _picked(visit):
        fields = {"transfer": {"to": visit.form.get(f"held.{case.record}", "")[:80], "reason": reason}}
        answers += await step_together(visit.console.platform, visit.account, "transfer", [case], fields)
    return await _answers(visit, "transfer", answers, is_back=True)


def _picked(visit: Visit) -> list[Seen]:
    found = []
    for name in visit.form:
        record = name.removeprefix("pick.")[:32] if name.startswith("pick.") else ""
        epoch, _, rest = visit.form.get(f"seen.{record}", "").partition("~") if record else ("", "", "")
        rev, _, digest = rest.partition("~")
        try:
            found.append(Seen(record, Base(epoch=epoch[:32], rev=int(rev[:15]), hash=digest[:43])))
        except ValueError:
            continue  # not a tick of our page
    return found[:CASES_MAX]


async def _answers(visit: Visit, verb: str, answers: Sequence[Answer], *, is_back: bool = False) -> Response:
    lines = await case_lines(visit.console.platform, visit.account, [one.record for one in answers])
    return page(
        visit,
        "together_done.html",
        verb=verb,
        words=WORDS[verb],
        back_words=_BACK[verb],
        answers=answers,
        lines={line.id: line for line in lines},
        done=sum(one.done for one in answers),
        can_go_back=verb == "transfer" and not is_back and any(one.done and one.held_by for one in answers),
        stale=STALE,
        names=await names_of(visit.console.platform, [one.held_by for one in answers]),
    )
