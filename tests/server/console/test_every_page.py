"""What holds of every page, asked of each row of the table: the policy, the mark on every form, and no script within.

A page is asked for by somebody who may see it, with what stands in it where the scene has something.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

import server.console
from server.console.pages import PAGES, RESIDENT_PAGES
from server.console.render import HEADERS, POLICY
from server.console.rows import Level, Page
from server.domain.people.roles import Role
from tests.server.actions.test_show_case import CASE, file_case
from tests.server.actions.test_show_file import FILE, JPEG, ORIGINAL, put_picture
from tests.server.console.office import SAME_SITE, Browser, Office, office
from tests.server.console.scene import fields_of, open_light, open_review, open_task
from tests.small_centre import HELPER, VILLAGE

TEMPLATES = Path(server.console.__file__).parent / "templates"
NO_PAGE = ("/live", "/desk/{id}/live")
"""Streams, which are closed here and say 204."""
OPEN_ACTIONS = {f"/console{row.path}" for row in PAGES if row.level is Level.OPEN} | {
    f"/r{row.path}" for row in RESIDENT_PAGES
}
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
FORBIDDEN = {
    "a script within the page": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a style within the page": re.compile(r"<style\b|\sstyle=", re.IGNORECASE),
    "a handler within the page": re.compile(r"<[^>]*\son[a-z]+=", re.IGNORECASE),
    "a script in an address": re.compile(r"javascript:", re.IGNORECASE),
    "something from elsewhere": re.compile(r"""(?:src|href|action|srcset)=["'](?:[a-z]+:)?//""", re.IGNORECASE),
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        sha = hashlib.sha256(ORIGINAL).hexdigest()
        await file_case(made.small, material={"state": "attached", "file": FILE, "sha256": sha})
        await put_picture(made.small, tmp_path)
        made.console.streams.close()
        yield made


async def addresses(desk: Office) -> dict[str, str]:
    """What stands at a path: its first part → a record there."""
    helper = (await desk.small.account(HELPER)).id
    consent = (await fields_of(desk, "case", CASE))["consent"]
    item = next(one for one in desk.small.world.standard_items if one.key == "V01")
    return {
        "desk": CASE,
        "calls": CASE,
        "consents": str(consent),
        "lights": await open_light(desk),
        "reviews": await open_review(desk),
        "tasks": await open_task(desk),
        "helpers": helper,
        "catalogue": item.id,
    }


def address(path: str, there: dict[str, str]) -> str:
    """A record of ours where there is one, else one that is not there."""
    ident = there.get(path.split("/")[1], "f" * 32)
    words = {"id": ident, "of": "items", "period": "2026-11", "verb": "accept", "file": FILE, "licence": FILE}
    return re.sub(r"{(\w+)}", lambda found: words[found[1]], path)


def role_for(row: Page) -> Role:
    """Whoever may see the page, a city's supervisor before others, since nothing lies out of reach of one."""
    return min(row.roles, key=lambda role: (role is not Role.CITY_SUPERVISOR, role.value))


class Staff:
    """A browser for each role, signed in once."""

    def __init__(self, desk: Office) -> None:
        self._desk = desk
        self._known: dict[Role, Browser] = {}

    async def of(self, role: Role) -> Browser:
        if role not in self._known:
            self._known[role] = await self._desk.sign_in(self.login_of(role))
        return self._known[role]

    def login_of(self, role: Role) -> str:
        logins = [one.login for one in self._desk.small.world.accounts if one.role.value == role.value]
        return next((one for one in logins if VILLAGE[:6] in one), logins[0])


def faults_in(answer: httpx.Response) -> Iterator[str]:
    """What of an answer no browser should be given."""
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return
    for name, value in HEADERS.items():
        if answer.headers.get(name) != value:
            yield f"without {name}"
    for name, found in FORBIDDEN.items():
        if found.search(answer.text):
            yield name
    for within in re.findall(r'href="#(\w+)"', answer.text):
        if answer.text.count(f'id="{within}"') != 1:
            yield f"a way to nothing within the page: {within}"
    for form in FORM.findall(answer.text):
        action = re.search(r'action="([^"]*)"', form)
        if 'method="post"' in form and 'name="csrf"' not in form and (not action or action[1] not in OPEN_ACTIONS):
            yield f"a form without its mark: {form[:80]}"


def test_the_policy_makes_no_exception() -> None:
    assert "unsafe" not in POLICY
    assert not re.search(r"\bdata:(?!;)", POLICY.replace("img-src 'self' data:", ""))
    told = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert told["default-src"] == told["base-uri"] == told["frame-ancestors"] == "'none'"
    assert told["script-src"] == told["style-src"] == told["connect-src"] == told["form-action"] == "'self'"


async def test_every_page_keeps_the_policy_and_marks_its_forms(desk: Office) -> None:
    staff, there = Staff(desk), await addresses(desk)
    faults: list[tuple[str, str]] = []
    shown, others = 0, {}
    for row in PAGES:
        if row.method == "GET" and row.path not in NO_PAGE:
            answer = await (await staff.of(role_for(row))).get(f"/console{address(row.path, there)}")
            shown += answer.status_code == 200
            if answer.status_code == 200 and not answer.headers["content-type"].startswith("text/html"):
                others[row.path] = (answer.headers["content-type"], answer.content)
            faults += [(row.path, fault) for fault in faults_in(answer)]
    for row in RESIDENT_PAGES:
        if row.method == "GET":
            faults += [(row.path, fault) for fault in faults_in(await desk.browser().get(f"/r{row.path}"))]
    assert faults == []
    assert shown >= 30, "most of the pages were there to be looked at"
    assert others == {"/desk/{id}/file/{file}": ("image/jpeg", JPEG)}, "one address gives pictures, re-encoded ones"


async def test_every_step_without_its_mark_or_from_another_site_does_nothing(desk: Office) -> None:
    staff, there = Staff(desk), await addresses(desk)
    [[before]] = await desk.small.fetch("SELECT count(*) FROM changes")
    let_through: list[tuple[str, str, int]] = []
    for row in PAGES:
        if row.method != "POST":
            continue
        browser, path = await staff.of(role_for(row)), f"/console{address(row.path, there)}"
        await browser.get("/console/account")
        tries = {"another site": ({"csrf": browser.mark}, {"sec-fetch-site": "cross-site"})}
        tries["no site at all"] = ({"csrf": browser.mark}, {})
        if row.level is not Level.OPEN:
            tries["no mark"] = ({}, SAME_SITE)
            tries["another's mark"] = ({"csrf": "0" * 64}, SAME_SITE)
        for name, (fields, headers) in tries.items():
            answer = await browser.client.post(path, data=fields, headers=headers)
            if answer.status_code != 403 or list(faults_in(answer)):
                let_through.append((row.path, name, answer.status_code))
    assert let_through == []
    [[after]] = await desk.small.fetch("SELECT count(*) FROM changes")
    assert after == before


async def test_every_step_that_says_nothing_gets_a_page_and_no_fault(desk: Office) -> None:
    staff, there = Staff(desk), await addresses(desk)
    faults: list[tuple[str, str]] = []
    for row in PAGES:
        if row.method == "POST" and row.path != "/sign-out":
            browser = await staff.of(role_for(row))
            await browser.get("/console/account")
            answer = await browser.post(f"/console{address(row.path, there)}")
            faults += [(row.path, fault) for fault in faults_in(answer)]
    for row in RESIDENT_PAGES:
        if row.method == "POST":
            faults += [(row.path, fault) for fault in faults_in(await desk.browser().post(f"/r{row.path}"))]
    assert faults == []


def test_no_template_holds_a_script_a_style_or_a_form_without_its_mark() -> None:
    """Also what stands in a branch that no scene of ours shows."""
    faults: list[tuple[str, str]] = []
    for file in sorted(TEMPLATES.glob("*.html")):
        told = file.read_text(encoding="utf-8")
        faults += [(file.name, name) for name, found in FORBIDDEN.items() if found.search(told)]
        for form in FORM.findall(told):
            action = re.search(r'action="([^"]*)"', form)
            is_open = action is not None and action[1] in OPEN_ACTIONS
            if 'method="post"' in form and 'name="csrf"' not in form and not is_open:
                faults.append((file.name, form[:80]))
    assert faults == []


def test_what_shows_its_line_breaks_begins_and_ends_without_one() -> None:
    """The style keeps white space in these (console.css), so what lays a template out would be seen."""
    kept = re.compile(r'<(td|dd) class="(?:lines|changed)[^"]*">(.*?)</\1>', re.DOTALL)
    cells = [(file.name, one[2]) for file in TEMPLATES.glob("*.html") for one in kept.finditer(file.read_text("utf-8"))]
    assert len(cells) >= 5
    assert [cell for cell in cells if re.match(r"\s(?!\s*\{[{%]-)", cell[1])] == []
    assert [cell for cell in cells if re.search(r"(?<!-%\})(?<!-\}\})(?<!\s)\s+$", cell[1])] == []


ASKED = {
    "bulletins.html": {"place"},
    "catalogue.html": {"level", "list", "search", "status", "unit"},
    "catalogue_item.html": {"search"},
    "catalogue_site.html": {"search"},
    "desk.html": {"number"},
    "requests.html": {"since", "until"},
    "tickets.html": {"number"},
}
"""What a form puts into an address: numbers of filings, days, names of services and places, never of people."""


def test_what_a_person_is_called_or_known_by_stands_in_no_address() -> None:
    asked: dict[str, set[str]] = {}
    for file in sorted(TEMPLATES.glob("*.html")):
        for form in FORM.findall(file.read_text(encoding="utf-8")):
            if 'method="post"' not in form:
                asked.setdefault(file.name, set()).update(re.findall(r'\bname="([^"{]+)"', form))
    assert asked == ASKED
    names = {name for row in (*PAGES, *RESIDENT_PAGES) for name in re.findall(r"{(\w+)}", row.path)}
    assert names == {"id", "verb", "file", "licence", "of", "period"}
