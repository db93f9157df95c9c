"""One driver and one centre for all journeys of a run; each journey has a phone of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.journeys.phone import ServedCentre, served_centre


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
