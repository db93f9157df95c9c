"""All or nothing unless asked for; twice is once."""

from dataclasses import replace

from server.actions.account_sheet import AccountEntry, RowFault, SheetRows
from server.actions.import_accounts import ImportReport, import_accounts
from server.actions.move_account import close_account
from server.domain.people.roles import Role, Scope
from server.storage.people import accounts_by_login, grants_of
from server.storage.unit_of_work import Database
from tests.people import DIRECTORY, NOW, SCOPES, SIBLING, TOWN, VILLAGE, seeded

HELPER = AccountEntry(2, "h1", "王小梅", Role.HELPER, SCOPES[Role.HELPER], VILLAGE)
LEAD = AccountEntry(3, "t1", "李", Role.TOWN_LEAD, SCOPES[Role.TOWN_LEAD], TOWN)
FAULT = RowFault(4, "login", "不对", "wrong")


async def take(database: Database, *entries: AccountEntry, partial: bool = False, fault: bool = False) -> ImportReport:
    sheet = SheetRows(len(entries) + fault, entries, (FAULT,) if fault else ())
    return await import_accounts(
        database,
        sheet,
        directory=DIRECTORY,
        partial=partial,
        actor="admin",
        now_ms=NOW,
        randomness=seeded(len(entries)).randbytes,
    )


async def test_accounts_and_their_grants_are_made(database: Database) -> None:
    report = await take(database, HELPER, LEAD)
    assert (report.created, report.updated, report.unchanged) == (("h1", "t1"), (), 0)
    async with database.read() as snapshot:
        lead = (await accounts_by_login(snapshot, ["t1"]))["t1"]
        buckets = {grant.bucket for grant in (await grants_of(snapshot, [lead.id]))[lead.id]}
    assert {f"place:{TOWN}", f"place:{VILLAGE}", f"place:{SIBLING}", f"person:{lead.id}"} <= buckets


async def test_the_same_sheet_again_changes_nothing(database: Database) -> None:
    await take(database, HELPER, LEAD)
    async with database.read() as snapshot:
        before = await snapshot.fetch("SELECT * FROM grants ORDER BY account, bucket")
    report = await take(database, HELPER, LEAD)
    assert (report.created, report.updated, report.unchanged, report.wake) == ((), (), 2, ())
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT * FROM grants ORDER BY account, bucket") == before


async def test_a_bad_row_refuses_the_whole_sheet(database: Database) -> None:
    report = await take(database, HELPER, fault=True)
    assert (report.refused, report.created, report.faults) == (True, (), (FAULT,))
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT id FROM accounts") == []


async def test_partial_takes_the_good_rows_and_reports_the_bad(database: Database) -> None:
    report = await take(database, HELPER, fault=True, partial=True)
    assert (report.refused, report.created, report.faults) == (False, ("h1",), (FAULT,))


async def test_a_changed_scope_moves_the_account_and_wakes_it(database: Database) -> None:
    await take(database, HELPER)
    report = await take(database, replace(HELPER, scope=Scope(frozenset({SIBLING}))))
    assert report.updated == ("h1",)
    async with database.read() as snapshot:
        account = (await accounts_by_login(snapshot, ["h1"]))["h1"]
        grants = {grant.bucket: grant.ended_at for grant in (await grants_of(snapshot, [account.id]))[account.id]}
    assert grants[f"place:{VILLAGE}"] == NOW
    assert grants[f"place:{SIBLING}"] is None
    assert report.wake == (f"person:{account.id}",)


async def test_a_new_name_moves_nobody(database: Database) -> None:
    await take(database, HELPER)
    report = await take(database, replace(HELPER, name="王梅"))
    assert (report.updated, report.wake) == (("h1",), ())


async def test_a_closed_account_gets_no_grants_back_from_a_sheet(database: Database) -> None:
    await take(database, HELPER)
    async with database.read() as snapshot:
        account = (await accounts_by_login(snapshot, ["h1"]))["h1"]
    await close_account(database, account.id, actor="admin", now_ms=NOW, randomness=seeded(3).randbytes)
    await take(database, replace(HELPER, scope=Scope(frozenset({SIBLING}))))
    async with database.read() as snapshot:
        grants = (await grants_of(snapshot, [account.id]))[account.id]
    assert all(grant.ended_at is not None for grant in grants)
