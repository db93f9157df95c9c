"""The rows of staff: ended once, and counters that only rise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.domain.people.roles import Role
from server.storage import staff
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.staff import FactorRow, StaffSessionRow
from server.storage.unit_of_work import Database
from tests.people import account_of, put_accounts

CLERK = account_of(Role.DESK_CLERK).id
OTHER = account_of(Role.AUDITOR).id


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/centre.db"
    await migrate(url, now_ms=0)
    database = await open_database(url, read_connections=1)
    await put_accounts(database, account_of(Role.DESK_CLERK), account_of(Role.AUDITOR))
    yield database
    await database.close()


async def test_only_the_own_sessions_are_ended_and_all_but_one_when_asked(database: Database) -> None:
    async with database.write() as tx:
        for ident, account in (("a", CLERK), ("b", CLERK), ("c", OTHER)):
            await staff.insert_staff_session(tx, StaffSessionRow(ident, account, 1, 1, None, None, "Firefox", "::1"))
        await staff.end_staff_session(tx, "c", CLERK, 5, "signed_out")
        await staff.end_staff_sessions(tx, CLERK, 6, "password_changed", but="b")
    async with database.read() as snapshot:
        assert [one.id for one in await staff.live_staff_sessions(snapshot, CLERK, 0)] == ["b"]
        assert [one.id for one in await staff.live_staff_sessions(snapshot, OTHER, 0)] == ["c"]


async def test_a_factors_counter_only_rises(database: Database) -> None:
    factor = FactorRow("f" * 32, CLERK, "totp", "手机", b"sealed", None, 0, None)
    async with database.write() as tx:
        await staff.insert_factor(tx, factor, 1)
        await staff.note_factor_used(tx, factor.id, 10, 2)
        await staff.note_factor_used(tx, factor.id, 9, 3)
        [kept] = await staff.factors_of(tx, CLERK)
        assert (kept.counter, kept.confirmed_at, kept.secret) == (10, 2, b"sealed")
        await staff.drop_factor(tx, factor.id, OTHER)
        assert len(await staff.factors_of(tx, CLERK)) == 1
