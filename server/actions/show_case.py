"""Shows one case to a desk: the record, its consent, its clocks, its history, what to look at, what can be done now.

Laws: the look is logged before anything is shown. What the scope does not reach is as absent as what does not exist.
The id number and the phone are masked, unless the look says why they are wanted whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from server.actions.case_history import HistoryEntry, case_history
from server.actions.list_licences import LicenceLine, list_licences
from server.actions.list_watching import WatchedLine, lights_on_case
from server.actions.open_to_read import by_leave_of, open_to_read
from server.actions.platform import Platform
from server.domain.cases.clocks import dues, parse_clock
from server.domain.cases.consent import coverage_problems
from server.domain.cases.corrections import facts_of, suggested_list
from server.domain.cases.credit import check_bar, credit_keys
from server.domain.cases.cross_area import advise_area
from server.domain.cases.desk_rules import UNITS_OWN_STEPS, advise_elsewhere, is_own_filing
from server.domain.cases.joint import open_units, parts_of
from server.domain.cases.lifecycle import CaseState, actions_from, parse_state
from server.domain.cases.materials import FIELD_PREFIX, pages_of, parse_materials
from server.domain.cases.step_view import StepView
from server.domain.cases.working_days import calendar_id, overrides_in, years_around
from server.domain.catalogue.amounts import amount_for
from server.domain.catalogue.reduction import demand_of
from server.domain.check_context import CheckContext
from server.domain.people.entitlement import Directory
from server.domain.people.masking import mask_citizen_id, mask_phone
from server.domain.people.reach import decides
from server.domain.people.residents import age_of
from server.domain.people.roles import may_change, may_read
from server.domain.problems import Problem, problem
from server.domain.record_checks import advise_record
from server.domain.record_fields import parse_date, text
from server.merge_policies.judging import china_day
from server.storage.change_log import line_place
from server.storage.people import AccountRow
from sync.central.known import Known, Record, Wants
from sync.core.changes import Fields
from sync.core.codec import parse_change_line
from sync.core.ids import derived_id

_FIRST_LINE = """SELECT id, line FROM changes WHERE record = ? AND kind = 'consent' AND name = 'consent.give'
                 AND reused = 0 AND rev = 1 AND line IS NOT NULL ORDER BY position LIMIT 1"""
_OF_ITEM = ("name", "version", "legal_days", "promise_days", "unit", "result", "fields")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    code: str
    day: str
    late: bool
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentState:
    """`as_signed`: the fingerprint of the text is the one that the device sent when it was signed. `problems`: why it
    does not cover the item on the day of receipt.
    """

    fields: Mapping[str, Any]
    as_signed: bool
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialLine:
    """`file`: its first page, `pages`: the further ones. `licences`: the kinds that stand for it; `trust`: the class of
    the usable one at hand, empty where none is. `ask`: what may be asked of the applicant for it: ask, promise,
    optional, covered or never; `why_zh`, `why_en`: what stands for it. `cancelled`: never asked for.
    """

    no: str
    name: str
    necessity: int
    cancelled: bool
    state: str
    file: str
    pages: tuple[str, ...]
    licences: tuple[str, ...]
    trust: str
    ask: str
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    code: str
    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """`steps` are what this account can do now; `to_ask_for` is what a return must name at least. `record` with its
    rev and hash is what the next step names as seen. `phone`: the case's own, else the resident's. `pays`: what the
    item pays this very person by the county's table, in Chinese and English; empty where none or the age is not known.
    """

    record: Record
    resident: Mapping[str, Any]
    phone: str
    item: Mapping[str, Any]
    materials: tuple[MaterialLine, ...]
    consent: ConsentState | None
    dues: tuple[DueDay, ...]
    advice: tuple[Advice, ...]
    to_ask_for: tuple[Mapping[str, Any], ...]
    steps: tuple[str, ...]
    history: tuple[HistoryEntry, ...]
    licences: tuple[LicenceLine, ...]
    pays: tuple[str, str]
    lights: tuple[WatchedLine, ...]
    """What shines on it, with its orders, for whose role may read lights."""


async def show_case(
    platform: Platform,
    account: AccountRow,
    record: str,
    reason: str = "",
    *,
    unmasked: bool = False,
    operator: AccountRow | None = None,
) -> CasePage:
    """`operator`: who looks in the account's place. Raises NotFound, or ReasonMissing where the law asks for a reason,
    as it does for who wants no masks.
    """
    case = await open_to_read(platform, account, "case", record, reason, unmasked=unmasked, operator=operator)
    today, directory = china_day(platform.clock.wall_ms()), await platform.directory()
    known = await _load(platform, case, today)
    fields = case.fields
    for kind in ("resident", "consent"):
        held = known.record(kind, text(fields, kind)) if text(fields, kind) else None
        if held is not None and not await by_leave_of(platform, account, case, held):
            fields = {**fields, kind: ""}
    resident, item = _of(known, "resident", fields), _of(known, "item", fields)
    overrides = overrides_in(
        one.fields for year in years_around(today) if (one := known.record("calendar", calendar_id(year)))
    )
    about = {text(fields, name): found for name, found in (("resident", resident), ("item", item)) if found}
    ctx = CheckContext(on=parse_date(text(fields, "received_at")[:10]) or today, records=about, overrides=overrides)
    phone = text(fields, "phone") or text(resident, "phone")
    licences = tuple(await list_licences(platform, text(fields, "resident"), today))
    view = StepView(
        name="case.return",
        before=fields,
        fields=fields,
        item=item,
        on=today,
        overrides=overrides,
        licences=frozenset(one.kind for one in licences if one.usable),
    )
    return CasePage(
        record=case,
        resident=resident if unmasked else _masked(resident),
        phone=phone if unmasked else mask_phone(phone),
        item={
            name: item.get(name)
            for name in ("name", "version", "legal_days", "promise_days", "unit", "result", "fields")
        },
        materials=_materials(view, licences),
        consent=await _consent(platform, known, fields),
        dues=tuple(
            DueDay(code=due.code, day=due.day.isoformat(), late=due.day < today, provisional=due.provisional)
            for due in dues(fields, overrides)
        ),
        advice=tuple(
            Advice(code=one.code, field=one.field, zh=one.zh, en=one.en)
            for one in (
                *advise_record("case", fields, ctx),
                *advise_area(fields, resident, item),
                *check_bar(replace(view, barred=_is_barred(platform, known, fields, resident)), promised=True),
                *_advise_own(account, fields),
                *_advise_unit(account, fields, directory),
            )
        ),
        to_ask_for=tuple(suggested_list(parse_materials(item), view)),
        steps=steps_now(account, fields, decides=decides(account.scope, fields, directory)),
        history=tuple(await case_history(platform, record)),
        licences=licences,
        lights=tuple(await lights_on_case(platform, record, _parts(record, fields)))
        if may_read(account.role, "light")
        else (),
        pays=_pays(item, resident, ctx.on),
    )


def _parts(case: str, fields: Fields) -> list[str]:
    """By what the lights of its units' shares are known."""
    return [derived_id("part", case, part.unit) for part in parts_of(fields)]


def _pays(item: Fields, resident: Fields, on: date) -> tuple[str, str]:
    """By the day of receipt, as eligibility is judged."""
    age = age_of(resident, on)
    county = text(resident, "hukou") or text(resident, "village")
    found = amount_for(item, county, on, age) if age is not None else None
    return found.words if found is not None else ("", "")


def steps_now(account: AccountRow, case: Fields, *, decides: bool = True) -> tuple[str, ...]:
    """What this account may do with a case in its state. `decides`: whether it speaks for the unit that holds it."""
    can = {one for one in actions_from(parse_state(text(case, "state"))) if not is_own_filing(one, account.id, case)}
    if "credit" not in case:
        can -= {"case.credit_clear"}
    if not open_units(case):
        can -= {"case.part_answer", "case.part_drop"}
    clock = parse_clock(case.get("clock"))
    # Who reviews first passes the case up; who has it then decides.
    can -= {"case.decide"} if clock is not None and clock.is_below else {"case.pass_up"}
    can -= frozenset() if decides else UNITS_OWN_STEPS
    return tuple(sorted(name for name in can if may_change(account.role, name)))


def _advise_unit(account: AccountRow, case: Fields, directory: Directory) -> list[Problem]:
    """Why somebody who sees a unit's case finds no way to decide it."""
    own = actions_from(parse_state(text(case, "state"))) & UNITS_OWN_STEPS
    may = any(may_change(account.role, one) for one in own)
    return advise_elsewhere(decides_here=decides(account.scope, case, directory)) if may else []


def _advise_own(account: AccountRow, case: Fields) -> list[Problem]:
    """Why whoever filed it finds no way to accept or to decide it here."""
    barred = {one for one in actions_from(parse_state(text(case, "state"))) if is_own_filing(one, account.id, case)}
    return [problem("own_filing", "state")] if any(may_change(account.role, one) for one in barred) else []


async def _load(platform: Platform, case: Record, today: date) -> Known:
    known, wants = Known(), Wants()
    for kind in ("resident", "item", "consent"):
        if named := text(case.fields, kind):
            wants.records.add((kind, named))
    wants.records |= {("calendar", calendar_id(year)) for year in years_around(today)}
    async with platform.store.read() as unit:
        await unit.load(wants, known)
        more = Wants(keys={*_credit_keys(platform, case.fields, _of(known, "resident", case.fields))})
        await unit.load(more, known)
    return known


def _credit_keys(platform: Platform, case: Fields, resident: Fields) -> tuple[str, ...]:
    return credit_keys(platform.sealing.keyed_index, text(case, "resident"), (text(resident, "citizen_id"),))


def _is_barred(platform: Platform, known: Known, case: Fields, resident: Fields) -> bool:
    """Whether a desk that has not accepted it yet must know of a broken promise."""
    state = parse_state(text(case, "state"))
    if state not in (CaseState.RECEIVED, CaseState.PRECHECKED):
        return False
    return any(known.holder(key) for key in _credit_keys(platform, case, resident))


def _of(known: Known, kind: str, case: Fields) -> Fields:
    named = text(case, kind)
    found = known.record(kind, named) if named else None
    return found.fields if found is not None else {}


def _masked(resident: Fields) -> Fields:
    hidden = {
        "citizen_id": mask_citizen_id(text(resident, "citizen_id")),
        "phone": mask_phone(text(resident, "phone")),
    }
    return {**resident, **hidden} if resident else {}


def _materials(view: StepView, licences: Sequence[LicenceLine]) -> tuple[MaterialLine, ...]:
    case, have, facts = view.fields, view.have, facts_of(view)
    usable = {one.kind: one.trust for one in sorted(licences, key=lambda one: one.trust, reverse=True) if one.usable}
    demands = ((material, demand_of(material, facts)) for material in view.materials)
    return tuple(
        MaterialLine(
            no=material.no,
            name=material.name,
            necessity=material.necessity.value,
            cancelled=material.never_asked,
            state=have[material.no].state.value if material.no in have else "",
            file=have[material.no].file if material.no in have else "",
            pages=tuple(file for file, _ in pages_of(case.get(FIELD_PREFIX + material.no))[1:]),
            licences=material.licences,
            trust=min((usable[kind] for kind in material.licences if kind in usable), default=""),
            ask=demand.ask.value,
            why_zh=demand.words[0],
            why_en=demand.words[1],
        )
        for material, demand in demands
    )


async def _consent(platform: Platform, known: Known, case: Fields) -> ConsentState | None:
    named = text(case, "consent")
    consent = known.record("consent", named) if named else None
    if consent is None:
        return None
    received = parse_date(text(case, "received_at")[:10])
    found = coverage_problems(consent.fields, text(case, "item"), received) if received is not None else []
    return ConsentState(
        fields=consent.fields,
        as_signed=await _as_signed(platform, consent),
        problems=tuple(one.code for one in found),
    )


async def _as_signed(platform: Platform, consent: Record) -> bool:
    """The line the device signed is in the log as it came: the text's fingerprint must be the same there."""
    async with platform.database.read() as snapshot:
        row = await snapshot.fetch_one(_FIRST_LINE, [consent.id])
    if row is None:
        return False
    sent = parse_change_line(platform.sealing.open(line_place(row[0]), bytes(row[1]))).change
    return sent is not None and sent.set.get("text_hash") == consent.fields.get("text_hash")
