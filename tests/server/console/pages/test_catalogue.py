"""A reviewer reads the catalogue, checks an edit, publishes it, stops an item; a stale page changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.take_step import read_record
from server.domain.catalogue.local_items import local_item_id
from server.domain.people.roles import Role
from tests.server.console.office import Browser, Office, office
from tests.server.console.pages.test_desk import hidden
from tests.small_centre import HELPER, VILLAGE


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


def page_of(desk: Office) -> str:
    return f"/console/catalogue/items/{desk.small.world.standard_items[0].id}"


async def reviewer_at(desk: Office) -> Browser:
    return await desk.sign_in(desk.login_of(Role.CATALOGUE_REVIEWER))


async def fields_of(desk: Office) -> dict[str, object]:
    held = await read_record(desk.platform, "item", desk.small.world.standard_items[0].id)
    assert held is not None
    return dict(held.fields)


async def test_lists_are_found_by_list_level_unit_name_and_state(desk: Office) -> None:
    browser, item = await reviewer_at(desk), desk.small.world.standard_items[0]
    name = str(item.body["name"])
    assert name in (await browser.get("/console/catalogue?list=village:341800")).text
    assert name in (await browser.get(f"/console/catalogue?list=village:341800&search={name[:5]}")).text
    assert name not in (await browser.get("/console/catalogue?list=village:341800&status=cancelled")).text
    assert "没有这样的事项" in (await browser.get("/console/catalogue?level=6&search=没有的")).text
    own = next(iter(desk.small.world.unit_items()))
    assert str(own.body["name"]) in (await browser.get(f"/console/catalogue?unit={own.unit_id}")).text


async def test_a_check_tells_what_is_wrong_beside_the_field_and_changes_nothing(desk: Office) -> None:
    browser, here = await reviewer_at(desk), page_of(desk)
    seen = hidden((await browser.get(here)).text)
    said = {"was.promise_days": "0", "in.promise_days": "3", "was.condition": "旧", "in.condition": "凭证件办理"}
    told = await browser.post(f"{here}/publish", **seen, **said, do="check")
    assert told.status_code == 200
    assert "这样还不能发布" in told.text
    assert "凭证件办理" in told.text
    assert (await fields_of(desk))["version"] == 1


async def test_only_what_was_changed_is_published_and_the_versions_tell_it(desk: Office) -> None:
    browser, here = await reviewer_at(desk), page_of(desk)
    seen = hidden((await browser.get(here)).text)
    said = {"was.condition": "旧", "in.condition": "户籍或常住", "was.dept": "民政", "in.dept": "民政"}
    assert (await browser.post(f"{here}/publish", **seen, **said, do="publish")).status_code == 303
    after = await fields_of(desk)
    assert (after["version"], after["condition"], after["dept"]) == (2, "户籍或常住", "民政(2018:老龄办)")
    page = (await browser.get(here)).text
    assert "第2版" in page
    assert "<del>" in page


async def test_a_version_with_a_day_waits_and_is_shown_as_waiting(desk: Office) -> None:
    browser, here = await reviewer_at(desk), page_of(desk)
    seen = hidden((await browser.get(here)).text)
    said = {"was.condition": "", "in.condition": "改了", "in.effective_from": "2099-01-01"}
    assert (await browser.post(f"{here}/publish", **seen, **said)).status_code == 303
    assert (await fields_of(desk))["next.condition"] == "改了"
    assert "待生效" in (await browser.get(here)).text


async def test_a_refused_publication_and_a_page_without_a_change_say_why(desk: Office) -> None:
    browser, here = await reviewer_at(desk), page_of(desk)
    seen = hidden((await browser.get(here)).text)
    assert "没有改动任何内容" in (await browser.post(f"{here}/publish", **seen)).text
    refused = await browser.post(f"{here}/publish", **seen, **{"was.promise_days": "0", "in.promise_days": "9"})
    assert (refused.status_code, 'value="9"' in refused.text) == (409, True)
    assert (await browser.post(f"{here}/publish", **{"was.dept": "", "in.dept": "x"})).status_code == 404


async def test_an_item_is_stopped_and_taken_up_again(desk: Office) -> None:
    browser, here = await reviewer_at(desk), page_of(desk)
    for verb, said, after in (
        ("suspend", {"in.status_reason": "系统升级"}, "suspended"),
        ("resume", {}, "active"),
        ("cancel", {"in.status_reason": "依法取消"}, "cancelled"),
    ):
        seen = hidden((await browser.get(here)).text)
        assert (await browser.post(f"{here}/{verb}", **seen, **said)).status_code == 303
        assert (await fields_of(desk))["status"] == after
        again = await browser.post(f"{here}/{verb}", **seen, **said)
        assert again.status_code == 409
        assert "没有执行，记录未改变" in again.text
        assert "这一页已经过时" in again.text
    assert 'id="publish"' not in (await browser.get(here)).text


async def test_a_site_shows_the_standard_with_what_it_says_itself(desk: Office) -> None:
    browser, here = await reviewer_at(desk), page_of(desk)
    small, item = desk.small, desk.small.world.standard_items[0]
    unit = next(one for one in small.world.units if one.place == VILLAGE)
    own = {
        "unit": unit.id,
        "item": item.id,
        "hours": "逢集日全天",
        "f.result_sample": "见墙上",
        "why.result_sample": "方便老人",
    }
    change = small.change("local_item", "local_item.set", local_item_id(unit.id, item.id), own)
    written = await small.send(await small.enrol(HELPER), change)
    assert written.outcomes[0].code.has_effect, written.outcomes
    assert "方便老人" in (await browser.get(here)).text
    assert unit.name in (await browser.get(f"{here}/site?search={unit.name}")).text
    shown = (await browser.get(f"{here}/site?unit={unit.id}")).text
    assert "逢集日全天" in shown
    assert "方便老人" in shown
    assert (await browser.get(f"{here}/site?unit={'0' * 32}")).status_code == 404


async def test_a_base_item_is_shown_with_who_implements_it(desk: Office) -> None:
    browser = await reviewer_at(desk)
    [[ident, code]] = await desk.small.fetch(
        "SELECT b.id, b.code FROM base_items b JOIN items i ON i.base_item = b.code ORDER BY b.id LIMIT 1"
    )
    page = await browser.get(f"/console/catalogue/base/{ident}")
    assert (page.status_code, str(code) in page.text, "/console/catalogue/items/" in page.text) == (200, True, True)
    assert (await browser.get(f"/console/catalogue/{'people'}/{ident}")).status_code == 404


async def test_who_is_no_reviewer_reads_and_cannot_change(desk: Office) -> None:
    browser, here = await desk.sign_in(desk.login_of(Role.COUNTY_SUPERVISOR)), page_of(desk)
    page = (await browser.get(here)).text
    assert 'id="publish"' not in page
    assert (await browser.post(f"{here}/cancel", epoch="e", rev="1", hash="A" * 43)).status_code == 404
    assert (await fields_of(desk))["status"] == "active"
