"""Owns the table of what is checked for every kind of record, and which other records a check must see.

Law: a check runs on the whole record after merging; what it finds makes the merge unlawful. Advice does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.domain.cases.bundles import check_bundle
from server.domain.cases.consent import check_consent
from server.domain.cases.filing import advise_case, check_case
from server.domain.cases.ratings import check_rating
from server.domain.cases.service_log import check_service_log
from server.domain.cases.tickets import check_ticket
from server.domain.cases.working_days import check_calendar
from server.domain.catalogue.base_items import check_base_item
from server.domain.catalogue.baseline import check_baseline
from server.domain.catalogue.campaigns import check_campaign
from server.domain.catalogue.claims import advise_claim, check_claim
from server.domain.catalogue.items import check_item
from server.domain.catalogue.leases import check_lease
from server.domain.catalogue.licences import check_licence
from server.domain.catalogue.local_items import check_local_item
from server.domain.catalogue.look_back import check_look_back
from server.domain.catalogue.progress import check_snapshot
from server.domain.check_context import CheckContext
from server.domain.people.residents import advise_resident, check_resident
from server.domain.problems import Problem
from server.domain.record_fields import KINDS, Fields, text
from server.domain.supervision.bulletins import check_bulletin
from server.domain.supervision.conflicts import check_conflict
from server.domain.supervision.lights import check_light
from server.domain.supervision.notices import check_notice
from server.domain.supervision.reviews import check_review
from server.domain.supervision.tasks import check_task

Check = Callable[[Fields, CheckContext], list[Problem]]


@dataclass(frozen=True)
class RecordCheck:
    """`reads` are the fields that name other records which `check` and `advise` look into."""

    check: Check
    reads: tuple[str, ...] = ()
    advise: Check = lambda _fields, _ctx: []


CHECKS: Mapping[str, RecordCheck] = {
    "resident": RecordCheck(check_resident, advise=lambda fields, _ctx: advise_resident(fields)),
    "consent": RecordCheck(check_consent),
    "case": RecordCheck(check_case, reads=("resident", "item", "consent"), advise=advise_case),
    "bundle": RecordCheck(check_bundle),
    "calendar": RecordCheck(check_calendar),
    "claim": RecordCheck(check_claim, advise=lambda fields, _ctx: advise_claim(fields)),
    "base_item": RecordCheck(check_base_item),
    "item": RecordCheck(check_item),
    "local_item": RecordCheck(check_local_item, reads=("item",)),
    "licence": RecordCheck(check_licence),
    "campaign": RecordCheck(check_campaign),
    "baseline": RecordCheck(check_baseline),
    "lease": RecordCheck(check_lease),
    "look_back": RecordCheck(check_look_back),
    "snapshot": RecordCheck(check_snapshot),
    "bulletin": RecordCheck(check_bulletin),
    "conflict": RecordCheck(check_conflict),
    "notice": RecordCheck(check_notice),
    "light": RecordCheck(check_light),
    "review": RecordCheck(check_review),
    "service_log": RecordCheck(check_service_log),
    "task": RecordCheck(check_task),
    "rating": RecordCheck(check_rating),
    "ticket": RecordCheck(check_ticket),
}
assert CHECKS.keys() == KINDS.keys(), "every kind with fields has its check"


def check_record(kind: str, fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What makes this record unlawful; a kind without a row here is the engine's own and always lawful."""
    row = CHECKS.get(kind)
    return row.check(fields, ctx) if row else []


def advise_record(kind: str, fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What a person should look at while the record stands."""
    row = CHECKS.get(kind)
    return row.advise(fields, ctx) if row else []


def related_records(kind: str, fields: Fields) -> tuple[str, ...]:
    """Ids of the records that a check of this one must be given, or be told are absent."""
    row = CHECKS.get(kind)
    return tuple(filter(None, (text(fields, name) for name in row.reads))) if row else ()
