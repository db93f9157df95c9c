"""A case at the centre and a desk that takes steps with it: what the tests of desk steps share."""

from __future__ import annotations

from typing import Any

from sync.central.known import KnownChange
from tests.server.merge_policies.test_case_policy import CATALOGUE, ITEM, item, phone, visit
from tests.sync.central.centre_in_memory import VILLAGE, CentreInMemory, Phone

DAY_MS = 24 * 3_600_000
MATERIALS = [
    {"no": 1, "name": "居民身份证", "necessity": 1},
    {"no": 2, "name": "近期照片", "necessity": 3},
    {"no": 3, "name": "户口簿", "necessity": 2, "cancelled": True},
]
REASON = {"reason": "other", "text": "不属于本单位"}


class CaseAtDesk:
    """One case, received on Wednesday 2026-11-18, its helper's phone and a clerk's desk."""

    def __init__(self, **of_item: Any) -> None:
        self.centre = CentreInMemory()
        told = {"materials": MATERIALS, "legal_days": 20, "result": "老年人优待证", **of_item}
        self.centre.seed("item", ITEM, item(1, **told), CATALOGUE)
        self.helper = phone(self.centre)
        self.clerk = Phone(self.centre, "clerk", role="desk_clerk", buckets=(f"place:{VILLAGE}", CATALOGUE))
        self.record = ""

    def file(self, **more: Any) -> KnownChange:
        """A filing with the id card's licence and the photograph in hand, unless `more` says otherwise."""
        *before, case = visit(self.helper)
        fields = {**case.set, "material.2": {"state": "paper"}, **{k.replace("__", "."): v for k, v in more.items()}}
        made = self.helper.change("case", "case.submit", case.record, set=fields, needs=case.needs)
        self.record = made.record
        return self.helper.send(*before, made)[-1]

    def days_pass(self, days: int) -> None:
        self.centre.now += days * DAY_MS

    def step(self, verb: str, who: Phone | None = None, **fields: Any) -> KnownChange:
        """One step on what the centre holds now. A double underline in a name stands for a dot."""
        by = who or self.clerk
        set_ = {name.replace("__", "."): value for name, value in fields.items()}
        base = by.seen("case", self.record)
        return by.send(by.change("case", f"case.{verb}", self.record, set=set_, base=base))[0]

    @property
    def fields(self) -> dict[str, Any]:
        return self.centre.fields("case", self.record)

    def notices(self, bucket: str) -> list[str]:
        return [
            record.fields["code"]
            for record in self.centre.records.values()
            if record.kind == "notice" and record.bucket == bucket
        ]


def problems(outcome: KnownChange) -> list[str]:
    return [one["code"] for one in outcome.detail.get("problems", [])]
