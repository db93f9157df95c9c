"""Conflicts, side by side and decided here; and changes that wait, with what they wait for.

Law: a decision names what its person saw of the record; if it has changed since, it is refused and shown anew.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response

from server.actions.list_disputes import list_conflicts, list_parked
from server.actions.open_to_read import open_to_read, reach_record
from server.actions.settle_parked import waiting_for
from server.actions.take_step import read_record, take_step
from server.actions.tell_names import names_of, record_names
from server.console.field_words import label_of
from server.console.looking import kept_reason, reason_of_look
from server.console.narrowing import narrowed
from server.console.render import page
from server.console.visit import Visit
from server.console.words import parked_words
from server.domain.people.masking import mask_text
from server.domain.people.reach import account_holder
from server.domain.people.roles import may_read
from server.domain.record_fields import Fields, text, texts
from server.domain.supervision.conflicts import ConflictState, decision_of
from sync.central.known import Record
from sync.core.chain import encode_hash
from sync.core.changes import Base, OutcomeCode

SIDES = ("mine", "theirs", "base")
_SEEN_PURPOSE = "conflict-seen"


@dataclass(frozen=True)
class Line:
    """One field in conflict: its name for people and its three values, and what the record holds now."""

    field: str
    label: str
    base: object
    mine: object
    theirs: object
    now: object

    @property
    def values(self) -> tuple[object, ...]:
        return (self.base, self.mine, self.theirs, self.now)


async def show(visit: Visit) -> Response:
    only = await narrowed(visit)
    found = await list_conflicts(visit.console.platform, only.account.scope, *_after(visit))
    names = await names_of(visit.console.platform, [one.bucket for one in found.conflicts])
    told = [(text(one.fields, "kind"), text(one.fields, "record")) for one in found.conflicts]
    abouts = await record_names(visit.console.platform, told)
    decided = visit.request.query_params.get("done") == "decide"
    return page(visit, "conflicts.html", found=found, only=only, names=names, abouts=abouts, decided=decided)


async def show_parked(visit: Visit) -> Response:
    only = await narrowed(visit)
    found = await list_parked(visit.console.platform, only.account.scope, *_after(visit))
    return page(visit, "parked.html", found=found, only=only, parked_words=parked_words)


def _after(visit: Visit) -> tuple[tuple[int, str], ...]:
    at, _, ident = visit.request.query_params.get("after", "").partition(".")
    return ((int(at), ident[:32]),) if at.isascii() and at.isdecimal() and len(at) < 16 else ()


async def show_one(visit: Visit) -> Response:
    """Over a case of social aid a page asks first why it is looked at."""
    return await _page(visit)


async def _page(visit: Visit, *, said: str = "", status: int = 200) -> Response:
    """A look, however the page comes to be shown."""
    platform, asked = visit.console.platform, visit.request.path_params["id"]
    unmasked = bool(visit.unmask)
    conflict = await open_to_read(platform, visit.account, "conflict", asked, reason_of_look(visit), unmasked=unmasked)
    fields = conflict.fields
    target = await read_record(platform, text(fields, "kind"), text(fields, "record"))
    abouts = await record_names(platform, [(text(fields, "kind"), text(fields, "record"))])
    lines = lines_of(fields, target.fields if target is not None else {}, visit.english)
    hands = [account_holder(one) for one in (text(fields, "mine_by"), *texts(fields, "theirs_by"))]
    return page(
        visit,
        "conflict.html",
        status=status,
        conflict=conflict,
        lines=lines,
        hides=any(_masked(shown(value)) for line in lines for value in line.values),
        kind=text(fields, "kind"),
        about=abouts.get(text(fields, "record")) or _about(target),
        about_path=_about_path(visit, fields),
        names=await names_of(platform, [conflict.bucket, *hands]),
        depends=await waiting_for(platform, text(fields, "change"), text(fields, "record")),
        said=said,
        kept=kept_reason(visit),
        shown=shown,
        seen=_seen_mark(visit, {line.field: line.now for line in lines}),
    )


def _masked(said: str) -> bool:
    """Whether the page shows less of it than it holds."""
    return mask_text(said, land_lines=False) != said


def _about(target: Record | None) -> str:
    """What people call the record that both wrote to."""
    fields = target.fields if target is not None else {}
    return next((text(fields, one) for one in ("number", "receipt", "name", "base_item") if text(fields, one)), "—")


def _about_path(visit: Visit, conflict: Fields) -> str:
    """Where the record can be seen; "" when there is no page for this role."""
    kind, record = text(conflict, "kind"), text(conflict, "record")
    base = {"case": "/console/desk", "claim": "/console/campaigns/claims"}.get(kind, "")
    return f"{base}/{record}" if base and may_read(visit.role, kind) else ""


def _seen_mark(visit: Visit, now: Fields) -> str:
    """Stands for what the page shows of the record, and travels back with the decision: the values themselves may be
    masked on the page, and would be whole in its source.
    """
    told = msgspec.json.encode(now, order="deterministic")
    return visit.console.door.secrets.mac(_SEEN_PURPOSE, told).hex()


def lines_of(conflict: Fields, now: Fields, english: bool = False) -> list[Line]:
    kind = text(conflict, "kind")
    return [
        Line(
            field=name,
            label=label_of(kind, name, english),
            base=_side(conflict, "base", name),
            mine=_side(conflict, "mine", name),
            theirs=_side(conflict, "theirs", name),
            now=now.get(name),
        )
        for name in texts(conflict, "fields")
    ]


def _side(conflict: Fields, side: str, name: str) -> object:
    values = conflict.get(side)
    return values.get(name) if isinstance(values, dict) else None


def shown(value: object) -> str:
    """A value as a person reads it."""
    match value:
        case None | "":
            return "—"
        case str() | int():
            return str(value)
        case [*values]:
            return "、".join(shown(one) for one in values)
        case {"both": [*values]}:
            return " ／ ".join(shown(one) for one in values)
        case _:
            return msgspec.json.encode(value).decode()


async def decide(visit: Visit) -> Response:
    """Each field by a side, as the form's `pick.<place>` says; fields that were not chosen stop it."""
    platform = visit.console.platform
    conflict = await reach_record(platform, visit.account, "conflict", visit.request.path_params["id"])
    fields = conflict.fields
    names = texts(fields, "fields")
    picks = {name: visit.form.get(f"pick.{place}", "") for place, name in enumerate(names)}
    if any(pick not in SIDES for pick in picks.values()):
        return await _page(visit, said=visit.t("请每一项都选一个。", "Please choose one for each."), status=422)
    decided: dict[str, Any] = {name: _side(fields, pick, name) for name, pick in picks.items()}
    target = await read_record(platform, text(fields, "kind"), text(fields, "record"))
    now = {name: target.fields.get(name) if target is not None else None for name in names}
    is_open = text(fields, "state") != ConflictState.DECIDED
    if is_open and not hmac.compare_digest(visit.form.get("seen", "").encode(), _seen_mark(visit, now).encode()):
        return await _page(visit, said=_moved(visit), status=409)
    async with platform.store.read() as unit:
        epoch = (await unit.centre()).epoch
    taken = await take_step(
        platform,
        visit.account,
        kind="conflict",
        record=conflict.id,
        name="conflict.decide",
        fields=decision_of(decided, now),
        seen=Base(epoch=epoch, rev=conflict.rev, hash=encode_hash(conflict.hash)),
    )
    if taken.outcome.code in (OutcomeCode.APPLIED, OutcomeCode.MERGED):
        return RedirectResponse("/console/conflicts?done=decide", 303)
    said = {
        "conflict_decided": visit.t("别人刚刚已经决定了。", "Somebody has just decided it."),
        "conflict_moved": _moved(visit),
        "choice_too_late": visit.t(
            "办件已受理，收到的材料不能退回：请选现有的值。",
            "The case is accepted, what came in stays: choose what stands.",
        ),
    }.get(taken.outcome.reason, visit.t("没有执行，记录未改变。", "It was not done; nothing has changed."))
    return await _page(visit, said=said, status=409)


def _moved(visit: Visit) -> str:
    return visit.t("记录刚刚又有变化，请看最新的值再决定。", "The record has changed meanwhile: look again.")
