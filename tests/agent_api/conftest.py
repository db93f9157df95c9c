"""What tests of the API may ask for: a centre on each of the three stores."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.centre import CentreUnderTest, StoreKind, open_centre


@pytest.fixture(params=list(StoreKind), ids=lambda kind: kind.value)
async def centre(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CentreUnderTest]:
    url = str(request.getfixturevalue("postgres_url")) if request.param is StoreKind.POSTGRES else ""
    async with open_centre(request.param, tmp_path, url) as opened:
        yield opened
