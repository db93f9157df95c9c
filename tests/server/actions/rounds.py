"""A round of claiming in the small world, worked by the people of one unit and their reviewers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.actions.centre_writes import standing_of
from server.actions.open_campaign import Opened, open_campaign
from server.actions.platform import Platform
from server.actions.take_step import Taken, take_step
from server.centre import platform_of
from server.merge_policies.claim_policy import claim_id
from server.storage.people import AccountRow
from sync.core.changes import Base
from sync.core.ids import derived_id
from tests.small_centre import VILLAGE, SmallCentre

CAMPAIGN = "d" * 32
PLAN = {"name": "第四轮", "round": 4, "start": "2020-01-01", "end": "2099-12-31", "catalogue": "all:341800"}


@dataclass
class Round:
    small: SmallCentre
    platform: Platform
    unit: str
    codes: list[str]

    async def reviewers(self) -> list[AccountRow]:
        logins = [one.login for one in self.small.world.accounts if one.role == "catalogue_reviewer"]
        return [await self.small.account(login) for login in logins]

    async def open(self, **fields: Any) -> Opened:
        return await open_campaign(self.platform, (await self.reviewers())[0], CAMPAIGN, {**PLAN, **fields})

    async def claim(self, device: str, number: int = 0) -> str:
        """Taken and submitted from a phone."""
        code = self.codes[number]
        record, first = claim_id(CAMPAIGN, self.unit, code), derived_id("first", device, code)
        taken = {"campaign": CAMPAIGN, "unit": self.unit, "base_item": code, "place": VILLAGE, "state": "claimed"}
        filled = {"f.address": "村服务中心", "f.name": f"事项{number}"}
        written = await self.small.send(
            device,
            self.small.change("claim", "claim.take", record, taken, ident=first),
            self.small.change("claim", "claim.submit", record, filled, base=Base(change=first)),
        )
        assert all(one.code.has_effect for one in written.outcomes), written.outcomes
        return record

    async def publish(self, claim: str) -> None:
        one, two = await self.reviewers()
        for verb, account in (("check", two), ("approve", one), ("publish", two)):
            taken = await self.step(account, "claim", claim, verb)
            assert taken.outcome.code.has_effect, (verb, taken.outcome)

    async def step(
        self, account: AccountRow, kind: str, record: str, verb: str, fields: dict[str, Any] | None = None
    ) -> Taken:
        async with self.platform.database.read() as snapshot:
            standing = await standing_of(snapshot, self.platform, kind, [record])
        return await take_step(
            self.platform,
            account,
            kind=kind,
            record=record,
            name=f"{kind}.{verb}",
            fields=fields or {},
            seen=standing[record][0] if record in standing else None,
        )


def round_of(small: SmallCentre) -> Round:
    unit = next(one for one in small.world.units if one.place == VILLAGE)
    return Round(small, platform_of(small.centre, small.writer), unit.id, small.world.claimable(unit))
