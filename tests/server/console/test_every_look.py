"""Every page and every step of the console, over a resident's matter: nothing of it is shown that no log tells of, and
where it concerns social aid nothing without the reason that was given.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from server.actions.search_logs import search_looks
from server.console.case_forms import CASE_FORMS
from server.console.followup_forms import RATING_FORMS, TASK_FORMS, TICKET_FORMS
from server.console.licence_forms import OF_ONE
from server.console.pages import PAGES
from server.console.rows import Level, Page
from server.console.watching_forms import LIGHT_FORMS, REVIEW_FORMS
from server.storage.people import accounts_by_login
from tests.aid_scene import CASE, LICENCE, MARKS, OVER, PICTURE, RESIDENT, put_matter
from tests.server.actions.test_show_file import JPEG, keep_licence, put_picture
from tests.server.console.office import Browser, Office, office
from tests.server.console.test_every_page import Staff, role_for
from tests.small_centre import HELPER, VILLAGE

WHY = "核对受助家庭的材料"
STREAMS = ("/live", "/desk/{id}/live")
LEAVES = ("/sign-out", "/password", "/account/session", "/account/factor/remove")
VERBS = {
    "desk": CASE_FORMS,
    "tickets": TICKET_FORMS,
    "tasks": TASK_FORMS,
    "ratings": RATING_FORMS,
    "lights": LIGHT_FORMS,
    "reviews": REVIEW_FORMS,
}
SHOWN_WITH_A_REASON = {
    *("POST /desk/{id}", "POST /desk/{id}/unmask", "POST /desk/{id}/{verb}", "GET /desk/{id}/file/{file}"),
    *("POST /desk/{id}/file/{file}", "POST /desk/{id}/licence/use"),
    *("POST /tasks/{id}", "POST /tasks/{id}/{verb}"),
    *("POST /tickets/{id}", "POST /tickets/{id}/unmask", "POST /tickets/{id}/{verb}"),
    *("POST /calls/{id}", "POST /calls/{id}/unmask", "POST /calls/{id}/rate"),
    *("POST /ratings/{id}", "POST /ratings/{id}/{verb}"),
    *("POST /consents/{id}", "POST /consents/{id}/unmask", "POST /consents/{id}/revoke"),
    *("POST /conflicts/{id}", "POST /conflicts/{id}/look", "POST /conflicts/{id}/unmask"),
}
"""What shows it once a reason was given; a post's answer is a page when its step was refused."""
SHOWN_ANYWAY = SHOWN_WITH_A_REASON | {
    f"GET /{area}/{{id}}" for area in ("desk", "tasks", "tickets", "calls", "ratings", "consents", "conflicts")
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        made.console.streams.close()
        yield made


async def put_scene(desk: Office, folder: Path, *, aid: bool) -> dict[str, str]:
    """First part of an address → the record there."""
    helper = (await desk.small.account(HELPER)).id
    ids = await put_matter(desk.small, VILLAGE, aid=aid, helper=helper)
    await put_picture(desk.small, folder)
    await keep_licence(desk.small, HELPER, RESIDENT)
    return {
        **{"desk": CASE, "calls": OVER, "consents": ids["consent"], "ratings": ids["rating"], "tasks": ids["task"]},
        **{"tickets": ids["ticket"], "conflicts": ids["conflict"], "lights": ids["light"], "reviews": ids["review"]},
        "helpers": helper,
    }


def addresses(row: Page, there: dict[str, str]) -> Iterator[str]:
    """Each step of the kind where the address names one."""
    area = row.path.split("/")[1]
    verbs = [form.verb for form in VERBS.get(area, {}).values()] if "{verb}" in row.path else [""]
    if "{licence}" in row.path:
        verbs = [form.verb for form in OF_ONE.values()]
    for verb in verbs or ["none"]:
        words = {"id": there.get(area, "f" * 32), "verb": verb, "file": PICTURE, "licence": LICENCE}
        yield filled(row.path, {**words, "of": "items", "period": "2026-11"})


def filled(path: str, words: dict[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda found: words[found[1]], path)


def shows(answer: httpx.Response) -> bool:
    return answer.content == JPEG or any(mark in answer.text for mark in MARKS)


async def ask(browser: Browser, row: Page, address: str, why: str) -> httpx.Response:
    if row.method == "GET":
        return await browser.get(f"/console{address}")
    seen = {"epoch": "e" * 32, "rev": "1", "hash": "A" * 43}
    return await browser.post(f"/console{address}", **seen, **({"reason": why} if why else {}))


async def walk(desk: Office, staff: Staff, there: dict[str, str], why: str) -> tuple[set[str], set[str]]:
    """The rows that showed something; those of them that showed it without a look of this account, with this reason."""
    shown, unlogged = set(), set()
    for row in PAGES:
        if row.path in STREAMS or row.path in LEAVES or row.level is not Level.FULL:
            continue
        role = role_for(row)
        browser = await staff.of(role)
        await browser.get("/console/account")
        async with desk.platform.database.read() as snapshot:
            [account] = (await accounts_by_login(snapshot, [staff.login_of(role)])).values()
        for address in addresses(row, there):
            before = {one.position for one in await search_looks(desk.platform, account=account.id, limit=1000)}
            answer = await ask(browser, row, address, why)
            assert answer.status_code < 500, (row, answer.text)
            if shows(answer):
                shown.add(f"{row.method} {row.path}")
                looks = await search_looks(desk.platform, account=account.id, limit=1000)
                new = [one for one in looks if one.position not in before and one.kind != "log"]
                if not any(why in one.said for one in new):
                    unlogged.add(f"{row.method} {row.path}")
    return shown, unlogged


async def test_nothing_of_social_aid_is_shown_without_a_reason_and_with_one_it_is_in_the_log(
    desk: Office, tmp_path: Path
) -> None:
    staff, there = Staff(desk), await put_scene(desk, tmp_path, aid=True)
    assert await walk(desk, staff, there, "") == (set(), set())
    shown, unlogged = await walk(desk, staff, there, WHY)
    assert unlogged == set()
    assert sorted(shown ^ SHOWN_WITH_A_REASON) == []


async def test_whatever_else_shows_a_resident_is_in_the_log_as_well(desk: Office, tmp_path: Path) -> None:
    there = await put_scene(desk, tmp_path, aid=False)
    shown, unlogged = await walk(desk, Staff(desk), there, "")
    assert unlogged == set()
    assert sorted(shown ^ {one for one in SHOWN_ANYWAY if not one.endswith("/unmask")}) == []
