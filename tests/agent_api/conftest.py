"""A running centre for whoever asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.agent_api.centre import Centre, running_centre
from tests.centre import CentreUnderTest, StoreKind, open_centre


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Centre]:
    async with running_centre(tmp_path) as centre:
        yield centre


@pytest.fixture(params=list(StoreKind), ids=lambda kind: kind.value)
async def centre(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CentreUnderTest]:
    """A centre on each of the three stores, without HTTP."""
    url = str(request.getfixturevalue("postgres_url")) if request.param is StoreKind.POSTGRES else ""
    async with open_centre(request.param, tmp_path, url) as opened:
        yield opened
