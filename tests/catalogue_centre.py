"""A centre on either database with places, units, a reviewer of the city and a standard item, for tests of the
catalogue at its desks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from server.actions.import_accounts import register_accounts
from server.actions.platform import Platform
from server.actions.take_step import Taken, take_step
from server.domain.people.roles import Role, Scope
from server.storage.people import AccountRow
from server.storage.places import PlaceRow, UnitRow, insert_places, insert_units
from tests.centre import CentreUnderTest, Counted, StoreKind, ident, open_centre, sealing
from tests.people import CITY, DIRECTORY, TOWN, VILLAGE, VILLAGE_UNIT

DATABASES = [StoreKind.SQLITE, StoreKind.POSTGRES]
CATALOGUE = "village:341800"
TODAY = "2025-11-13"  # what the test clock says
STANDARD = ident("standard item")
FIELDS: dict[str, Any] = {
    "name": "老年人优待证申领",
    "status": "active",
    "version": 1,
    "catalogue": CATALOGUE,
    "base_item": "992011001000",
    "type": "20",
    "level": "6",
    "project_type": "2",
    "legal_days": 10,
    "promise_days": 5,
    "visits": 0,
    "condition": "年满60周岁",
    "materials": [{"no": 1, "name": "居民身份证", "necessity": 1, "form": "原件", "copies": 1}],
}


@dataclass(frozen=True)
class CatalogueCentre:
    centre: CentreUnderTest
    platform: Platform
    reviewer: AccountRow
    helper: AccountRow
    clerk: AccountRow

    async def step(
        self, name: str, record: str, fields: dict[str, Any], *, by: AccountRow | None = None, seen: Any = None
    ) -> Taken:
        return await take_step(
            self.platform,
            by or self.reviewer,
            kind=name.partition(".")[0],
            record=record,
            name=name,
            fields=fields,
            seen=seen,
        )

    async def fetch(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        async with self.platform.database.read() as snapshot:
            return await snapshot.fetch(sql, params)


@asynccontextmanager
async def catalogue_centre(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[CatalogueCentre]:
    """`request.param` names the database."""
    url = str(request.getfixturevalue("postgres_url")) if request.param is StoreKind.POSTGRES else ""
    async with open_centre(request.param, folder, url) as centre:
        database = centre.database
        assert database is not None, "desks are tried on databases"
        accounts = {
            role: AccountRow(ident(role), role.value, "王小梅", role, scope, CITY)
            for role, scope in (
                (Role.CATALOGUE_REVIEWER, Scope(frozenset({CITY}))),
                (Role.HELPER, Scope(frozenset({VILLAGE}), frozenset({VILLAGE_UNIT}))),
                (Role.DESK_CLERK, Scope(frozenset({TOWN}))),
            )
        }
        async with database.write() as tx:
            places = [PlaceRow(p.code, p.code, p.code, p.level, p.parent, "") for p in DIRECTORY.places.values()]
            await insert_places(tx, places)
            units = [UnitRow(u.id, u.id[:18], u.id[:4], u.place, "", True) for u in DIRECTORY.units.values()]
            await insert_units(tx, units)
            await register_accounts(tx, accounts.values(), DIRECTORY, centre.clock.now)
        platform = Platform(
            database=database,
            store=centre.store,
            writer=centre.writer,
            policies=centre.context.policies,
            sealing=sealing(),
            clock=centre.clock,
            randomness=Counted("desk"),
        )
        made = CatalogueCentre(
            centre, platform, accounts[Role.CATALOGUE_REVIEWER], accounts[Role.HELPER], accounts[Role.DESK_CLERK]
        )
        taken = await made.step("item.publish", STANDARD, FIELDS)
        assert taken.outcome.code.has_effect, taken.outcome
        yield made
