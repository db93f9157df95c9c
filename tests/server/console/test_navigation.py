"""Every section of the menu leads to a page that the same roles may see."""

from __future__ import annotations

from server.console.navigation import SECTIONS, readers, sections_for
from server.console.pages import PAGES
from server.domain.people.roles import Role


def test_a_section_leads_to_a_page_for_the_same_roles() -> None:
    pages = {"/console" + row.path: row for row in PAGES if row.method == "GET"}
    for section in SECTIONS:
        assert section.roles <= pages[section.path].roles, section.path


def test_who_works_on_a_phone_has_no_sections() -> None:
    assert sections_for(Role.HELPER) == ()
    assert sections_for(Role.DESK_CLERK)


def test_who_may_read_a_kind_has_its_pages() -> None:
    assert Role.TOWN_LEAD in readers("task")
    assert Role.TOWN_LEAD not in readers("rating")
    assert Role.HELPER not in readers("ticket"), "a helper works on a phone"
