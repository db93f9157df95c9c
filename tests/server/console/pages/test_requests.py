"""A request for a cancelled material has its page: who, when, for which case; and each place sees its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.publish_item import publish_item
from server.actions.take_step import read_record
from server.domain.people.roles import Role
from tests.server.actions.test_list_followup import clerk_of, login_of
from tests.server.actions.test_show_case import CASE, file_case, step
from tests.server.console.office import Office, office
from tests.small_centre import VILLAGE

PAGE = "/console/catalogue/requests"
EVER = "since=2020-01-01&until=2100-01-01"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    """A desk whose clerk asked for a material that was cancelled."""
    async with office(tmp_path) as made:
        item = next(one for one in made.small.world.standard_items if one.key == "V01")
        held = await read_record(made.platform, "item", item.id)
        assert held is not None
        rows = [{**row, "cancelled": True} if row["no"] == 1 else row for row in held.fields["materials"]]
        reviewer = await made.small.account(made.login_of(Role.CATALOGUE_REVIEWER))
        taken = await publish_item(made.platform, reviewer, item.id, {"materials": rows})
        assert taken.outcome.code.has_effect, taken.outcome
        await file_case(made.small, typed={"item_version": 2})
        asked = {"materials": [{"no": "1", "why": "missing"}, {"no": "2", "why": "missing"}], "text": "请补齐"}
        assert await step(made.small, "return", correction=asked) == "refused"
        yield made


async def test_who_supervises_the_place_sees_it_with_its_case_and_its_desk(desk: Office) -> None:
    browser = await desk.sign_in(login_of(desk.small, "county_supervisor", VILLAGE))
    assert PAGE in (await browser.get("/console/catalogue")).text, "the way there"
    page = (await browser.get(f"{PAGE}?{EVER}")).text
    assert f"/console/desk/{CASE}" in page
    assert (await clerk_of(desk.small)).name in page
    assert "王秀英" not in page
    assert "没有人要过" in (await browser.get(f"{PAGE}?since=2020-01-01&until=2020-01-31")).text
    assert (await browser.get(f"{PAGE}?since=soon")).status_code == 200


async def test_another_place_sees_nothing_of_it_and_a_reviewer_has_no_such_page(desk: Office) -> None:
    elsewhere = next(
        one.login
        for one in desk.small.world.accounts
        if one.role == "town_lead" and one.scope_places and not any(VILLAGE.startswith(p[:9]) for p in one.scope_places)
    )
    browser = await desk.sign_in(elsewhere)
    assert "没有人要过" in (await browser.get(f"{PAGE}?{EVER}")).text
    reviewer = await desk.sign_in(desk.login_of(Role.CATALOGUE_REVIEWER))
    assert (await reviewer.get(PAGE)).status_code == 404
    assert PAGE not in (await reviewer.get("/console/catalogue")).text
