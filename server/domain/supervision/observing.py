"""Owns what is noted of a filing for the signals: a few marks, and no contents.

Law: marks say that something was so, not what was written; names and numbers never leave the record.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from server.domain.cases.materials import pages_of
from server.domain.catalogue.eligibility import RuleInvalid, Verdict, eligible
from server.domain.people.residents import resident_facts
from server.domain.record_fields import Fields, family, integer, parse_date, parse_moment, text
from server.domain.supervision.reads import is_social_aid
from server.domain.supervision.signals import (
    LATE_CONSENT_MS,
    URGENT_CONSENT_MS,
    is_night,
    is_season,
)

_CITY_WIDE = ("全城通办", "全市通办", "全省通办")
_SHARED_PHONE = frozenset({"household", "child", "helper", "neighbour"})
_INSTANT = "1"


class Mark(StrEnum):
    NIGHT = "night"
    LATE_CONSENT = "late"
    OUTSIDE = "outside"
    OWN = "own"
    UNFIT = "unfit"
    PLAIN = "plain"
    SEASON = "season"


def marks_of(
    case: Fields,
    item: Fields,
    resident: Fields,
    consent: Fields,
    *,
    captured: datetime,
    villages: Collection[str],
    same_name: bool,
) -> tuple[Mark, ...]:
    """`captured` in China's time; `villages`: where the helper was given work; `same_name`: the resident is called as
    the helper is and lives where the helper works.
    """
    day = captured.date()
    found = {
        Mark.NIGHT: is_night(captured.hour),
        Mark.LATE_CONSENT: is_late(consent, item, captured),
        Mark.OUTSIDE: is_outside(case, item, resident, villages),
        Mark.OWN: same_name,
        Mark.UNFIT: is_unfit(item, resident, day),
        Mark.PLAIN: text(item, "project_type") == _INSTANT and not materials_in(case),
        Mark.SEASON: is_season(item, day.month),
    }
    return tuple(mark for mark, is_so in found.items() if is_so)


def is_late(consent: Fields, item: Fields, captured: datetime) -> bool:
    """No consent, or one signed after the filing. Urgent aid may be asked for first, within a day."""
    signed = parse_moment(text(consent, "signed_at"))
    if signed is None:
        return True
    after_ms = (signed - captured).total_seconds() * 1000
    return after_ms > (URGENT_CONSENT_MS if is_social_aid(item) else LATE_CONSENT_MS)


def is_outside(case: Fields, item: Fields, resident: Fields, villages: Collection[str]) -> bool:
    """Filed where the helper has no work, or for someone registered in another county; not where all may file."""
    if any(word in text(item, "area") for word in _CITY_WIDE):
        return False
    village, hukou = text(case, "village"), text(resident, "hukou")
    return village not in villages or bool(hukou and hukou[:6] != village[:6])


def is_unfit(item: Fields, resident: Fields, on: date) -> bool:
    """Plainly not eligible by the item's rule, or dead by then."""
    died = parse_date(resident.get("died_on"))
    if died is not None and died < on:
        return True
    try:
        return eligible(item.get("rule"), resident_facts(resident, on), on).verdict is Verdict.NO
    except RuleInvalid:
        return False


def materials_in(case: Fields) -> tuple[str, ...]:
    """The files handed in with the filing."""
    return tuple(file for one in family(case, "material.").values() for file, _ in pages_of(one))


def payee_of(case: Fields) -> str:
    """The account to be paid, as it was typed, digits alone; "" when the form asks for none."""
    for name, value in sorted(family(case, "form.").items()):
        if name.endswith("account") and isinstance(value, str) and (digits := "".join(filter(str.isdigit, value))):
            return digits
    return ""


def seconds_in(case: Fields) -> int | None:
    """How long the form was in front of the helper, where the app says so."""
    return integer(case, "seconds") if isinstance(case.get("seconds"), int) else None


def phone_is_shared(resident: Fields) -> bool:
    """Several people with the phone of a household, a child, a neighbour or the helper are nothing strange."""
    return text(resident, "phone_relation") in _SHARED_PHONE
