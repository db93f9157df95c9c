"""One driver and one centre for all journeys of a run; each journey has a phone of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.journeys.console import PATIENCE_MS, chromium_browser
from tests.journeys.phone import ServedCentre, served_centre
from tests.journeys.town import Town, living_town
from tests.postgres import PostgresServer

expect.set_options(timeout=PATIENCE_MS)


# Of a file, not of the whole run: while it lives it keeps an event loop running in this thread, and every asynchronous
# test after it would find that loop in its way.
@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCentre]:
    with served_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCentre]:
    """A centre on each database, for journeys on which it matters how the centre keeps what a phone sends."""
    folder = tmp_path_factory.mktemp(f"either-{request.param}")
    if request.param == "sqlite":
        with served_centre(folder) as centre:
            yield centre
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url, served_centre(folder, url) as centre:
        yield centre


@pytest.fixture(scope="module")
def browser(driver: Playwright) -> Iterator[Browser]:
    with chromium_browser(driver) as browser:
        yield browser


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A living town on each database, filled once."""
    folder = tmp_path_factory.mktemp(f"town-{request.param}")
    if request.param == "sqlite":
        with living_town(folder) as town:
            yield town
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url, living_town(folder, url) as town:
        yield town
