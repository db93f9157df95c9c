"""Every table is copied, none is forgotten, and groups meet without a gap."""

from pathlib import Path

from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.table_copy import TableShape, copy_tables, count_rows, rows_of, tables
from server.storage.unit_of_work import Engine
from tests.small_centre import HELPER, small_centre


def test_what_others_point_to_comes_first() -> None:
    names = [table.name for table in tables()]
    for parent, child in (("accounts", "devices"), ("devices", "sessions"), ("places", "units")):
        assert names.index(parent) < names.index(child)


async def test_every_table_of_the_schema_but_the_migrations_own_is_listed(tmp_path: Path) -> None:
    async with small_centre(tmp_path, load=False) as small:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        found = {name for (name,) in await small.fetch(sql)}
    assert {table.name for table in tables()} == found - {"schema_version"}


async def test_rows_come_in_the_order_of_their_key_whatever_the_group(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        whole = await small.fetch("SELECT account, bucket FROM grants ORDER BY account, bucket")
        shape = TableShape("grants", ("account", "bucket"), ("account", "bucket"))
        for group in (1, 7, len(whole), len(whole) + 1):
            async with small.centre.database.read() as snapshot:
                groups = [rows async for rows in rows_of(snapshot, shape, group)]
            assert [row for rows in groups for row in rows] == whole


async def test_a_copy_is_equal_row_for_row(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/copy.db"
    await migrate(url, now_ms=0)
    copy = await open_database(url, read_connections=1)
    heard: list[int] = []
    try:
        async with small_centre(tmp_path) as small:
            await small.register(await small.enrol(HELPER))
            async with small.centre.database.read() as source, copy.write() as target:
                counts = await copy_tables(source, target, Engine.SQLITE, heard.append)
            async with small.centre.database.read() as source, copy.read() as target_snapshot:
                assert counts == await count_rows(source) == await count_rows(target_snapshot)
                for table in tables():
                    mine = [row async for rows in rows_of(source, table) for row in rows]
                    assert mine == [row async for rows in rows_of(target_snapshot, table) for row in rows], table.name
    finally:
        await copy.close()
    assert heard[-1] == sum(counts.values())
