"""Owns whether a case's record is a lawful filing (check) and what its desk should look at (advice).

Laws: nothing is submitted without a consent that names the item; what an item lost meanwhile is told, not silently
passed. Missing materials and doubtful eligibility are advice: a helper has no right to refuse and the centre none
to refuse at the door. What was once received is not measured again by a consent that ended later.
"""

from __future__ import annotations

from server.domain.cases.consent import coverage_problems, uncovered_data
from server.domain.cases.lifecycle import CaseState, may_become, parse_state
from server.domain.cases.materials import advise_materials, check_collected
from server.domain.cases.numbers import NumberInvalid, parse_receipt
from server.domain.cases.parcels import check_parcel
from server.domain.catalogue.eligibility import Verdict, eligible
from server.domain.catalogue.items import ItemState, item_state
from server.domain.check_context import CheckContext
from server.domain.people.phones import parse_phone
from server.domain.people.residents import resident_facts
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, integer, text, texts

SERVED = ("home", "station", "desk")
"""Where somebody was served: at home (上门), at the village's office, or at a desk."""
_BEFORE_SUBMISSION = frozenset({"", CaseState.DRAFT})


def filers_of(case: Fields) -> frozenset[str]:
    """The accounts that filed it: whom it names as its helper, and who sent it if that was another."""
    return frozenset(filter(None, (text(case, "helper"), text(case, "filed_by"))))


def check_case(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What makes the record unlawful or unreadable."""
    found = check_shapes("case", fields)
    if found:
        return found
    state = parse_state(text(fields, "state"))
    if state is None:
        return [problem("state_unknown", "state", value=text(fields, "state"))]
    found = _check_step(state, ctx) + check_collected(fields)
    if "parcel" in fields or "handover" in fields:
        found += check_parcel(fields)
    if receipt := text(fields, "receipt"):
        try:
            parse_receipt(receipt)
        except NumberInvalid:
            found.append(problem("receipt_invalid", "receipt"))
    if (served := text(fields, "served")) and served not in SERVED:
        found.append(problem("value_unknown", "served", label="服务地点", value=served))
    begun_here = "source" not in fields  # elsewhere another consent stood behind it, and the centre alone takes it over
    if begun_here and ctx.state_before in _BEFORE_SUBMISSION and state in (CaseState.SUBMITTED, CaseState.RECEIVED):
        found += _check_submission(fields, ctx)
    return found


def _check_step(after: CaseState, ctx: CheckContext) -> list[Problem]:
    before = parse_state(ctx.state_before)
    if may_become(before, after):
        return []
    return [problem("state_step", "state", before=ctx.state_before or "new", after=after)]


def _check_submission(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """Only when a filing is handed in: later edits rest on what was lawful then."""
    resident, item = ctx.record(text(fields, "resident")), ctx.record(text(fields, "item"))
    found = [] if resident is not None else [problem("resident_absent", "resident")]
    found += _check_item(fields, item)
    consent = ctx.record(text(fields, "consent"))
    if consent is None:
        return [*found, problem("consent_absent", "consent")]
    if text(consent, "resident") != text(fields, "resident"):
        found.append(problem("consent_other_resident", "consent"))
    found += coverage_problems(consent, text(fields, "item"), ctx.visit_day)
    needed = texts(item, "data_kinds") if item is not None else ()
    return found + [problem("consent_data", "consent", kind=kind) for kind in uncovered_data(consent, needed)]


def _check_item(fields: Fields, item: Fields | None) -> list[Problem]:
    if item is None:
        return [problem("item_absent", "item")]
    why = text(item, "status_reason") or text(item, "name")
    match item_state(item):
        case ItemState.CANCELLED:
            return [problem("item_cancelled", "item", why=why)]
        case ItemState.SUSPENDED:
            return [problem("item_suspended", "item", why=why)]
    pinned = integer(fields, "item_version")
    if pinned > integer(item, "version"):
        return [problem("item_version_ahead", "item_version", value=pinned)]
    return []


def advise_case(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What the desk should see beside a lawful filing, and the helper before leaving the home."""
    found: list[Problem] = []
    item, resident = ctx.record(text(fields, "item")), ctx.record(text(fields, "resident"))
    if (phone := text(fields, "phone")) and parse_phone(phone) is None:
        found.append(problem("phone_invalid", "phone", value=phone))
    if item is None:
        return found
    found += advise_materials(item, fields, ctx.on, ctx.overrides)
    if integer(fields, "item_version") < (current := integer(item, "version")):
        found.append(problem("item_outdated", "item_version", value=current))
    if resident is not None:
        found += _advise_eligibility(item, resident, ctx)
    return found


def _advise_eligibility(item: Fields, resident: Fields, ctx: CheckContext) -> list[Problem]:
    """Judged on the day of receipt, whatever the device had thought."""
    judged = eligible(item.get("rule"), resident_facts(resident, ctx.on), ctx.on)
    why = {"why_zh": judged.zh, "why_en": judged.en}
    match judged.verdict:
        case Verdict.NO:
            return [problem("not_eligible", "item", **why)]
        case Verdict.UNKNOWN:
            return [problem("eligibility_unknown", "item", **why)]
        case Verdict.YES:
            return []
