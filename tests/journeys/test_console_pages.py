"""Every page of the console is usable by ear, fits a tablet, is light, and opens without a fault."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys.accessible import check_accessible
from tests.journeys.console import TABLET, clerk
from tests.journeys.page_weight import WEIGHT_MAX, Heard
from tests.journeys.screenshots import ROLES, Walk, pattern_of
from tests.journeys.town import Town

TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
KINDS_OF_PAGES = 28
"""The walk must have got somewhere: so many kinds of pages there are at least."""


# What a page looks like does not depend on the database, and there are many.
@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
def test_every_page_is_usable_by_ear_fits_a_tablet_and_is_light(browser: Browser, town: Town) -> None:
    seen: set[object] = set()
    for role in ROLES:
        with clerk(browser, town.address, f"pages-{role.value}", viewport=TABLET) as somebody:
            somebody.sign_in(town.sign_in(role))
            heard = Heard(somebody)
            for address, _ in Walk(somebody, seen, pattern_of).pages():
                assert somebody.page.locator("h1").count() == 1, address
                check_accessible(somebody.page, f"{role.value} {address}")
                assert somebody.page.evaluate(TOO_WIDE) is False, f"{role.value} {address}"
                assert sum(heard.sizes()) <= WEIGHT_MAX, f"{role.value} {address}"
    assert len(seen - {None}) >= KINDS_OF_PAGES, sorted(map(str, seen))
