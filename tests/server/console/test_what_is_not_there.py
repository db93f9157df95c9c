"""Whatever an address names is there, or the visitor is told that it is not: every form of the console is walked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.console.pages import PAGES
from server.console.rows import Page
from server.domain.people.roles import Role
from tests.server.console.office import Browser, Office, office

ABSENT = ("f" * 32, "latest", "2026-13", "%00")
STEPS_ALONE = "/desk/together/{verb}"
"""What it names is a step: the cases are in its form, and each is answered by itself."""
NAMED = tuple(page for page in PAGES if "{" in page.path and page.path != STEPS_ALONE)
_LOGGED = "SELECT count(*) FROM changes"
# Steps are named by the last word of such an address: each is walked with one that there is and one that there is not.
VERBS = {
    "/desk/{id}/{verb}": "accept",
    "/desk/{id}/licence/{licence}/{verb}": "verify",
    "/tasks/{id}/{verb}": "explain",
    "/tickets/{id}/{verb}": "answer",
    "/ratings/{id}/{verb}": "set_aside",
    "/lights/{id}/{verb}": "escalate",
    "/reviews/{id}/{verb}": "find",
    "/campaigns/claims/{id}/{verb}": "return",
    "/campaigns/look-backs/{id}/{verb}": "pass",
    "/catalogue/{of}/{id}/{verb}": "suspend",
}
# A form as full as any, so that no address is refused for what was left out.
FORM = {
    **{
        "why": "核实",
        "reason": "核实情况",
        "seed": "2026",
        "place": "341881106000",
        "text": "请核实",
        "verb": "accept",
    },
    **{"epoch": "e" * 32, "rev": "1", "hash": "A" * 43, "edition": "1", "grade": "5", "channel": "call", "now": "1"},
    **{"in.explanation": "已办", "in.answer": "已答复", "in.set_aside_why": "误评", "kind": "C01", "licence": "f" * 32},
    **{"to": "h341881106200", "login": "h341881106200", "role": "helper", "code": "AA", "csv": "1"},
}


def address(page: Page, absent: str) -> str:
    path = page.path.replace("{verb}", VERBS.get(page.path, "")).replace("{of}", "items")
    return "/console" + re.sub(r"\{\w+\}", absent, path)


async def enter(desk: Office, role: Role) -> Browser:
    login = next(one.login for one in desk.small.world.accounts if one.role == role.value)
    return await desk.sign_in(login)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_what_an_address_names_and_is_not_there_is_not_found_and_nothing_else(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every page and form, by every role that may see it."""
    url = str(request.getfixturevalue("postgres_url")) if engine == "postgres" else ""
    found = {}
    async with office(tmp_path, database=url) as desk:
        before = await desk.small.fetch(_LOGGED)
        for role in sorted({role for page in NAMED for role in page.roles}):
            browser = await enter(desk, role)
            for page in NAMED:
                for absent in ABSENT if role in page.roles else ():
                    await browser.get("/console/account")
                    where = address(page, absent)
                    answer = await (browser.get(where) if page.method == "GET" else browser.post(where, **FORM))
                    found[page.method, page.path, role.value, absent] = answer.status_code
                    assert answer.status_code != 404 or "没有找到" in answer.text, "a page that says so in words"
        assert await desk.small.fetch(_LOGGED) == before, "and nothing was changed by it"
    assert {key: status for key, status in found.items() if status != 404} == {}
    assert len(found) > 300


def test_every_step_of_an_address_is_walked() -> None:
    assert {page.path for page in NAMED if "{verb}" in page.path} == set(VERBS)
