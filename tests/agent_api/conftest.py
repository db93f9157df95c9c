"""A running centre for whoever asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.agent_api.centre import Centre, running_centre


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Centre]:
    async with running_centre(tmp_path) as centre:
        yield centre
