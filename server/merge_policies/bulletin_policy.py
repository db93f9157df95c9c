"""How a bulletin is kept: drafted again as often as wanted, frozen once, corrected by its next edition.

Law: who froze it is told by office, not by name: a bulletin holds no person. The log knows.
"""

from __future__ import annotations

from server.domain.people.reach import desk_bucket
from server.domain.record_fields import text
from server.domain.supervision.bulletins import BULLETIN_STEPS, TABLES
from server.merge_policies.stepped import stepped_policy
from sync.central.policies import RecordPolicy, Rule, Situation
from sync.core.changes import Fields
from sync.core.clock import iso
from sync.core.ids import derived_id


def bulletin_id(place: str, period: str, edition: int) -> str:
    """One a place, a period and an edition, whoever builds it."""
    return derived_id("bulletin", place, period, str(edition))


def bulletin_policy() -> RecordPolicy:
    return stepped_policy(
        "bulletin",
        BULLETIN_STEPS,
        bucket=lambda fields: desk_bucket(str(fields["place"])),
        columns=lambda fields: {
            "span": text(fields, "span"),
            "period": text(fields, "period"),
            "edition": str(fields.get("edition") or ""),
            "state": text(fields, "state"),
        },
        # A draft is built anew from the data: the latest stands, as a whole.
        fields=dict.fromkeys(
            (*TABLES, "best_counties", "best_units", "best_towns", "names", "data_hash", "built_at", "columns", "why"),
            Rule.LATEST,
        ),
        natural_id=lambda fields: bulletin_id(
            text(fields, "place"), text(fields, "period"), int(str(fields.get("edition") or 0))
        ),
        adds=_frozen,
        personal=False,
    )


def _frozen(situation: Situation, fields: Fields) -> Fields:
    if situation.change.name != "bulletin.freeze":
        return {}
    return {"frozen_at": iso(situation.centre.now), "frozen_by": situation.author.role}
