"""What is installed is not older than what mended a known hole."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from sqlcipher3 import dbapi2

FLOORS = {
    "starlette": "1.5.1",
    "pyjwt": "2.15.1",
    "h11": "0.16",
    "pillow": "12.3",
    "uvicorn": "0.48",
    "websockets": "17",
    "httptools": "0.9",
    "cryptography": "50",
    "asyncpg": "0.32",
    "tortoise-orm": "1.1.9",
}
"""Distribution → the version without the advisories known when this was written."""


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


@pytest.mark.parametrize("name", FLOORS)
def test_a_distribution_is_not_below_its_floor(name: str) -> None:
    assert numbers(version(name)) >= numbers(FLOORS[name])


def test_sqlite_is_one_that_cannot_corrupt_a_log_of_several_connections() -> None:
    assert dbapi2.sqlite_version_info >= (3, 51, 3)
