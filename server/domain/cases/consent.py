"""Owns the consent (知情同意) and mandate (委托): what it must contain, how long it holds, what it covers.

Laws: every item is named, no consent is general; sensitive data is ticked separately (PIPL 29); who cannot read
has it read aloud and an adult beside them who is neither the helper nor they; it ends within 30 days; it is bound
to the hash of the very text that was shown.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date, timedelta, timezone
from enum import StrEnum

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, parse_date, parse_moment, text, texts

VALID_DAYS_MAX = 30
SENSITIVE_KINDS = frozenset({"bank", "health", "disability", "biometrics", "id_photo", "tracks", "under_14", "finance"})
DATA_KINDS = SENSITIVE_KINDS | {"name", "citizen_id", "phone", "address", "household", "photo", "relatives"}
# China keeps one offset; legal days are counted by it.
CIVIL_TIME = timezone(timedelta(hours=8))
_HASH = re.compile(r"[0-9a-f]{64}")


class Means(StrEnum):
    SIGNATURE = "signature"
    FINGERPRINT = "fingerprint"
    ORAL = "oral"

    @property
    def needs_witness(self) -> bool:
        return self is not Means.SIGNATURE


class RevokeChannel(StrEnum):
    """Through whom a resident withdrew a consent."""

    HELPER = "helper"
    DESK = "desk"
    HOTLINE = "hotline"
    PAGE = "page"  # asked for on the page, and confirmed by a call


REVOKE_WRITES = frozenset({"revoked_at", "revoke_channel", "revoke_reason"})


def shown_text_hash(shown: str) -> str:
    """SHA-256 of the text as shown: NFC, line ends as \\n, so that two phones agree on one text."""
    lines = unicodedata.normalize("NFC", shown).replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.sha256(lines.encode()).hexdigest()


def check_consent(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What keeps a consent from being one."""
    found = check_shapes("consent", fields)
    if found:
        return found
    items = texts(fields, "items")
    if len(set(items)) < len(items):
        found.append(problem("consent_items_repeat", "items"))
    if not _HASH.fullmatch(text(fields, "text_hash")):
        found.append(problem("consent_hash", "text_hash"))
    return found + _check_term(fields, ctx) + _check_sensitive(fields) + _check_means(fields)


def _check_term(fields: Fields, ctx: CheckContext) -> list[Problem]:
    signed, until = signed_on(fields), parse_date(fields.get("valid_until"))
    if signed is None or until is None:
        return []
    found = []
    if until < signed:
        found.append(problem("consent_order", "valid_until"))
    if (until - signed).days > VALID_DAYS_MAX:
        found.append(problem("consent_too_long", "valid_until", days=VALID_DAYS_MAX))
    # A phone's clock may run ahead by hours; a day is beyond any zone or drift that goes unnoticed.
    if ctx.before is None and signed > ctx.on + timedelta(days=1):
        found.append(problem("consent_future", "signed_at"))
    return found


def _check_sensitive(fields: Fields) -> list[Problem]:
    """Kinds this table does not know come from a newer phone and are taken as ordinary."""
    named, ticked = set(texts(fields, "data_kinds")), set(texts(fields, "sensitive"))
    found = [
        problem("sensitive_not_ticked", "sensitive", kind=kind) for kind in sorted((named & SENSITIVE_KINDS) - ticked)
    ]
    return found + [problem("sensitive_not_listed", "sensitive", kind=kind) for kind in sorted(ticked - named)]


_MEANS = {means.value: means for means in Means}


def _check_means(fields: Fields) -> list[Problem]:
    means = _MEANS.get(text(fields, "means"))
    if means is None:
        return [problem("value_unknown", "means", label="方式", value=text(fields, "means"))]
    found = []
    witness = text(fields, "witness").strip()
    if means.needs_witness:
        if not witness:
            found.append(problem("witness_missing", "witness"))
        if fields.get("read_aloud") is not True:
            found.append(problem("not_read_aloud", "read_aloud"))
    if witness and witness == text(fields, "helper"):
        found.append(problem("witness_is_helper", "witness"))
    if witness and witness == text(fields, "resident"):
        found.append(problem("witness_is_resident", "witness"))
    return found


def signed_on(consent: Fields) -> date | None:
    """The civil day of the signature."""
    moment = parse_moment(consent.get("signed_at"))
    if moment is None:
        return None
    return (moment if moment.tzinfo == CIVIL_TIME else moment.astimezone(CIVIL_TIME)).date()


def covers(consent: Fields, item: str, on: date) -> bool:
    """Whether it names this item and holds on that day."""
    return not coverage_problems(consent, item, on)


def coverage_problems(consent: Fields, item: str, on: date) -> list[Problem]:
    """Why it does not cover the item on that day; empty when it does. The last day counts, and so does the day
    of the signature. A revoked consent covers nothing from then on: it stops work that is still unsent.
    """
    found = []
    signed, until = signed_on(consent), parse_date(consent.get("valid_until"))
    if item not in texts(consent, "items"):
        found.append(problem("consent_item", "item"))
    if consent.get("revoked_at"):
        found.append(problem("consent_revoked", "consent"))
    if signed is None or signed > on:
        found.append(problem("consent_not_yet", "consent"))
    if until is None or until < on:
        found.append(problem("consent_expired", "consent"))
    return found


def uncovered_data(consent: Fields, needed: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of data an item needs that the consent does not name."""
    named = set(texts(consent, "data_kinds"))
    return tuple(kind for kind in needed if kind not in named)
