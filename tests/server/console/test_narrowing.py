"""`?place=` shows one place's part of a list, never more than the scope holds."""

from __future__ import annotations

import re
from pathlib import Path

from tests.server.actions.test_show_case import CASE, file_case
from tests.server.console.office import office
from tests.server.console.scene import open_light
from tests.small_centre import TOWN, VILLAGE

LISTS = ("/console/desk", "/console/lights", "/console/conflicts", "/console/parked", "/console/helpers")
ELSEWHERE = "341881107001"


async def test_each_list_shows_one_place_and_says_so(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        for path in LISTS:
            answer = await browser.get(f"{path}?place={TOWN}")
            assert answer.status_code == 200, path
            assert "只看 胡乐镇" in answer.text, path
            assert "只看" not in (await browser.get(path)).text, path


async def test_a_place_out_of_reach_is_not_found(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        for path in LISTS:
            for place in ("341800000000", "341899999999", "x"):
                assert (await browser.get(f"{path}?place={place}")).status_code == 404, (path, place)


async def test_what_lies_elsewhere_is_left_out(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        await file_case(desk.small)
        light = await open_light(desk)
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        for path, link in (("/console/desk", CASE), ("/console/lights", light)):
            assert link in (await browser.get(f"{path}?place={VILLAGE}")).text
            assert link not in (await browser.get(f"{path}?place={ELSEWHERE}")).text


async def test_the_tabs_of_the_lights_stay_with_the_place(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        page = (await browser.get(f"/console/lights?place={TOWN}")).text
        links = re.findall(r'href="(/console/lights\?[^"]*)"', page)
        assert links
        assert all(f"place={TOWN}" in link for link in links)
