"""One contract, two engines: every test that asks for `database` runs on both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.unit_of_work import Database, Engine

PROBE = """CREATE TABLE probe (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT UNIQUE,
    body {bytes},
    parent BIGINT REFERENCES probe (id)
)"""


@pytest.fixture(params=[Engine.SQLITE, Engine.POSTGRES], ids=lambda engine: engine.value)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database that holds a table to play with."""
    if request.param is Engine.POSTGRES:
        return str(request.getfixturevalue("postgres_url"))
    url = f"sqlite:///{tmp_path}/centre.db"
    await migrate(url, now_ms=0)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await open_database(database_url, read_connections=2)
    async with database.write() as tx:
        await tx.execute(PROBE.format(bytes="BLOB" if database.engine is Engine.SQLITE else "BYTEA"))
    yield database
    await database.close()
