"""The policies of the catalogue's kinds: base items and items, what sites keep of their own, electronic licences.

Laws: a step with an item raises its version by one, whoever else wrote meanwhile. An item that contradicts the law or
itself is not published; what its reviewer should look at is told with the outcome. What a site departs in is held
against the standard as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from msgspec import structs

from server.domain.catalogue.base_items import base_item_id
from server.domain.catalogue.consistency import publication_problems
from server.domain.catalogue.item_life import (
    EFFECTIVE,
    STEPS,
    ItemState,
    LifeStep,
    check_life_step,
    effective_item,
    life_fields,
    pending_from,
)
from server.domain.catalogue.item_values import list_values
from server.domain.catalogue.licences import (
    LICENCE_STEPS,
    is_trusted,
    is_usable,
    licence_fields,
    licence_keys,
    sources_open_to,
)
from server.domain.catalogue.local_items import departing_fields, local_item_id
from server.domain.people.roles import roles_that_may
from server.domain.problems import Problem, problem
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, Fields, parse_date, text, texts
from server.merge_policies.judging import context_of, refuse_for
from server.merge_policies.stepped import stepped_policy
from sync.central.known import Wants
from sync.central.policies import Accept, ChangeRule, Reading, RecordPolicy, Refuse, Rule, Situation, Verdict
from sync.core.changes import Change
from sync.core.clock import iso

ADVICE_TOLD_MAX = 20
_LIFE_RULES = {"status": Rule.LATEST, "version": Rule.LATEST, "successors": Rule.LATEST, "next.": Rule.LATEST}


def item_policy() -> RecordPolicy:
    return _life_policy(
        "item",
        bucket=item_bucket,
        columns=lambda fields: {
            "name": text(fields, "name"),
            "status": text(fields, "status"),
            "unit": text(fields, "unit") or None,
            "base_item": text(fields, "base_item") or None,
            "catalogue": text(fields, "catalogue") or None,
            "next_on": text(fields, "next.effective_from") or None,
        },
    )


def base_item_policy() -> RecordPolicy:
    return _life_policy(
        "base_item",
        bucket=lambda fields: f"catalogue:{fields['catalogue']}",
        columns=lambda fields: {
            "code": text(fields, "code"),
            "level": text(fields, "level"),
            "name": text(fields, "name"),
            "status": text(fields, "status"),
            "next_on": text(fields, "next.effective_from") or None,
        },
    )


def item_bucket(fields: Fields) -> str:
    """A unit's own items travel with the unit, a standard list with its catalogue."""
    unit = fields.get("unit")
    return f"unit:{unit}" if unit else f"catalogue:{fields['catalogue']}"


def _life_policy(
    kind: str, *, bucket: Callable[[Fields], str], columns: Callable[[Fields], Mapping[str, object]]
) -> RecordPolicy:
    return RecordPolicy(
        kind=kind,
        changes={
            name: ChangeRule(creates=None in taken.before, updates=True, roles=roles_that_may(name))
            for name, taken in STEPS[kind].items()
        },
        fields=_LIFE_RULES,
        computed=KINDS[kind].computed,
        bucket=bucket,
        reads=partial(_reads_successors, kind),
        settle=partial(_settle_life, kind),
        columns=columns,
        personal=False,
        natural=kind == "base_item",
    )


def _reads_successors(kind: str, change: Change, reading: Reading) -> Wants:
    named = texts(change.set, "successors")
    return Wants(records={(kind, one) for one in named}) if named else Wants()


def _settle_life(kind: str, situation: Situation) -> Verdict:
    change, before = situation.change, situation.before
    if kind == "base_item":
        expected = base_item_id(text(situation.fields, "level"), text(situation.fields, "code"))
        if change.record != expected:
            return Refuse(reason="wrong_id", detail={"expected": expected})
    context = context_of(situation, {})
    step = LifeStep(
        kind,
        change.name,
        before=before.fields if before is not None else None,
        touched=frozenset(change.touched),
        fields=situation.fields,
        on=context.on,
    )
    refused = refuse_for(check_life_step(step) or _successor_problems(kind, situation))
    if refused is not None:
        return refused
    computed = life_fields(step)
    advice: list[Problem] = []
    for shown in _judged(step, {**situation.fields, **computed}):
        refusals, advice = _publication(kind, change.name, shown)
        refused = refuse_for(check_record(kind, shown, context) + refusals)
        if refused is not None:
            return refused
    told = [{"code": one.code, "field": one.field, "zh": one.zh, "en": one.en} for one in advice[:ADVICE_TOLD_MAX]]
    return Accept(computed=dict(computed), detail={"advice": told} if told else {})


def _judged(taken: LifeStep, whole: Fields) -> tuple[Fields, ...]:
    """What the step leads to: at once, and on the day on which what waits takes effect. A step that is put off itself
    leaves what holds as it was, whatever is wrong with that.
    """
    begins = pending_from(whole)
    if begins is None or begins <= taken.on:
        return (effective_item(whole, taken.on),)
    then = effective_item(whole, begins)
    said = taken.fields.get(EFFECTIVE) if EFFECTIVE in taken.touched else None
    return (then,) if parse_date(said) == begins else (effective_item(whole, taken.on), then)


def _publication(kind: str, name: str, shown: Fields) -> tuple[list[Problem], list[Problem]]:
    """A step that only stops an item is never held up by what is wrong with its list."""
    if kind != "item" or name not in ("item.publish", "item.take_effect", "item.resume"):
        return [], []
    refusals, advice = publication_problems(list_values(shown))
    # What took effect was judged when it was published; it must not stay pending for ever.
    return ([], refusals + advice) if name == "item.take_effect" else (refusals, advice)


def _successor_problems(kind: str, situation: Situation) -> list[Problem]:
    found = []
    for successor in texts(situation.change.set, "successors"):
        held = situation.known.record(kind, successor)
        absent = held is None or successor == situation.change.record
        if absent or text(held.fields if held else {}, "status") == ItemState.CANCELLED:
            found.append(problem("successor_unknown", "successors"))
    return found


def local_item_policy() -> RecordPolicy:
    """Colleagues of one site meet in one record and merge by field, as in a claim."""
    return RecordPolicy(
        kind="local_item",
        changes={"local_item.set": ChangeRule(creates=True, updates=True, roles=roles_that_may("local_item.set"))},
        default=Rule.PERSON_DECIDES,
        computed=KINDS["local_item"].computed,
        bucket=lambda fields: f"unit:{fields['unit']}",
        reads=_reads_standard,
        settle=_settle_local,
        columns=lambda fields: {
            "unit": text(fields, "unit"),
            "item": text(fields, "item") or None,
            "departs": " ".join(departing_fields(fields)) or None,
        },
        personal=False,
        natural=True,
    )


def _reads_standard(change: Change, reading: Reading) -> Wants:
    return Wants(records={("item", item) for item in reading.texts("local_item", change.record, "item")})


def _settle_local(situation: Situation) -> Verdict:
    fields = situation.fields
    unit, item = text(fields, "unit"), text(fields, "item")
    expected = local_item_id(unit, item)
    if situation.change.record != expected:
        return Refuse(reason="wrong_id", detail={"expected": expected})
    standard = situation.known.record("item", item) if item else None
    if item and (standard is None or text(standard.fields, "unit") not in ("", unit)):
        return refuse_for([problem("item_absent", "item")]) or Accept()
    visible = {item: standard.fields} if standard is not None else {}
    return refuse_for(check_record("local_item", fields, context_of(situation, visible))) or Accept()


def licence_policy() -> RecordPolicy:
    """Who keeps a licence decides its class; what is used must be usable on the day."""
    policy = stepped_policy(
        "licence",
        LICENCE_STEPS,
        bucket=lambda fields: f"place:{fields['village']}",
        columns=lambda fields: {
            "resident": text(fields, "resident"),
            "kind": text(fields, "kind"),
            "trust": text(fields, "trust") or None,
            "state": text(fields, "state"),
            "valid_until": text(fields, "valid_until") or None,
        },
        adds=_licence_adds,
        reads=_reads_slots,
    )
    return replace(policy, settle=partial(_settle_licence, policy.settle))


def _settle_licence(settle: Callable[[Situation], Verdict], situation: Situation) -> Verdict:
    change, fields = situation.change, situation.fields
    if change.name == "licence.use" and not is_usable(fields, context_of(situation, {}).on):
        return refuse_for([problem("licence_not_usable", "trust")]) or Accept()
    if change.name == "licence.keep" and text(fields, "source") not in sources_open_to(situation.author.role):
        label = KINDS["licence"].fields["source"].zh
        return refuse_for([problem("value_unknown", "source", label=label, value=text(fields, "source"))]) or Accept()
    verdict = settle(situation)
    if not isinstance(verdict, Accept):
        return verdict
    whole = {**fields, **verdict.computed}
    return structs.replace(verdict, keys=_held_keys(situation, whole) if is_trusted(whole) else frozenset())


def _reads_slots(change: Change, reading: Reading) -> Wants:
    of_licence = partial(reading.texts, "licence", change.record)
    slots = (licence_keys(one, kind) for one in of_licence("resident") for kind in of_licence("kind"))
    return Wants(keys={key for keys in slots for key in keys})


def _held_keys(situation: Situation, licence: Fields) -> frozenset[str]:
    """The first free place among the resident's of this kind, or its own; one too many is used by whoever looks."""
    for key in licence_keys(text(licence, "resident"), text(licence, "kind")):
        if situation.known.holder(key) in (None, situation.change.record):
            return frozenset({key})
    return frozenset()


def _licence_adds(situation: Situation, fields: dict[str, Any]) -> dict[str, Any]:
    return dict(
        licence_fields(situation.change.name, fields, account=situation.author.account, at=iso(situation.centre.now))
    )
