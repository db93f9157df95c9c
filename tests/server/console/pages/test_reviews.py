"""A review shows what was measured and which cases stand behind it, and is found on by a person with grounds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.server.console.office import Office, office
from tests.server.console.scene import fields_of, open_review, step


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small)
        yield made


async def test_a_review_is_listed_and_shows_no_resident(desk: Office) -> None:
    review = await open_review(desk, evidence=(CASE, "f" * 32))
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    listed = (await watcher.get("/console/reviews")).text
    assert f"/console/reviews/{review}" in listed
    assert "短时间集中采集" in listed
    page = (await watcher.get(f"/console/reviews/{review}")).text
    assert f"/console/desk/{CASE}" in page
    assert "另有1条证据" in page
    assert "王秀英" not in page
    assert ("review", review) in await desk.small.fetch("SELECT kind, record FROM reads")


async def test_what_the_helper_said_is_recorded_and_a_finding_given_once(desk: Office) -> None:
    review = await open_review(desk)
    path = f"/console/reviews/{review}"
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    assert (await step(watcher, path, "explain", explanation="村里集中办医保"))[0] == 303
    assert (await step(watcher, path, "find", finding="unfounded", finding_note="与村里核对过"))[0] == 303
    page = (await watcher.get(path)).text
    assert "村里集中办医保" in page
    assert "与村里核对过" in page
    assert "现在没有您可以做的" in page
    again = await watcher.post(f"{path}/find", epoch="e", rev="1", hash="A" * 43, **{"in.finding": "confirmed"})
    assert again.status_code == 409
    assert (await fields_of(desk, "review", review))["finding"] == "unfounded"
    assert review in (await watcher.get("/console/reviews?state=found")).text


async def test_a_desk_has_no_reviews_and_an_auditor_looks_only(desk: Office) -> None:
    review = await open_review(desk)
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    assert (await clerk.get("/console/reviews")).status_code == 404
    assert (await clerk.get(f"/console/reviews/{review}")).status_code == 404
    auditor = await desk.sign_in(desk.login_of("auditor"))
    assert "现在没有您可以做的" in (await auditor.get(f"/console/reviews/{review}")).text
    assert (await auditor.post(f"/console/reviews/{review}/find", epoch="e", rev="1", hash="A" * 43)).status_code == 404
