"""A resident without an account sees the state, rates once, and takes the consent back; a guesser learns nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from fixtures.world.codes import citizen_id
from server.actions.take_step import read_record
from server.domain.cases.numbers import device_mark, temporary_receipt
from server.guesses import PER_ADDRESS, PER_NUMBER
from tests.put_record import put_record
from tests.server.actions.test_show_case import CASE, RESIDENT, file_case, step
from tests.server.console.office import Office, office

PHONE = "13800005678"
WITH_X = next(one for n in range(2, 999, 2) if (one := citizen_id("341802", date(1950, 1, 1), n)).endswith("X"))


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
        (await guesser.post("/r/", number=number, last4=f"{guess:04}")).status_code for guess in range(PER_NUMBER + 1)
    ]
    assert statuses == [404] * PER_NUMBER + [429]


async def test_a_rating_is_taken_once_and_only_when_it_is_over(desk: Office) -> None:
    await give_phone(desk)
    number, browser = await number_of(desk), desk.browser()
    asked = {"number": number, "last4": "5678", "grade": "2", "said": "等得太久"}
    assert "办结后才能评价" in (await browser.post("/r/rating", **asked)).text
    refusal = {"reason": "not_needed", "text": "不需要办理"}
    assert await step(desk.small, "refuse", refusal=refusal) == "applied"
    asked["said"] = "\u202d等得太久\u202c\x00 e\u0301"  # pasted from elsewhere
    unsaid = (await browser.post("/r/rating", **{**asked, "grade": "9"})).text
    assert ("请先选一个评价" in unsaid, "您满意吗" in unsaid) == (True, True), "and it is asked again"
    given = (await browser.post("/r/rating", **asked)).text
    assert "已收到您的评价“不满意”，谢谢您" in given
    assert "您满意吗" not in given, "there is nothing more to rate"
    assert "已评价过" in (await browser.post("/r/rating", **asked)).text
    assert await desk.small.fetch("SELECT count(*) FROM tasks") == [(1,)]


async def test_who_looks_again_sees_that_it_was_rated_and_not_how(desk: Office) -> None:
    """The helper knows the number and the phone as well."""
    await give_phone(desk)
    asked = {"number": await number_of(desk), "last4": "5678"}
    assert "您满意吗" not in (await desk.browser().post("/r/", **asked)).text
    assert await step(desk.small, "refuse", refusal={"reason": "not_needed", "text": "不需要办理"}) == "applied"
    assert "您满意吗" in (await desk.browser().post("/r/", **asked)).text
    await desk.browser().post("/r/rating", **asked, grade="2", said="等得太久")
    page = (await desk.browser().post("/r/", **asked)).text
    assert "已评价，谢谢您" in page
    assert not [one for one in ("您满意吗", "不满意", "等得太久", 'name="grade"') if one in page]


async def test_asking_for_the_consent_back_opens_one_task_for_the_desk(desk: Office) -> None:
    await give_phone(desk)
    asked = {"number": await number_of(desk), "last4": "5678"}
    for _ in range(2):
        assert "拨打您登记的电话核实" in (await desk.browser().post("/r/consent", **asked)).text
    assert await desk.small.fetch("SELECT count(*) FROM tasks") == [(1,)]


async def test_who_tries_many_numbers_is_slowed_by_where_the_tries_come_from(desk: Office) -> None:
    await give_phone(desk)
    number, guesser = await number_of(desk), desk.browser()
    for guess in range(PER_ADDRESS):
        tried = temporary_receipt(device_mark(7), date(2026, 11, 22), guess + 1)
        answer = await guesser.post("/r/", number=tried, last4="5678")
        assert answer.status_code == 404, guess
    stopped = await guesser.post("/r/", number=number, last4="5678")
    assert stopped.status_code == 429
    assert "12345" in stopped.text
    assert "已收到" not in stopped.text


async def test_who_asks_rightly_is_never_slowed(desk: Office) -> None:
    await give_phone(desk)
    number, resident = await number_of(desk), desk.browser()
    for _ in range(PER_NUMBER * 2):
        assert (await resident.post("/r/", number=number, last4="5678")).status_code == 200


async def test_a_case_without_a_phone_opens_with_the_ids_last_four_in_either_letter(tmp_path: Path) -> None:
    async with office(tmp_path) as made:
        await file_case(made.small, known={"citizen_id": WITH_X})
        number = await number_of(made)
        for last4 in (WITH_X[-4:], WITH_X[-4:].lower()):
            assert (await made.browser().post("/r/", number=number, last4=last4)).status_code == 200
        assert (await made.browser().post("/r/", number=number, last4="0001")).status_code == 404


async def test_nothing_of_the_person_the_helper_or_the_record_is_on_the_page(desk: Office) -> None:
    await give_phone(desk)
    page = (await desk.browser().post("/r/", number=await number_of(desk), last4="5678")).text
    case, person = (
        await read_record(desk.platform, "case", CASE),
        await read_record(desk.platform, "resident", RESIDENT),
    )
    assert case is not None
    assert person is not None
    secret = {*map(str, person.fields.values()), *map(str, case.fields.values()), CASE, RESIDENT}
    shown = {str(case.fields["number"])}
    told = [one for one in secret - shown if len(one) > 3 and one in page]
    assert told == []


async def test_the_page_is_not_kept_marks_nobody_and_puts_no_number_into_an_address(desk: Office) -> None:
    await give_phone(desk)
    number = await number_of(desk)
    asked = await desk.browser().get("/r/")
    told = await desk.browser().post("/r/", number=number, last4="5678")
    for answer in (asked, told):
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert f"={number}" not in answer.text
        assert f"/{number}" not in answer.text
    assert (await desk.browser().get(f"/r/?number={number}&last4=5678")).text.count(number) == 0
    assert (await desk.browser().get("/r/rating")).status_code == 405


async def test_what_is_typed_comes_back_as_text(desk: Office) -> None:
    page = await desk.browser().post("/r/", number='"><script>alert(1)</script>', last4="5678")
    assert "<script" not in page.text


async def test_what_is_over_is_not_due(desk: Office) -> None:
    standing = await read_record(desk.platform, "case", CASE)
    assert standing is not None
    number = await number_of(desk)
    await desk.small.tamper("DELETE FROM cases WHERE id = ?", [CASE])
    for place, state in enumerate(("accepted", "delivered")):
        fields = {**standing.fields, "state": state, "phone": PHONE, "clock": {"promise_due": "2026-11-25"}}
        await put_record(desk.small, "case", f"{place:032x}", fields)
        page = (await desk.browser().post("/r/", number=number, last4="5678")).text
        assert ("最迟" in page) == (state == "accepted"), state
        await desk.small.tamper("DELETE FROM cases WHERE id = ?", [f"{place:032x}"])
