"""Builds what a visit leaves behind: the changes of a filing, from what was said and collected. Pure.

Laws: one visit is captured whole or not at all: the resident if new, the consent, the case with its materials. Nothing
is built that the domain's own checks would call unlawful; what they only advise is told and never refuses anybody. A
cancelled material is never taken in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from server.cli.device.consent_text import (
    RETENTION,
    TEXT_VERSION,
    VALID_DAYS,
    consent_text,
    data_kinds_of,
    recipients_of,
    sensitive_of,
    with_photographed,
)
from server.cli.device.failures import NotLawful
from server.cli.device.said import ConsentSaid, Visit
from server.domain.cases.consent import shown_text_hash
from server.domain.cases.filing import advise_case
from server.domain.cases.form import asked_questions, form_problems, questions_of
from server.domain.cases.materials import (
    FIELD_PREFIX,
    Material,
    MaterialState,
    collected,
    is_form_filled,
    missing_materials,
    parse_materials,
)
from server.domain.catalogue.items import FORM_PREFIX
from server.domain.check_context import CheckContext
from server.domain.people.citizen_id import CitizenIdInvalid, normalise, parse_citizen_id
from server.domain.people.phones import parse_phone
from server.domain.people.residents import age_of
from server.domain.problems import Problem, problem
from server.domain.record_checks import check_record
from server.domain.record_fields import Fields, integer, text
from sync.core.clock import iso
from sync.device.replica import Draft


@dataclass(frozen=True)
class Known:
    """What the visit stands on. `resident_record` is "" for a resident who is not registered yet; `resident_changes`
    are own changes to the resident that have not come back.
    """

    item_record: str
    item: Fields
    resident_record: str
    resident: Fields
    resident_changes: tuple[str, ...]
    account: str
    helper: str
    village: str
    now_ms: int
    today: date
    receipt: str


@dataclass(frozen=True)
class Filing:
    """`drafts` with the ids of their changes, in order; the case's is the last."""

    drafts: tuple[tuple[Draft, str], ...]
    case: str
    resident: str
    fields: dict[str, object]
    missing: tuple[Material, ...]
    advice: tuple[Problem, ...]

    @property
    def case_change(self) -> str:
        return self.drafts[-1][1]


def new_resident(said: Mapping[str, Any], village: str, today: date) -> dict[str, object]:
    """A resident's fields as they are kept: the id decides birth and sex, a phone has one spelling."""
    fields: dict[str, object] = {"village": village, **{name: value for name, value in said.items() if value}}
    if number := text(fields, "citizen_id"):
        fields["citizen_id"] = normalise(number)
        try:
            citizen = parse_citizen_id(number, today)
        except CitizenIdInvalid:
            return fields  # the check will say what is wrong with it
        fields |= {"birth": citizen.birth.isoformat(), "sex": str(citizen.sex)}
    if phone := parse_phone(text(fields, "phone")):
        fields["phone"] = phone.number
    return fields


def consent_kinds(visit: Visit, item: Fields, age: int | None = None) -> tuple[str, ...]:
    """The kinds of data this filing uses, photographs of cards included."""
    names = {material.no: material.name for material in parse_materials(item)}
    photographed = [names.get(no, "") for no, said in visit.materials.items() if said.state in ("attached", "scanned")]
    return with_photographed(data_kinds_of(item, age), photographed)


def shown_consent(visit: Visit, known: Known) -> str:
    """The very text that the resident is shown and that the consent's hash is of."""
    lang = visit.consent.lang if visit.consent else "zh"
    return consent_text(
        resident=known.resident,
        items=[text(known.item, "name")],
        kinds=consent_kinds(visit, known.item, age_of(known.resident, known.today)),
        recipients=recipients_of(known.item),
        helper=known.helper,
        valid_until=known.today + timedelta(days=VALID_DAYS),
        lang=lang,
    )


def build_filing(
    visit: Visit,
    known: Known,
    photos: Mapping[str, Sequence[Mapping[str, object]]],
    new_id: Callable[[], str],
) -> Filing:
    """`photos` are the file values of each material's photographs. Raises NotLawful with every problem at once."""
    drafts: list[tuple[Draft, str]] = []
    needs = known.resident_changes[-1:]
    resident = known.resident_record
    if not resident:
        resident = new_id()
        drafts.append((Draft("resident", resident, "resident.register", set=dict(known.resident)), new_id()))
        needs = (drafts[-1][1],)
    consent_record, case_record = new_id(), new_id()
    consent = consent_fields(visit, known, resident)
    drafts.append((Draft("consent", consent_record, "consent.give", set=consent, needs=needs), new_id()))
    fields = case_fields(visit, known, resident, consent_record, photos)
    records = {resident: known.resident, known.item_record: known.item, consent_record: consent}
    context = CheckContext(on=known.today, captured_on=known.today, records=records)
    check_visit(visit, known, consent, fields, context)
    needs_consent = (drafts[-1][1],)
    drafts.append((Draft("case", case_record, "case.submit", set=fields, needs=needs_consent), new_id()))
    missing = missing_materials(
        parse_materials(known.item), collected(fields), form_filled=is_form_filled(known.item, fields)
    )
    return Filing(tuple(drafts), case_record, resident, fields, missing, tuple(advise_case(fields, context)))


def consent_fields(visit: Visit, known: Known, resident: str) -> dict[str, Any]:
    said = visit.consent or ConsentSaid()
    fields: dict[str, Any] = {
        "resident": resident,
        "items": [known.item_record],
        "data_kinds": list(consent_kinds(visit, known.item, age_of(known.resident, known.today))),
        "sensitive": list(said.sensitive),
        "purpose": f"办理{text(known.item, 'name')}",
        "recipients": recipients_of(known.item),
        "retention": RETENTION[0],
        "means": said.means,
        "read_aloud": said.read_aloud,
        "text_hash": shown_text_hash(shown_consent(visit, known)),
        "text_version": f"{TEXT_VERSION}-{said.lang}",
        "signed_at": iso(known.now_ms),
        "valid_until": (known.today + timedelta(days=VALID_DAYS)).isoformat(),
        "helper": known.account,
        "village": known.village,
    }
    return fields | ({"witness": said.witness} if said.witness else {})


def case_fields(
    visit: Visit,
    known: Known,
    resident: str,
    consent: str,
    photos: Mapping[str, Sequence[Mapping[str, object]]],
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "resident": resident,
        "item": known.item_record,
        "item_version": integer(known.item, "version"),
        "consent": consent,
        "village": known.village,
        "state": "submitted",
        "receipt": known.receipt,
        "helper": known.account,
    }
    unasked = {question.name for question in questions_of(known.item)} - {
        question.name for question in asked_questions(known.item, visit.form)
    }
    fields |= {FORM_PREFIX + name: value for name, value in visit.form.items() if value != "" and name not in unasked}
    for no, said in visit.materials.items():
        fields[FIELD_PREFIX + no] = material_value(said.state, photos.get(no, ()), due=said.due, note=said.note)
    if any(said.state == MaterialState.PROMISED for said in visit.materials.values()):
        means = visit.consent.means if visit.consent is not None else ""  # one signing for both, at one visit
        promised = {"read_aloud": visit.promise_read, "promised_on": known.today.isoformat()}
        fields["promise"] = {**promised, **({"means": means} if means else {})}
    plain = {"phone": visit.phone, "address": visit.address, "served": visit.served, "notes": list(visit.notes)}
    fields |= {name: value for name, value in plain.items() if value}
    return fields | ({"delivery": {"mode": visit.delivery}} if visit.delivery else {})


def material_value(
    state: str, photos: Sequence[Mapping[str, object]] = (), *, due: str = "", note: str = ""
) -> dict[str, object]:
    """A case's value for one material. The first photo is the material's file, further ones are its pages."""
    value: dict[str, object] = {"state": state}
    if photos:
        value |= photos[0]
        if len(photos) > 1:
            value["pages"] = [dict(photo) for photo in photos[1:]]
    return value | ({"due": due} if due else {}) | ({"note": note} if note else {})


def check_visit(visit: Visit, known: Known, consent: Fields, case: Fields, context: CheckContext) -> None:
    """The centre's own checks, so that nothing leaves a home that would come back refused."""
    found = [] if known.resident_record else check_record("resident", known.resident, context)
    found += check_record("consent", consent, context) + _check_witness(consent, known)
    found += (
        check_record("case", case, context)
        + _check_materials(visit, known.item)
        + form_problems(known.item, visit.form)
    )
    # A consent has its own check; the case repeats what follows from it.
    told = list({(one.code, one.field): one for one in found}.values())
    if told:
        raise NotLawful([{"code": one.code, "field": one.field, "zh": one.zh, "en": one.en} for one in told])


def _check_witness(consent: Fields, known: Known) -> list[Problem]:
    """People give names, records hold accounts: here a name can still be compared with a name."""
    witness = text(consent, "witness").strip()
    if witness and witness == known.helper:
        return [problem("witness_is_helper", "witness")]
    if witness and witness == text(known.resident, "name"):
        return [problem("witness_is_resident", "witness")]
    return []


def _check_materials(visit: Visit, item: Fields) -> list[Problem]:
    listed = {material.no: material for material in parse_materials(item)}
    found = []
    for no, said in visit.materials.items():
        material = listed.get(no)
        in_hand = said.state not in (MaterialState.NOT_NEEDED, MaterialState.MISSING)
        if material is None or said.state not in MaterialState.__members__.values():
            found.append(problem("material_state", FIELD_PREFIX + no, no=no))
        elif material.cancelled and in_hand:
            found.append(problem("material_cancelled", FIELD_PREFIX + no, name=material.name))
    return found


def sensitive_to_tick(visit: Visit, known: Known) -> tuple[str, ...]:
    return sensitive_of(consent_kinds(visit, known.item, age_of(known.resident, known.today)))
