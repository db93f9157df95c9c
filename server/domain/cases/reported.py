"""Owns what the province is told of a case: that it was accepted, and that it was finished, and no more.

Law: a message holds what the case's record held when it was taken from the log; the applicant stands in it by name and
id number, which the provincial platform needs to know the person, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.record_fields import Fields, text
from sync.core.ids import derived_id

EVENTS: Mapping[str, str] = {"case.accept": "accepted", "case.finish": "finished"}
"""Change name → what the province hears."""


def message_key(case: str, event: str) -> str:
    """One a case and event, also when a restored centre does it again."""
    return derived_id("outbound", case, event)


def message_of(event: str, case_id: str, case: Fields, item: Fields, resident: Fields, unit: str) -> dict[str, object]:
    """`unit`: the credit code of the unit that implements the item."""
    clock, decision = _group(case, "clock"), _group(case, "decision")
    told: dict[str, object] = {
        "key": message_key(case_id, event),
        "event": event,
        "number": text(case, "number"),
        "receipt": text(case, "receipt"),
        "item_code": text(item, "code") or text(item, "base_item"),
        "item_name": text(item, "name"),
        "unit": unit,
        "place": text(case, "village"),
        "applicant_name": text(resident, "name"),
        "applicant_id": text(resident, "citizen_id"),
        "received_at": text(case, "received_at"),
        "accepted_at": text(case, "accepted_at"),
        "promise_due": text(clock, "promise_due"),
        "legal_due": text(clock, "legal_due"),
    }
    if event == "finished":
        told |= {
            "finished_at": text(case, "finished_at"),
            "finish_type": text(case, "finish_type"),
            "granted": decision.get("granted") is True,
        }
    return told


def _group(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}
