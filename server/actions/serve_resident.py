"""What a resident does without an account: asks how a case stands, rates it, and asks to withdraw a consent.

Laws: whoever has one of the case's numbers and the last four signs of the phone given for it, or of the citizen id,
is taken for its resident, and for nobody else. What does not fit is the same as what is not there. A rating and a
request are changes of the centre's own account; that the resident withdraws is believed only after a desk called back.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from server.actions.find_rating import find_rating
from server.actions.platform import Platform
from server.actions.take_step import centre_itself, take_step
from server.domain.cases.ratings import Channel
from server.domain.cases.told_to_residents import Told, tell
from server.domain.record_fields import text
from server.domain.supervision.tasks import TaskCode
from server.storage.records import record_of, records_query
from server.storage.unit_of_work import Snapshot
from sync.central.known import Record
from sync.core.changes import Fields
from sync.core.ids import derived_id

_BY_NUMBER = """SELECT id, resident, item FROM cases WHERE number = ?
                UNION SELECT id, resident, item FROM cases WHERE receipt = ?"""
REASONS_MAX = 10


@dataclass(frozen=True)
class OwnCase:
    """A case whose resident asks, and its item where that is there."""

    case: Record
    item: Fields | None


@dataclass(frozen=True)
class Said:
    """What became of a resident's word: taken, or the reason why not."""

    taken: bool
    reason: str = ""


async def find_own_case(platform: Platform, number: str, last4: str) -> OwnCase | None:
    """`number`: a receipt or an official number in its canonical spelling; `last4`: four signs, upper case."""
    async with platform.database.read() as snapshot:
        for case, resident, item in await snapshot.fetch(_BY_NUMBER, [number, number]):
            held = await _record(snapshot, platform, "case", case)
            person = await _record(snapshot, platform, "resident", resident or "")
            if held is not None and _is_own(held.fields, person.fields if person is not None else {}, last4):
                of_item = await _record(snapshot, platform, "item", item or "")
                return OwnCase(held, of_item.fields if of_item is not None else None)
    return None


def _is_own(case: Fields, resident: Fields, last4: str) -> bool:
    """The phone given for the case, else the resident's; or the citizen id. All are compared, whatever fits first."""
    known = (text(case, "phone") or text(resident, "phone"), text(resident, "citizen_id").upper())
    fits = [len(one) >= 4 and hmac.compare_digest(one[-4:].encode(), last4.encode()) for one in known]
    return any(fits)


async def tell_status(platform: Platform, number: str, last4: str) -> Told | None:
    """None for a number or signs that do not fit."""
    own = await find_own_case(platform, number, last4)
    if own is None:
        return None
    place = await find_rating(platform, own.case.id)
    return tell(own.case.fields, own.item, rated=place.standing is not None)


async def rate_case(
    platform: Platform, number: str, last4: str, *, grade: int, reasons: list[str], said: str
) -> Said | None:
    """One rating a case; a second is told that there is one, unless the first was set aside. None as above."""
    own = await find_own_case(platform, number, last4)
    if own is None:
        return None
    place = await find_rating(platform, own.case.id)
    fields: Fields = {
        "case": own.case.id,
        "place": text(own.case.fields, "village"),
        "grade": grade,
        "channel": Channel.PAGE.value,
        **place.names,
    }
    if reasons:
        fields["reasons"] = reasons[:REASONS_MAX]
    if said:
        fields["text"] = said
    return await _say(platform, "rating", place.record, "rating.give", fields)


async def ask_revocation(platform: Platform, number: str, last4: str) -> Said | None:
    """Opens the task of calling the resident back; asking twice opens one. None as above."""
    own = await find_own_case(platform, number, last4)
    if own is None:
        return None
    consent = text(own.case.fields, "consent")
    if not consent:
        return Said(False, "consent_absent")
    fields: Fields = {
        "place": text(own.case.fields, "village"),
        "code": TaskCode.REVOCATION_ASKED.value,
        "about": consent,
        "about_kind": "consent",
        "text": "居民在网页请求撤回同意：请按登记的电话回电核实，属实即撤回。"
        " The resident asked on the page to withdraw the consent: call back on the number on record, then revoke it.",
    }
    task = derived_id("task", TaskCode.REVOCATION_ASKED, consent)
    said = await _say(platform, "task", task, "task.open", fields)
    return Said(True) if said.reason == "record_exists" else said


async def _say(platform: Platform, kind: str, record: str, name: str, fields: Fields) -> Said:
    account = await centre_itself(platform)
    taken = await take_step(platform, account, kind=kind, record=record, name=name, fields=fields, seen=None)
    return Said(taken.outcome.code.has_effect, "" if taken.outcome.code.has_effect else taken.outcome.reason)


async def _record(snapshot: Snapshot, platform: Platform, kind: str, record: str) -> Record | None:
    rows = await snapshot.fetch(*records_query(kind, [record]))
    return record_of(kind, rows[0], platform.sealing) if rows else None
