"""How a bulletin is kept: drafted again as often as wanted, frozen once, corrected by its next edition.

Laws: who froze it is told by office, not by name: a bulletin holds no person. The log knows. Each step is taken with
the very state it names: of two who build at once one has the whole, and nothing is frozen that was not looked at.
"""

from __future__ import annotations

from server.domain.people.reach import desk_bucket
from server.domain.problems import Problem, problem
from server.domain.record_fields import text
from server.domain.supervision.bulletins import BULLETIN_STEPS, TABLES
from server.merge_policies.stepped import stepped_policy
from sync.central.policies import RecordPolicy, Rule, Situation
from sync.core.chain import encode_hash
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
            (
                *TABLES,
                "best_counties",
                "best_units",
                "best_towns",
                "names",
                "data_hash",
                "built_at",
                "build",
                "columns",
                "why",
            ),
            Rule.LATEST,
        ),
        natural_id=lambda fields: bulletin_id(
            text(fields, "place"), text(fields, "period"), int(str(fields.get("edition") or 0))
        ),
        adds=_frozen,
        check=_check_seen,
        personal=False,
    )


def _check_seen(situation: Situation) -> list[Problem]:
    before, base = situation.before, situation.change.base
    if before is None or (base is not None and base.hash == encode_hash(before.hash)):
        return []
    return [problem("bulletin_moved", "data_hash")]


def _frozen(situation: Situation, fields: Fields) -> Fields:
    if situation.change.name != "bulletin.freeze":
        return {}
    return {"frozen_at": iso(situation.centre.now), "frozen_by": situation.author.role}
