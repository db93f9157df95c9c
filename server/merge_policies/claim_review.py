"""What reviewers do with a claim and, with it, its item: check, approve, publish, return, stop, decide between two.

Laws: reviewers work online, at their desks; nobody signs twice in a row for one list, and nobody checks what they
submitted. A publication, a suspension and a cancellation are one decision over the claim and its item. A proposal goes
no further than its unit until a reviewer adopts it; then the other becomes the proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from server.domain.catalogue.claim_item import not_carried, published_item, published_local, stopped_item
from server.domain.catalogue.claims import ON_OFFER, OPEN_STATES, REVIEW_WRITES, ClaimState
from server.domain.catalogue.consistency import publication_problems
from server.domain.catalogue.item_life import ItemState
from server.domain.catalogue.item_values import list_values
from server.domain.catalogue.local_items import local_item_id
from server.domain.check_context import CheckContext
from server.domain.problems import problem
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, integer, text
from server.domain.supervision.notices import notice_fields
from server.merge_policies.judging import china_day, context_of, refuse_for
from sync.central.known import Record, Wants
from sync.central.policies import Accept, NewRecord, Reading, Refuse, Situation, Verdict
from sync.core.changes import Change, Fields
from sync.core.clock import iso
from sync.core.ids import derived_id

_AT_ANY_DEVICE = frozenset({"claim.amend"})
_NEEDS = {
    "claim.amend": "amend_reason",
    "claim.return": "return_reasons",
    "claim.suspend": "stop_reason",
    "claim.cancel": "stop_reason",
    "claim.reject": "decline_reason",
    "claim.hand_over": "claimed_by",
}
# step → (field that names who did it, field that names who may not)
_SIGNED = {
    "claim.check": ("checked_by", "submitted_by"),
    "claim.approve": ("approved_by", "checked_by"),
    "claim.publish": ("published_by", "approved_by"),
}
_STOPS = {
    "claim.suspend": ItemState.SUSPENDED,
    "claim.resume": ItemState.ACTIVE,
    "claim.cancel": ItemState.CANCELLED,
}
# What the worker who took it is told.
_TOLD: Mapping[str, tuple[str, str]] = {
    "claim.return": ("认领的事项被退回，请按原因修改", "a claim was returned: correct it by the reasons given"),
    "claim.publish": ("认领的事项已发布", "a claim was published"),
    "claim.adopt": ("并列的认领已采纳", "the claim that stood beside another was adopted"),
    "claim.reject": ("并列的认领未采纳", "the claim that stood beside another was not adopted"),
    "claim.hand_over": ("有认领的事项移交给您", "a claim was handed over to you"),
    "claim.rebase": ("基本目录已更新，请核对认领的事项", "the base item has changed: look at the claim again"),
}


def place_key(fields: Fields) -> str:
    """Under which rival units' claims of one item for one place meet."""
    return f"claim:{text(fields, 'campaign')}:{text(fields, 'place')}:{text(fields, 'base_item')}"


def new_item_id(unit: str, base_item: str) -> str:
    """The item that a unit's claim makes where there was none."""
    return derived_id("item", unit, base_item)


def review_reads(change: Change, reading: Reading) -> Wants:
    """The item it makes or stops, and the claim it stands beside."""
    wants = Wants()
    sources = reading.sources("claim", change.record)
    if change.name == "claim.publish" or change.name in _STOPS:
        named = {item for one in sources if (item := text(one, "item"))}
        units = {unit for one in sources if (unit := text(one, "unit"))}
        wants.records |= {("item", item) for item in named}
        wants.records |= {("local_item", local_item_id(unit, item)) for unit in units for item in named}
        wants.records |= {("item", new_item_id(text(one, "unit"), text(one, "base_item"))) for one in sources}
    if change.name == "claim.adopt":
        wants.records |= {("claim", other) for one in sources if (other := text(one, "proposal_of"))}
    return wants


def review(situation: Situation, before: Record, state: ClaimState, *, exclusive: bool) -> Verdict:
    """A step of a desk that may be taken from the claim's state and leads to `state`."""
    name, author, fields = situation.change.name, situation.author, situation.fields
    at_a_desk = author.device == derived_id("desk", author.account)
    if name not in _AT_ANY_DEVICE and not at_a_desk:
        return Refuse(reason="online_only")
    allowed = REVIEW_WRITES[name] | {"state"}
    wrong = [problem("step_writes", field, step=name) for field in sorted(situation.change.touched - allowed)]
    needed = _NEEDS.get(name)
    if needed is not None and not fields.get(needed):
        wrong.append(problem("field_missing", needed, label=KINDS["claim"].fields[needed].zh))
    if wrong:
        return refuse_for(wrong) or Accept()
    computed: Fields = {"state": state.value}
    if state.value != text(before.fields, "state"):
        computed["state_since"] = iso(situation.centre.now)
    if name in _SIGNED:
        by, other = _SIGNED[name]
        if text(before.fields, other) == author.account:
            own = problem("own_work", other)
            told = [{"code": own.code, "field": own.field, "zh": own.zh, "en": own.en}]
            return Refuse(reason=own.code, detail={"field": other, "problems": told})
        if name != "claim.check" and text(before.fields, "proposal_of"):
            return Refuse(reason="proposal_open", detail={"stands": text(before.fields, "proposal_of")})
        computed[by] = author.account
    if name == "claim.return":
        computed["returns"] = integer(before.fields, "returns") + 1
        if state is ClaimState.FREE:
            computed["claimed_by"] = ""
    refused = refuse_for(check_record("claim", {**fields, **computed}, _without_state(context_of(situation, {}))))
    if refused is not None:
        return refused
    holds = exclusive and not text(fields, "proposal_of") and (state in OPEN_STATES or state in ON_OFFER)
    keys = frozenset({place_key(fields)}) if holds else frozenset[str]()
    accept = Accept(computed=computed, keys=keys, beside=_told(situation, computed))
    special = _SPECIAL.get(name)
    return special(situation, before, accept) if special is not None else accept


def _without_state(context: CheckContext) -> CheckContext:
    """The table of steps has judged the state already."""
    return CheckContext(on=context.on, captured_on=context.captured_on)


def _told(situation: Situation, computed: Fields) -> tuple[NewRecord, ...]:
    """The claim's worker, unless they did it themselves."""
    whole = {**situation.fields, **computed}
    words = _TOLD.get(situation.change.name)
    worker = text(whole, "claimed_by") or text(situation.before.fields if situation.before else {}, "claimed_by")
    if words is None or not worker or worker == situation.author.account:
        return ()
    code = situation.change.name.replace(".", "_")
    fields = {**notice_fields(worker, situation.change.record, *words), "code": code, "at": situation.centre.now}
    notice = derived_id("notice", situation.change.id, worker)
    return (NewRecord(kind="notice", id=notice, bucket=f"person:{worker}", fields=_plain(fields)),)


def _plain(fields: Mapping[str, object]) -> Fields:
    return {name: value for name, value in fields.items() if isinstance(value, str | int)}


def _publish(situation: Situation, before: Record, accept: Accept) -> Verdict:
    """The claim and the next version of its item, or its first, in one decision."""
    claim, standing = situation.fields, _item_of(situation)
    accept = replace(accept, computed={**accept.computed, "published_at": iso(situation.centre.now)})
    if standing is not None and not text(standing.fields, "unit"):
        return _publish_local(situation, standing, accept)
    ident = standing.id if standing is not None else new_item_id(text(claim, "unit"), text(claim, "base_item"))
    values = _plain_item(published_item(claim, standing.fields if standing is not None else None))
    refused = _check_item(situation, standing, values, published=True)
    if refused is not None:
        return refused
    accept = replace(accept, computed={**accept.computed, "item": ident})
    if standing is not None:
        return replace(accept, writes=(("item", ident, values),))
    made = NewRecord(kind="item", id=ident, bucket=f"unit:{text(claim, 'unit')}", fields=values)
    return replace(accept, beside=(*accept.beside, made))


def _publish_local(situation: Situation, standard: Record, accept: Accept) -> Verdict:
    """The standard list is held once: the site keeps beside it what is its own, and departs where it may."""
    claim = situation.fields
    unit, ident = text(claim, "unit"), local_item_id(text(claim, "unit"), standard.id)
    held = situation.known.record("local_item", ident)
    values = _plain_item(published_local(claim, standard.fields))
    whole: Fields = {**(held.fields if held is not None else {}), **values, "unit": unit, "item": standard.id}
    context = CheckContext(on=china_day(situation.centre.now), records={standard.id: standard.fields})
    refused = refuse_for(check_record("local_item", whole, context))
    if refused is not None:
        return refused
    left = not_carried(claim, standard.fields)
    accept = replace(
        accept,
        computed={**accept.computed, "item": standard.id},
        detail={"not_carried": list(left)} if left else {},
    )
    if not values:
        return accept
    if held is not None:
        return replace(accept, writes=(("local_item", ident, values),))
    made = NewRecord(kind="local_item", id=ident, bucket=f"unit:{unit}", fields=whole)
    return replace(accept, beside=(*accept.beside, made))


def _stop(situation: Situation, before: Record, accept: Accept) -> Verdict:
    """Suspends, resumes or cancels the claim's item with it."""
    standing = _item_of(situation)
    if standing is None or not text(standing.fields, "unit"):
        return accept
    day = china_day(situation.centre.now).isoformat()
    state = _STOPS[situation.change.name]
    reason = text(situation.fields, "stop_reason") if state is not ItemState.ACTIVE else ""
    values = _plain_item(stopped_item(standing.fields, state, reason, day))
    return _check_item(situation, standing, values) or replace(accept, writes=(("item", standing.id, values),))


def _adopt(situation: Situation, before: Record, accept: Accept) -> Verdict:
    """The proposal stands; the claim that stood becomes the proposal, with all its work."""
    standing = text(before.fields, "proposal_of")
    if not standing:
        return Refuse(reason="no_proposal")
    key = place_key(situation.fields)
    other = situation.known.record("claim", standing)
    holds = other is not None and situation.known.holder(key) == standing
    writes: tuple[tuple[str, str, Fields], ...] = (
        (("claim", standing, {"proposal_of": situation.change.record}),) if holds else ()
    )
    return replace(accept, computed={**accept.computed, "proposal_of": ""}, keys=frozenset({key}), writes=writes)


def _reject(situation: Situation, before: Record, accept: Accept) -> Verdict:
    return accept if text(before.fields, "proposal_of") else Refuse(reason="no_proposal")


_SPECIAL: Mapping[str, Callable[[Situation, Record, Accept], Verdict]] = {
    "claim.publish": _publish,
    "claim.adopt": _adopt,
    "claim.reject": _reject,
    **dict.fromkeys(_STOPS, _stop),
}


def _item_of(situation: Situation) -> Record | None:
    """The item the claim names, or the one its unit's claims make. Another unit's item is none of its."""
    claim = situation.fields
    for ident in (text(claim, "item"), new_item_id(text(claim, "unit"), text(claim, "base_item"))):
        found = situation.known.record("item", ident) if ident else None
        if found is not None and text(found.fields, "unit") in ("", text(claim, "unit")):
            return found
    return None


def _check_item(
    situation: Situation, standing: Record | None, values: Fields, *, published: bool = False
) -> Refuse | None:
    whole = {**(standing.fields if standing is not None else {}), **values}
    before = standing.fields if standing is not None else None
    wrong = check_record("item", whole, CheckContext(on=china_day(situation.centre.now), before=before))
    binding, _ = publication_problems(list_values(whole)) if published else ([], [])
    return refuse_for(wrong + binding)


def _plain_item(values: Mapping[str, object]) -> Fields:
    made: Fields = {}
    for name, value in values.items():
        assert isinstance(value, str | int | list), f"{name} of an item is a text, a number or a list"
        made[name] = value
    return made
