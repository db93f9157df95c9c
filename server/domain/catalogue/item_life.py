"""Owns the life of base items and items: published, suspended, resumed, cancelled, split, merged, from a day on.

Laws: every step is a new version, one higher, and so is the record's rev: a draft pinned to a version is compared with
the body of that rev. A step whose day has not come writes only under "next.": until then the record shows what it
showed, and on that day the centre lets it take effect. What waits changes the state only if its step does, so that an
item suspended meanwhile stays so; nothing waits for a cancelled item. That one stays, so that whoever looks for it is
told why and what stands for it; open cases end by the version they were filed under.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.domain.problems import Problem, problem
from server.domain.record_fields import KINDS, Fields, family, integer, parse_date, text, texts
from server.domain.steps import StepTable, state_after, step


class ItemState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


NEXT = "next."
EFFECTIVE = "effective_from"
_ON_OFFER = (ItemState.ACTIVE, ItemState.SUSPENDED)


def _writable(kind: str) -> frozenset[str]:
    """What a publication may say: every field of the kind but what its other steps are for."""
    table = KINDS[kind]
    return frozenset(table.fields) - {"successors", "cancelled_on"}


def _steps_of(kind: str) -> StepTable:
    said = {"status", "version", EFFECTIVE, "status_reason"}
    return {
        f"{kind}.publish": step(None, *_ON_OFFER, to=None, writes=_writable(kind), needs=("name",)),
        f"{kind}.suspend": step(ItemState.ACTIVE, to=ItemState.SUSPENDED, writes=said, needs=("status_reason",)),
        f"{kind}.resume": step(ItemState.SUSPENDED, to=ItemState.ACTIVE, writes=said),
        f"{kind}.cancel": step(
            *_ON_OFFER, to=ItemState.CANCELLED, writes={*said, "cancelled_on"}, needs=("status_reason",)
        ),
        f"{kind}.split": step(*_ON_OFFER, to=ItemState.CANCELLED, writes=said, needs=("successors",)),
        f"{kind}.merge": step(*_ON_OFFER, to=ItemState.CANCELLED, writes=said, needs=("successors",)),
        f"{kind}.take_effect": step(*_ON_OFFER, to=None),
    }


ITEM_STEPS: StepTable = _steps_of("item")
BASE_ITEM_STEPS: StepTable = _steps_of("base_item")
STEPS: Mapping[str, StepTable] = {"item": ITEM_STEPS, "base_item": BASE_ITEM_STEPS}
CENTRE_ONLY = frozenset(f"{kind}.take_effect" for kind in STEPS)
_SUCCESSORS_MIN = {"split": 2, "merge": 1}


def item_state(item: Fields) -> ItemState:
    value = text(item, "status")
    return ItemState(value) if value in ItemState.__members__.values() else ItemState.ACTIVE


def pending_from(item: Fields) -> date | None:
    """The day on which what waits takes effect; None when nothing waits."""
    return parse_date(item.get(NEXT + EFFECTIVE))


def effective_item(item: Fields, on: date) -> Fields:
    """The item as it is on that day: what waits is shown from its day on, under the version it will have."""
    begins = pending_from(item)
    shown = {name: value for name, value in item.items() if not name.startswith(NEXT)}
    if begins is None or on < begins:
        return shown
    return {**shown, **waiting_fields(item), "version": integer(item, "version") + 1}


def waiting_fields(item: Fields) -> dict[str, object]:
    """What will be, by field; "" for a field that goes. Nothing waits without its day."""
    if pending_from(item) is None:
        return {}
    return {name: value for name, value in family(item, NEXT).items() if value is not None}


@dataclass(frozen=True)
class LifeStep:
    """One step of one record. `fields` is the whole record with what the step set, `touched` what it set."""

    kind: str
    name: str
    before: Fields | None
    touched: frozenset[str]
    fields: Fields
    on: date

    @property
    def verb(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def state(self) -> str | None:
        return item_state(self.before).value if self.before is not None else None


def check_life_step(taken: LifeStep) -> list[Problem]:
    """Whether the step may be taken: the item's state, what it writes, and what it must name."""
    steps = STEPS[taken.kind]
    if taken.state not in steps[taken.name].before:
        return [problem("state_step", "status", before=taken.state or "new", after=taken.name)]
    rule, fields = steps[taken.name], KINDS[taken.kind].fields
    known = [one for one in taken.touched if one in fields or one.startswith(NEXT)]
    found = [problem("step_writes", one, step=taken.name) for one in sorted(known) if not rule.may_write(one)]
    found += [
        problem("field_missing", one, label=fields[one].zh)
        for one in rule.needs
        if taken.fields.get(one) in (None, "", [])
    ]
    least = _SUCCESSORS_MIN.get(taken.verb, 0)
    if len(set(texts(taken.fields, "successors"))) < least:
        found.append(problem("successors_few", "successors", least=least))
    begins = pending_from(taken.before or {})
    if taken.verb == "take_effect" and (begins is None or taken.on < begins):
        found.append(problem("not_yet_effective", EFFECTIVE, day=begins or "-"))
    return found


def life_fields(taken: LifeStep) -> Fields:
    """What the centre writes with the step: state and version, and where its day has not come, everything under
    "next." instead of in its place. None means that a field goes.
    """
    before, fields = taken.before, taken.fields
    version = max(integer(before or {}, "version") + 1, integer(fields, "version"))
    if taken.verb == "take_effect":
        assert before is not None, "only what is there can take effect"
        return {**_in_place(before), "version": version}
    after = state_after(STEPS[taken.kind], taken.name, taken.state) or ItemState.ACTIVE.value
    computed: dict[str, object] = {"status": after, "version": version}
    if after == ItemState.CANCELLED:
        day = text(fields, "cancelled_on") or text(fields, EFFECTIVE) or taken.on.isoformat()
        computed["cancelled_on"] = day
    begins = parse_date(fields.get(EFFECTIVE)) if EFFECTIVE in taken.touched else None
    if before is None or begins is None or begins <= taken.on:
        # What waited for its day would bring a cancelled item back on it.
        ended = after == ItemState.CANCELLED and before is not None
        return {**computed, **({NEXT + name: None for name in waiting_fields(before or {})} if ended else {})}
    if after == taken.state:
        # A version that waits says nothing of the state: an item suspended meanwhile stays so.
        del computed["status"]
    return {**_put_off(before, fields, {*taken.touched, *computed} - {"version"}, computed), "version": version}


def _in_place(item: Fields) -> dict[str, object]:
    """What waited, in its place; nothing waits any more."""
    waited = waiting_fields(item)
    return {**waited, **{NEXT + name: None for name in waited}}


def _put_off(before: Fields, fields: Fields, names: Collection[str], computed: Fields) -> dict[str, object]:
    """What the step set goes under "next.", and what stood there before goes back; an earlier step that waits for
    another day is replaced by this one.
    """
    waiting = waiting_fields(before) if before.get(NEXT + EFFECTIVE) != fields.get(EFFECTIVE) else {}
    put_off: dict[str, object] = {NEXT + name: None for name in waiting}
    said = {**fields, **computed}
    for name in sorted(names):
        put_off[name] = before.get(name)
        put_off[NEXT + name] = said[name] if said.get(name) is not None else ""
    return put_off
