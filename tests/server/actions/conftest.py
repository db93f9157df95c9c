"""An empty centre on SQLite, and its secrets."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.credentials import Secrets
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.unit_of_work import Database


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
