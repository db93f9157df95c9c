"""What the overview tells: each number is what the list behind it holds, and it changes while somebody looks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from fixtures.world import Role
from tests.journeys.console import Clerk, clerk
from tests.journeys.test_console_days import find_case, shows_state, take_step
from tests.journeys.town import COUNTY, TOWN, Town

# Each number that leads to a list: what it is called, where the list lies, the number.
NUMBERS = """() => [
    ...[...document.querySelectorAll('a.number-card')].map(it => [
        it.querySelector('.soft').innerText, it.getAttribute('href'), it.querySelector('.figure').innerText]),
    ...[...document.querySelectorAll('table.plain tr')].map(it => [
        it.querySelector('a').innerText, it.querySelector('a').getAttribute('href'),
        it.querySelector('td.number').innerText])]"""
# The whole list at an address, page after page: the names of its columns and its rows.
LIST = """async address => {
    const rows = []
    let heads = []
    while (address) {
        const answer = await fetch(address)
        if (!answer.ok) throw new Error(`${answer.status} at ${address}`)
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
        const table = page.querySelector('main section.card')?.querySelector('table')
        if (!table) break
        heads = [...table.querySelectorAll('thead th')].map(it => it.textContent.trim())
        rows.push(...[...table.querySelectorAll('tbody tr')].map(
            row => [...row.children].map(it => it.textContent.trim())))
        const next = [...page.querySelectorAll('main a.button')].find(it => it.textContent.trim() === '下一页')
        address = next && next.getAttribute('href')
    }
    return [heads, rows]
}"""
SUMMED = {"上次联系时没送出": "当时未送出", "未认领": "未认领", "应认领": "应认领", "审核中": "审核中", "逾期": "逾期"}
"""Numbers that add up a column of their list, where others count its rows. 已发布 stands among a case's states too."""
KINDS_OF_NUMBERS = {  # how many kinds of numbers this role must have been shown at least
    Role.CITY_SUPERVISOR: 30,
    Role.COUNTY_SUPERVISOR: 30,
    Role.DESK_CLERK: 20,
    Role.CATALOGUE_REVIEWER: 5,
    Role.ADMINISTRATOR: 2,
}


def number(words: str) -> int:
    return int(words.replace(",", ""))


def held(somebody: Clerk, words: str, address: str) -> int:
    """What the list at this address comes to."""
    heads, rows = somebody.page.evaluate(LIST, address)
    column = "已发布" if words == "已发布" else SUMMED.get(words, "")
    if not column:
        return len(rows)
    return sum(number(row[heads.index(column)]) for row in rows)


@pytest.mark.parametrize("role", KINDS_OF_NUMBERS)
def test_every_number_is_what_its_list_holds(browser: Browser, town: Town, role: Role) -> None:
    with clerk(browser, town.address, f"numbers-{role.value}") as somebody:
        somebody.sign_in(town.sign_in(role, in_place=COUNTY if role is Role.COUNTY_SUPERVISOR else ""))
        places = ["", f"?place={TOWN}"] if role is Role.COUNTY_SUPERVISOR else [""]
        for place in places:
            somebody.open(f"/console/{place}")
            told: list[list[Any]] = somebody.page.evaluate(NUMBERS)
            assert len(told) >= KINDS_OF_NUMBERS[role], told
            wrong = [
                (words, shown, come, address)
                for words, address, shown in told
                if (come := held(somebody, words, address)) != number(shown)
            ]
            assert wrong == []
            add_up(somebody, told)


def add_up(somebody: Clerk, told: list[list[Any]]) -> None:
    """The tiles of the map come to the number beside it."""
    whole = {words: shown for words, _, shown in told}
    if "在办" in whole:
        tiles = somebody.page.locator(".map-blocks .value").all_text_contents()
        assert sum(map(number, tiles)) == number(whole["在办"])


def test_a_number_changes_while_somebody_looks_at_it(browser: Browser, town: Town) -> None:
    with (
        clerk(browser, town.address, "watches") as watcher,
        clerk(browser, town.address, "works") as somebody,
    ):
        watcher.sign_in(town.sign_in(Role.COUNTY_SUPERVISOR, in_place=COUNTY))
        somebody.sign_in(town.sign_in(Role.DESK_CLERK, in_place=COUNTY))
        watcher.page.evaluate("document.body.dataset.same = 'page'")

        def waits(words: str) -> Any:
            row = watcher.page.locator("table.plain tr", has=watcher.page.get_by_role("link", name=words, exact=True))
            return row.locator("td.number")

        before = {words: number(waits(words).inner_text()) for words in ("已收件", "已预审")}
        find_case(somebody, town.waiting("received"))
        take_step(somebody, "预审通过")
        shows_state(somebody, "已预审")
        for words, by in (("已收件", -1), ("已预审", 1)):
            expect(waits(words)).to_have_text(re.compile(f"^{before[words] + by:,}$"))
        assert watcher.page.evaluate("document.body.dataset.same") == "page"
