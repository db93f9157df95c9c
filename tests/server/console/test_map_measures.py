"""The map shows to each role what it may open, and says in words what its colours say."""

from __future__ import annotations

from pathlib import Path

from server.console.map_measures import MEASURES, ROLES
from server.domain.people.roles import Role
from tests.server.actions.test_show_case import file_case
from tests.server.console.office import Office, office
from tests.server.console.scene import open_light
from tests.small_centre import VILLAGE


def test_every_measure_has_its_words_and_its_roles() -> None:
    assert set(MEASURES) == set(ROLES)
    assert Role.ADMINISTRATOR not in ROLES["open"] | ROLES["lights"] | ROLES["claims"]
    assert Role.DESK_CLERK not in ROLES["contact"]


async def map_of(desk: Office, role: str, show: str) -> str:
    browser = await desk.sign_in(desk.login_of(role, in_place=VILLAGE if role == "county_supervisor" else ""))
    return (await browser.get(f"/console/?place=341881106000&show={show}")).text


async def test_a_supervisor_sees_each_measure_in_words(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        await file_case(desk.small)
        await open_light(desk)
        words = {
            "open": "在办 1 件",
            "lights": "红灯 1，黄灯 0",
            "contact": "1 人中 1 人久未联系",
            "claims": "项，已认领 0 项，已发布 0 项",
        }
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        for show, said in words.items():
            assert said in (await browser.get(f"/console/?place=341881106000&show={show}")).text, show


async def test_who_may_not_open_cases_sees_no_number_of_them(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        await file_case(desk.small)
        page = await map_of(desk, "administrator", "open")
        assert "在办 1 件" not in page
        assert "/console/desk" not in page
        assert "久未联系" in page
