"""One driver and one centre for all journeys of a run; each journey has a phone of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.journeys.phone import ServedCentre, served_centre


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCentre]:
    with served_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre
