"""Owns how a bundle is filed: one visit, one consent that names every item, and a case for each leg behind it.

Laws: all of it is captured at once or nothing. What an earlier leg makes is asked of nobody: the leg that needs it
awaits it. Each case has a receipt of its own, since each has its own end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from server.cli.device.consent_text import VALID_DAYS, consent_text
from server.cli.device.failures import NotLawful, Stopped
from server.cli.device.filing import known_for
from server.cli.device.office import Office
from server.cli.device.said import ConsentSaid, MaterialSaid, Visit
from server.cli.device.visit import Known, case_fields, check_visit, consent_fields
from server.domain.cases.bundles import BUNDLES, Bundle, Leg
from server.domain.cases.consent import shown_text_hash
from server.domain.cases.materials import FIELD_PREFIX, MaterialState, parse_materials
from server.domain.check_context import CheckContext
from server.domain.record_checks import check_record
from server.domain.record_fields import text, texts
from sync.device.replica import Draft, Sighting


class LegSaid(msgspec.Struct, kw_only=True):
    """What is said of one leg besides what all of them share."""

    form: dict[str, str | int] = {}
    materials: dict[str, MaterialSaid] = {}


class BundleSaid(msgspec.Struct, kw_only=True):
    """A visit for a bundle. `legs` by their number."""

    bundle: str
    resident: str | dict[str, Any] = ""
    village: str = ""
    legs: dict[str, LegSaid] = {}
    consent: ConsentSaid | None = None
    promise_read: bool = False
    notes: list[str] = []
    phone: str = ""
    address: str = ""


@dataclass(frozen=True)
class BundleFiled:
    """`receipts` of the cases, in the order of the legs; `changes` are the ids of all that was captured."""

    bundle: str
    cases: tuple[str, ...]
    receipts: tuple[str, ...]
    changes: tuple[str, ...]
    reminders: tuple[str, ...]


def file_bundle(office: Office, said: BundleSaid) -> BundleFiled:
    """Raises Stopped: nothing_found, never_synced, choice_missing, not_lawful. Nothing is kept then."""
    bundle = BUNDLES.get(said.bundle)
    if bundle is None:
        raise Stopped("nothing_found", what=said.bundle)
    visits = {leg: _visit(said, leg, _item_of(office, leg)) for leg in bundle.legs}
    # First without numbers: a bundle that is not lawful uses none up.
    _build(office, bundle, visits, numbered=False)
    filed, drafts = _build(office, bundle, visits, numbered=True)
    office.capture(drafts)
    return filed


def _item_of(office: Office, leg: Leg) -> Sighting:
    found = [seen for seen in office.replica.see_all("item") if text(seen.fields, "base_item") == leg.base_item]
    if not found:
        raise Stopped("nothing_found", what=leg.name)
    return found[0]


def _visit(said: BundleSaid, leg: Leg, item: Sighting) -> Visit:
    own = said.legs.get(str(leg.no), LegSaid())
    return Visit(
        resident=said.resident,
        item=item.record,
        village=said.village,
        form=own.form,
        materials=own.materials,
        consent=said.consent,
        promise_read=said.promise_read,
        notes=said.notes,
        phone=said.phone,
        address=said.address,
    )


def _build(
    office: Office, bundle: Bundle, visits: Mapping[Leg, Visit], *, numbered: bool
) -> tuple[BundleFiled, list[tuple[Draft, str]]]:
    known = {leg: known_for(office, visit, office.next_receipt() if numbered else "") for leg, visit in visits.items()}
    first = known[bundle.legs[0]]
    drafts: list[tuple[Draft, str]] = []
    needs, resident = first.resident_changes[-1:], first.resident_record
    if not resident:
        resident = office.new_id()
        drafts.append((Draft("resident", resident, "resident.register", set=dict(first.resident)), office.new_id()))
        needs = (drafts[-1][1],)
    consent_record, bundle_record = office.new_id(), office.new_id()
    consent = _consent(visits, known, resident)
    drafts.append((Draft("consent", consent_record, "consent.give", set=consent, needs=needs), office.new_id()))
    cases = {leg: office.new_id() for leg in bundle.legs}
    legs = [{"leg": leg.no, "item": known[leg].item_record, "case": case} for leg, case in cases.items()]
    shared = {"resident": resident, "consent": consent_record, "village": first.village}
    filing: dict[str, Any] = {**shared, "code": bundle.code, "legs": legs, "helper": first.account}
    drafts.append((Draft("bundle", bundle_record, "bundle.file", set=filing, needs=(drafts[-1][1],)), office.new_id()))
    records = {resident: first.resident, consent_record: consent}
    context = CheckContext(on=first.today, captured_on=first.today, records=records)
    if found := check_record("bundle", filing, context):
        raise NotLawful([{"code": one.code, "field": one.field, "zh": one.zh, "en": one.en} for one in found])
    behind = (drafts[-1][1],)
    for leg, visit in visits.items():
        fields = case_fields(visit, known[leg], resident, consent_record, {})
        fields |= {"bundle": bundle_record, "leg": leg.no, **_awaited(leg, known[leg])}
        seen = context._replace(records={**records, known[leg].item_record: known[leg].item})
        check_visit(visit, known[leg], consent, fields, seen)
        drafts.append((Draft("case", cases[leg], "case.submit", set=fields, needs=behind), office.new_id()))
    filed = BundleFiled(
        bundle=bundle_record,
        cases=tuple(cases.values()),
        receipts=tuple(known[leg].receipt for leg in bundle.legs),
        changes=tuple(change for _, change in drafts),
        reminders=bundle.reminders,
    )
    return filed, drafts


def _consent(visits: Mapping[Leg, Visit], known: Mapping[Leg, Known], resident: str) -> dict[str, Any]:
    """One consent over all legs: every item, every kind of data and every recipient of any of them, in one text."""
    each = [consent_fields(visit, known[leg], resident) for leg, visit in visits.items()]
    first = next(iter(known.values()))
    names = [text(one.item, "name") for one in known.values()]
    kinds, recipients = _all_of(each, "data_kinds"), _all_of(each, "recipients")
    said = next(iter(visits.values())).consent or ConsentSaid()
    shown = consent_text(
        resident=first.resident,
        items=names,
        kinds=kinds,
        recipients=recipients,
        helper=first.helper,
        valid_until=first.today + timedelta(days=VALID_DAYS),
        lang=said.lang,
    )
    return {
        **each[0],
        "items": [one.item_record for one in known.values()],
        "data_kinds": kinds,
        "recipients": recipients,
        "purpose": f"办理{'、'.join(names)}",
        "text_hash": shown_text_hash(shown),
    }


def _all_of(consents: list[dict[str, Any]], name: str) -> list[str]:
    return list(dict.fromkeys(value for one in consents for value in texts(one, name)))


def _awaited(leg: Leg, known: Known) -> dict[str, Any]:
    """The materials that an earlier leg makes."""
    made = {name for name in leg.after.values() if name}
    value = {"state": MaterialState.AWAITED.value}
    return {
        FIELD_PREFIX + one.no: value for one in parse_materials(known.item) if one.name in made and not one.cancelled
    }
