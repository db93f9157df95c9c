"""The first page shows the places in charge and leads down to each, never beside them."""

from __future__ import annotations

import html
import re
from pathlib import Path

from tests.server.actions.test_show_case import file_case
from tests.server.console.office import office
from tests.small_centre import TOWN, VILLAGE

COUNTY = "341881000000"


async def test_a_supervisor_goes_down_from_the_county_to_a_town_and_its_villages(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        county = await browser.get("/console/")
        assert f"?place={TOWN}" in county.text
        town = await browser.get(f"/console/?place={TOWN}")
        assert f"?place={VILLAGE}" in town.text
        assert f"?place={COUNTY}" in town.text


async def test_every_tile_of_the_map_stands_in_a_list_that_is_heard_and_reached_by_keyboard(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        page = (await browser.get("/console/")).text
        drawn, _, told = page.partition('<ul class="places">')
        told = told.partition("</details>")[0]
        tiles = re.findall(r'<a href="([^"]+)" tabindex="-1"><title>([^<]+)</title>', drawn)
        assert len(tiles) > 5
        assert tiles == re.findall(r'<a(?: class="band")? href="([^"]+)">([^<]+)</a>', told)
        assert 'tabindex="-1"' not in told


async def test_a_place_outside_the_scope_is_not_found(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        for place in ("341800000000", "341899999999", "x"):
            assert (await browser.get(f"/console/?place={place}")).status_code == 404, place


async def test_every_number_leads_to_a_list_that_opens(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        await file_case(desk.small)
        for role in ("county_supervisor", "desk_clerk", "catalogue_reviewer", "auditor", "administrator"):
            browser = await desk.sign_in(desk.login_of(role))
            page = (await browser.get("/console/")).text
            main = page[page.index("<main") : page.index("</main>")]
            links = {html.unescape(link) for link in re.findall(r'href="(/console/[^"]*)"', main)}
            assert links, role
            for link in sorted(links):
                assert (await browser.get(link)).status_code == 200, (role, link)
