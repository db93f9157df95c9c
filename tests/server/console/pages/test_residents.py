"""A resident without an account sees the state, rates once, and takes the consent back; a guesser learns nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.take_step import read_record
from server.console.throttle import PER_NUMBER
from tests.server.actions.test_show_case import CASE, file_case, step
from tests.server.console.office import Office, office

PHONE = "13800005678"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small)
        yield made


async def number_of(desk: Office) -> str:
    record = await read_record(desk.platform, "case", CASE)
    assert record is not None
    return str(record.fields["number"])


async def give_phone(desk: Office) -> None:
    """The clerk notes the phone of the case."""
    assert await step(desk.small, "amend", phone=PHONE) == "applied"


async def test_the_number_and_four_digits_show_the_state_and_nobodys_name(desk: Office) -> None:
    await give_phone(desk)
    page = await desk.browser().post("/r/", number=await number_of(desk), last4="5678")
    assert page.status_code == 200
    assert "已收到" in page.text
    assert "王秀英" not in page.text
    assert PHONE not in page.text


async def test_wrong_digits_a_wrong_number_and_no_number_are_the_same_page(desk: Office) -> None:
    await give_phone(desk)
    number = await number_of(desk)
    pages = [
        await desk.browser().post("/r/", number=typed, last4=last4)
        for typed, last4 in ((number, "0000"), (number[:-1] + "0", "5678"), ("x", "5678"), ("", ""))
    ]
    assert {page.status_code for page in pages} == {404}
    texts = {
        page.text.replace(number, "").replace(number[:-1] + "0", "").replace('value="x"', 'value=""') for page in pages
    }
    assert len(texts) == 1


async def test_guesses_for_one_number_are_slowed(desk: Office) -> None:
    number = await number_of(desk)
    guesser = desk.browser()
    statuses = [
        (await guesser.post("/r/", number=number, last4=f"{guess:04}")).status_code
        for guess in range(PER_NUMBER.amount + 1)
    ]
    assert statuses == [404] * PER_NUMBER.amount + [429]


async def test_a_rating_is_taken_once_and_only_when_it_is_over(desk: Office) -> None:
    await give_phone(desk)
    number, browser = await number_of(desk), desk.browser()
    asked = {"number": number, "last4": "5678", "grade": "2", "said": "等得太久"}
    assert "办结后才能评价" in (await browser.post("/r/rating", **asked)).text
    refusal = {"reason": "not_needed", "text": "不需要办理"}
    assert await step(desk.small, "refuse", refusal=refusal) == "applied"
    assert "谢谢您" in (await browser.post("/r/rating", **asked)).text
    assert "已评价过" in (await browser.post("/r/rating", **asked)).text
    assert "请先选一个评价" in (await browser.post("/r/rating", **{**asked, "grade": "9"})).text
    assert await desk.small.fetch("SELECT count(*) FROM tasks") == [(1,)]


async def test_asking_for_the_consent_back_opens_one_task_for_the_desk(desk: Office) -> None:
    await give_phone(desk)
    asked = {"number": await number_of(desk), "last4": "5678"}
    for _ in range(2):
        assert "拨打您登记的电话核实" in (await desk.browser().post("/r/consent", **asked)).text
    assert await desk.small.fetch("SELECT count(*) FROM tasks") == [(1,)]
