"""What a desk calls is asked of both databases: its lists are SQL, and its steps lock as the engine does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.agent_api.centre import Centre, running_centre


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def api(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Centre]:
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    async with running_centre(tmp_path, url) as centre:
        yield centre
