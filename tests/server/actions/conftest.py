"""An empty centre on SQLite, and its secrets; and the small world on either engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.credentials import Secrets
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.unit_of_work import Database
from tests.small_centre import SmallCentre, small_centre


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/centre.db"
    await migrate(url, now_ms=0)
    database = await open_database(url, read_connections=1)
    yield database
    await database.close()


@pytest.fixture
def secrets() -> Secrets:
    return Secrets(bytes(range(32)))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SmallCentre]:
    """The small world on each engine: for what is asked of the database in SQL."""
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    async with small_centre(tmp_path, database=url) as small:
        yield small
