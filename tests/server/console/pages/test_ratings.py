"""A rating is shown to who verifies it; one that was not the resident's is set aside with its reason, never changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.domain.cases.ratings import rating_id
from tests.server.actions.test_list_followup import clerk_of
from tests.server.console.office import Office, office
from tests.server.console.scene import fields_of, finish_case, step

RATING = rating_id("b" * 32)
PATH = f"/console/ratings/{RATING}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        case = await finish_case(made)
        clerk = await made.sign_in((await clerk_of(made.small)).login)
        await clerk.get(f"/console/calls/{case}")
        await clerk.post(f"/console/calls/{case}/rate", **{"in.grade": "1", "in.text": "收了钱"})
        yield made


async def test_who_verifies_sees_the_grade_the_words_and_the_case(desk: Office) -> None:
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    page = (await watcher.get(PATH)).text
    assert "收了钱" in page
    assert "非常不满意" in page
    assert f"/console/desk/{'b' * 32}" in page
    assert ("rating", RATING) in await desk.small.fetch("SELECT kind, record FROM reads")


async def test_a_supervisor_sets_it_aside_and_a_clerk_does_not(desk: Office) -> None:
    clerk = await desk.enter_password((await clerk_of(desk.small)).login)
    assert (await clerk.get(PATH)).status_code == 303, "a password alone opens no page"
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    assert (await step(watcher, PATH, "set_aside", set_aside_why="家人误按"))[0] == 303
    fields = await fields_of(desk, "rating", RATING)
    assert (fields["state"], fields["grade"], fields["set_aside_why"]) == ("set_aside", 1, "家人误按")
    page = (await watcher.get(PATH)).text
    assert "家人误按" in page
    assert "现在没有您可以做的" in page
