"""A parked change on its page: what it waits for, decided again, returned with words; none of a foreign place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.actions.test_list_followup import login_of
from tests.server.actions.test_settle_parked import parked
from tests.server.console.office import Office, office
from tests.server.console.scene import stranger_of
from tests.small_centre import VILLAGE


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def test_from_the_list_to_the_change_and_back_to_its_author(desk: Office) -> None:
    change = await parked(desk.small)
    supervisor = await desk.sign_in(login_of(desk.small, "county_supervisor", VILLAGE))
    here = f"/console/parked/{change}"
    assert here in (await supervisor.get("/console/parked")).text
    page = (await supervisor.get(here)).text
    assert "没有别的变更在等它" in page
    assert "汪" not in page  # what was typed is its author's until it is applied
    assert "还要等" in (await supervisor.post(f"{here}/release")).text
    assert (await supervisor.post(f"{here}/return", words=" ")).status_code == 422
    sent = await supervisor.post(f"{here}/return", words="请先请邻村登记")
    assert sent.headers["location"] == f"{here}?done=return"
    assert "已通知本人" in (await supervisor.get(sent.headers["location"])).text
    assert (await supervisor.post(f"{here}/return", words="请先请邻村登记")).status_code == 409
    assert len(await desk.small.fetch("SELECT id FROM notices")) == 1


async def test_a_town_lead_may_look_and_release_and_a_clerk_finds_nothing(desk: Office) -> None:
    change = await parked(desk.small)
    lead = await desk.sign_in(login_of(desk.small, "town_lead", VILLAGE))
    page = (await lead.get(f"/console/parked/{change}")).text
    assert "现在再判断一次" in page
    assert "退回本人" not in page
    assert (await lead.post(f"/console/parked/{change}/return", words="请看")).status_code == 409
    clerk = await desk.sign_in(stranger_of(desk))
    assert (await clerk.get(f"/console/parked/{change}")).status_code == 404
    assert (await lead.get(f"/console/parked/{'f' * 32}")).status_code == 404
