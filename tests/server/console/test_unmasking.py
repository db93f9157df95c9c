"""Ids and phones are masked; a record's are shown whole with a reason, logged, limited, and for that view alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.log_read import UNMASKED
from server.actions.note_unmasking import PER_HOUR
from server.actions.search_logs import search_looks
from server.console.pages import PAGES
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.server.console.office import Browser, Office, office

PAGE = f"/console/desk/{CASE}"
PHONE, MASKED_PHONE = "13812345678", "138****5678"
NUMBER, MASKED_NUMBER = "341802193507020027", "341802********0027"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small, typed={"phone": PHONE, "form.note": f"联系 {PHONE}"}, known={"citizen_id": NUMBER})
        yield made


async def clerk_at(desk: Office) -> Browser:
    return await desk.sign_in((await clerk_of(desk.small)).login)


async def test_a_case_shows_masks_in_its_fields_and_in_what_was_typed(desk: Office) -> None:
    clerk = await clerk_at(desk)
    page = (await clerk.get(PAGE)).text
    assert MASKED_NUMBER in page
    assert page.count(MASKED_PHONE) == 2
    assert PHONE not in page
    assert NUMBER not in page


async def test_with_a_reason_they_are_shown_for_this_view_alone_and_the_look_says_so(desk: Office) -> None:
    clerk = await clerk_at(desk)
    await clerk.get(PAGE)
    shown = await clerk.post(f"{PAGE}/unmask", reason="核对身份证复印件")
    assert shown.status_code == 200
    assert NUMBER in shown.text
    assert PHONE in shown.text
    assert PHONE not in (await clerk.get(PAGE)).text
    looks = await search_looks(desk.platform, record=CASE)
    assert f"{UNMASKED}核对身份证复印件" in [one.said for one in looks]
    events = await desk.small.fetch("SELECT verb, detail FROM account_events WHERE verb = 'unmask'")
    assert [(verb, CASE in detail, "核对" in detail) for verb, detail in events] == [("unmask", True, False)]


async def test_without_a_reason_nothing_is_shown_and_nothing_counts(desk: Office) -> None:
    clerk = await clerk_at(desk)
    await clerk.get(PAGE)
    answer = await clerk.post(f"{PAGE}/unmask", reason=" ")
    assert (answer.status_code, PHONE in answer.text) == (422, False)
    assert await desk.small.fetch("SELECT 1 FROM account_events WHERE verb = 'unmask'") == []


async def test_who_unmasks_too_many_waits_and_the_count_is_in_the_database(desk: Office) -> None:
    clerk = await clerk_at(desk)
    await clerk.get(PAGE)
    for _ in range(PER_HOUR):
        assert (await clerk.post(f"{PAGE}/unmask", reason="核对")).status_code == 200
    stopped = await clerk.post(f"{PAGE}/unmask", reason="核对")
    assert (stopped.status_code, PHONE in stopped.text) == (429, False)
    other = desk.browser()  # another browser of the same account changes nothing
    other.client.cookies = clerk.client.cookies
    other.mark = clerk.mark
    assert (await other.post(f"{PAGE}/unmask", reason="核对")).status_code == 429
    rows = await desk.small.fetch("SELECT count(*) FROM account_events WHERE verb = 'unmask'")
    assert rows == [(PER_HOUR,)]


async def test_a_foreign_record_is_not_there_for_who_gives_a_reason(desk: Office) -> None:
    clerk = await clerk_at(desk)
    await clerk.get(PAGE)
    assert (await clerk.post(f"/console/desk/{'f' * 32}/unmask", reason="核对")).status_code == 404


def test_every_page_that_shows_masks_has_its_way_to_take_them_off() -> None:
    paths = {row.path for row in PAGES if row.path.endswith("/unmask")}
    assert paths == {f"/{one}/{{id}}/unmask" for one in ("desk", "tickets", "calls", "consents", "conflicts")}
