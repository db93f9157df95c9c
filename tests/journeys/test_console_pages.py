"""Every page of the console is usable by ear, fits a tablet, is light, names nobody, and opens without a fault; in both
languages what depends on the language.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser

from tests.journeys.accessible import check_accessible
from tests.journeys.console import TABLET, WIDE, Clerk, clerk
from tests.journeys.page_weight import WEIGHT_MAX, Heard
from tests.journeys.screenshots import ROLES, Walk, english, pattern_of
from tests.journeys.town import Town

TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
STICKS_OUT = """() => [...document.querySelectorAll('#main .card')].flatMap(card => {
    const edge = card.getBoundingClientRect().right + 1
    const isBeside = it => it.getClientRects().length && it.getBoundingClientRect().right > edge
    return [...card.querySelectorAll('*')]
        .filter(it => isBeside(it) && !it.closest('.table-scroll'))
        .map(it => it.tagName + ' ' + it.textContent.trim().slice(0, 40))
}).slice(0, 3)"""
"""What of a card lies beside it: a list that is wider scrolls within."""
KINDS_OF_PAGES = 28
"""The walk must have got somewhere: so many kinds of pages there are at least."""


def told_of_people(town: Town) -> Iterator[str]:
    """What the town's people are called and known by, residents and staff."""
    villages = [place.code12 for place in town.world.places if place.level == "village"]
    for village in villages:
        for one in town.world.residents_of(village):
            yield from (one.name, one.citizen_id, one.phone)
    yield from (account.name for account in town.world.accounts)


def look_at_it_in_english(somebody: Clerk, address: str) -> None:
    """The same page: what is said of it aloud is said in English, and longer words fit as well."""
    english(somebody, True)
    somebody.open(address)
    assert somebody.page.locator("html").get_attribute("lang") == "en", address
    check_accessible(somebody.page, f"{address} in English", colours=False)
    assert somebody.page.evaluate(TOO_WIDE) is False, f"{address} in English"
    assert somebody.page.evaluate(STICKS_OUT) == [], f"{address} in English"
    # On a wide screen cards stand in more columns, and each may be narrower than on a tablet.
    somebody.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert somebody.page.evaluate(STICKS_OUT) == [], f"{address} in English on a wide screen"
    somebody.page.set_viewport_size(TABLET)  # type: ignore[arg-type]
    english(somebody, False)


# What a page looks like does not depend on the database, and there are many.
@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
def test_every_page_is_usable_by_ear_fits_a_tablet_is_light_and_names_nobody(browser: Browser, town: Town) -> None:
    seen: set[object] = set()
    asked: set[str] = set()
    for role in ROLES:
        with clerk(browser, town.address, f"pages-{role.value}", viewport=TABLET) as somebody:
            somebody.sign_in(town.sign_in(role))
            heard = Heard(somebody)
            somebody.page.on("request", lambda request: asked.add(unquote(request.url)))
            for address, _ in Walk(somebody, seen, pattern_of).pages():
                assert somebody.page.locator("h1").count() == 1, address
                check_accessible(somebody.page, f"{role.value} {address}")
                assert somebody.page.evaluate(TOO_WIDE) is False, f"{role.value} {address}"
                assert somebody.page.evaluate(STICKS_OUT) == [], f"{role.value} {address}"
                assert sum(heard.sizes()) <= WEIGHT_MAX, f"{role.value} {address}"
                look_at_it_in_english(somebody, address)
                heard.forget()
    assert len(seen - {None}) >= KINDS_OF_PAGES, sorted(map(str, seen))
    people = {said for said in told_of_people(town) if said}
    log = (town.centre.settings.data_folder / "server.log").read_text(encoding="utf-8")
    assert "/console/desk/{id}" in log
    assert len(people) > 40
    assert [said for said in people if any(said in address for address in asked)] == []
    assert [said for said in people if said in log] == []
