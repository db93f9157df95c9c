"""A record's page is opened within reach and role, offers what its state allows, and refuses what was not seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.actions.test_list_followup import clerk_of
from tests.server.console.office import Office, office
from tests.server.console.scene import TASK, hidden, open_task, step

PATH = f"/console/tasks/{TASK}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await open_task(made)
        yield made


async def test_a_look_is_logged_and_what_is_absent_is_not_there(desk: Office) -> None:
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    assert (await clerk.get(PATH)).status_code == 200
    assert ("task", TASK) in await desk.small.fetch("SELECT kind, record FROM reads")
    assert (await clerk.get(f"/console/tasks/{'0' * 32}")).status_code == 404
    assert (await clerk.post(f"{PATH}/fly", epoch="e", rev="1", hash="A" * 43)).status_code == 404


async def test_what_was_done_is_said_and_the_history_tells_by_whom(desk: Office) -> None:
    account = await clerk_of(desk.small)
    clerk = await desk.sign_in(account.login)
    seen = hidden((await clerk.get(PATH)).text, f"{PATH}/explain")
    answer = await clerk.post(f"{PATH}/explain", **seen, **{"in.explanation": "已回电"})
    assert answer.headers["location"] == f"{PATH}?done=task.explain"
    page = (await clerk.get(answer.headers["location"])).text
    assert "✓ 说明" in page
    assert account.name in page
    assert "✓" not in (await clerk.get(f"{PATH}?done=nonsense")).text


async def test_an_empty_form_is_refused_with_every_reason(desk: Office) -> None:
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    status, page = await step(clerk, PATH, "explain")
    assert status == 409
    assert "缺少“说明”" in page


async def test_forms_are_those_of_the_state(desk: Office) -> None:
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    page = (await watcher.get(PATH)).text
    assert all(f'action="{PATH}/{verb}"' in page for verb in ("explain", "close", "pass"))
    assert (await step(watcher, PATH, "close", finding="done"))[0] == 409
    assert (await step(watcher, PATH, "close", finding="done", finding_note="已回电，本人认可"))[0] == 303
    closed = (await watcher.get(PATH)).text
    assert f'action="{PATH}/' not in closed
    assert "现在没有您可以做的" in closed
