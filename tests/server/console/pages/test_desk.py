"""A clerk works a case from the queue to its decision; a stale page and a second click change nothing twice."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.take_step import read_record
from server.console.case_forms import CASE_FORMS
from tests.put_record import put_record
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.server.console.office import Browser, Office, office
from tests.server.console.scene import fields_of
from tests.small_centre import TOWN

PAGE = f"/console/desk/{CASE}"
HANDED_IN = {"in.material.2": "yes"}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small)
        yield made


async def clerk_at(desk: Office) -> Browser:
    return await desk.sign_in((await clerk_of(desk.small)).login)


def hidden(page: str) -> dict[str, str]:
    """What every step's form carries of the state that was seen."""
    return {
        name: html.unescape(re.findall(f'name="{name}" value="([^"]*)"', page)[0]) for name in ("epoch", "rev", "hash")
    }


async def state_of(desk: Office) -> object:
    record = await read_record(desk.platform, "case", CASE)
    assert record is not None
    return record.fields["state"]


async def test_the_queue_shows_the_case_without_its_person_and_the_case_its_person(desk: Office) -> None:
    clerk = await clerk_at(desk)
    queue = await clerk.get("/console/desk")
    assert PAGE in queue.text
    assert "王秀英" not in queue.text
    case = await clerk.get(PAGE)
    assert "王秀英" in case.text
    assert "受理后开始计算法定时限，不能收回" in case.text
    assert ("case", CASE) in await desk.small.fetch("SELECT kind, record FROM reads")


async def test_either_number_finds_it_and_a_wrong_one_says_so(desk: Office) -> None:
    clerk = await clerk_at(desk)
    record = await read_record(desk.platform, "case", CASE)
    assert record is not None
    assert PAGE in (await clerk.get(f"/console/desk?number={record.fields['number']}")).text
    assert "没有这个编号的办件" in (await clerk.get("/console/desk?number=T0000")).text


async def test_a_case_goes_from_the_queue_to_its_decision(desk: Office) -> None:
    clerk = await clerk_at(desk)
    for verb, said, after in (
        ("accept", HANDED_IN, "accepted"),
        ("review", {"in.review": "符合条件"}, "reviewing"),
        ("decide", {"in.decision.granted": "yes"}, "decided"),
        ("finish", {"in.result.name": "老年人优待证"}, "finished"),
        ("deliver", {"in.handover.to": "王秀英", "in.handover.relation": "self"}, "delivered"),
    ):
        page = (await clerk.get(PAGE)).text
        answer = await clerk.post(f"{PAGE}/{verb}", **hidden(page), **said)
        assert answer.status_code == 303, (verb, answer.text)
        assert await state_of(desk) == after


GRANT = {"in.decision.granted": "yes"}
WAYS = {
    "returned once with what is missing": [
        (
            "return",
            {"in.correction.materials.2": "yes", "in.correction.due": "2026-12-04", "in.correction.text": "缺照片"},
            "to_correct",
        )
    ],
    "refused with reasons": [
        ("refuse", {"in.refusal.reason": "not_this_authority", "in.refusal.text": "不属于本单位"}, "refused")
    ],
    "withdrawn": [("withdraw", {"in.withdrawal.reason": "本人要求"}, "withdrawn")],
    "void": [("void", {"in.voiding.reason": "mistaken", "in.voiding.text": "误报"}, "voided")],
    "checked, through a procedure, suspended, extended, decided and sent": [
        ("precheck", {"in.precheck": "齐全"}, "prechecked"),
        ("accept", HANDED_IN, "accepted"),
        (
            "special",
            {"in.special.procedure": "public_notice", "in.special.text": "公示七天", "in.special.told": "yes"},
            "special_procedure",
        ),
        ("resume", {"in.review": "公示无异议"}, "reviewing"),
        ("suspend", {"in.suspension.reason": "applicant_asks", "in.suspension.text": "本人在外地"}, "suspended"),
        ("resume", {}, "reviewing"),
        (
            "extend",
            {
                "in.extension.days": "5",
                "in.extension.reason": "需要核实",
                "in.extension.approved_by": "分管局长",
                "in.extension.told": "yes",
            },
            "reviewing",
        ),
        ("decide", GRANT, "decided"),
        ("finish", {"in.result.name": "老年人优待证"}, "finished"),
        ("dispatch", {"in.parcel.mode": "window"}, "finished"),
    ],
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_case_goes_every_other_way_by_its_forms(desk: Office, way: str) -> None:
    clerk = await clerk_at(desk)
    for verb, said, after in WAYS[way]:
        page = (await clerk.get(PAGE)).text
        assert f'action="{PAGE}/{verb}"' in page, verb
        answer = await clerk.post(f"{PAGE}/{verb}", **hidden(page), **said)
        assert answer.status_code == 303, (verb, re.findall(r"<li>([^<]*)</li>", answer.text))
        assert await state_of(desk) == after
    history = (await clerk.get(PAGE)).text
    for verb, _, _ in WAYS[way]:
        assert CASE_FORMS[f"case.{verb}"].words[0] in history, verb


async def test_any_number_of_units_is_named_at_acceptance_by_keyboard_alone(desk: Office) -> None:
    clerk = await clerk_at(desk)
    names = [unit.name for unit in desk.small.world.units if unit.place in ("341881000000", "341800000000")][:5]
    page = (await clerk.get(PAGE)).text
    assert all(f'<option value="{name}">' in page for name in names)
    assert page.count('name="in.joint.') == 3
    typed = {f"in.joint.{line}": name for line, name in enumerate(names[:3], 1)}
    more = await clerk.post(f"{PAGE}/accept", **hidden(page), **HANDED_IN, **typed, more="accept")
    assert more.status_code == 200
    assert (more.text.count('name="in.joint.'), more.text.count("autofocus")) == (7, 1)
    assert all(f'value="{name}" list=' in more.text for name in names[:3]), "what was typed is still there"
    assert await state_of(desk) == "received"
    wrong = await clerk.post(f"{PAGE}/accept", **hidden(page), **HANDED_IN, **{"in.joint.1": "没有的局"})
    assert (wrong.status_code, "没有“没有的局”这个承办方" in wrong.text) == (422, True)
    typed = {f"in.joint.{line}": name for line, name in enumerate(names, 1)}
    assert (await clerk.post(f"{PAGE}/accept", **hidden(page), **HANDED_IN, **typed)).status_code == 303
    record = await read_record(desk.platform, "case", CASE)
    assert record is not None
    assert len(record.fields["parts"]) == 5
    shown = (await clerk.get(PAGE)).text
    assert all(f"<td>{name}" in shown for name in names)
    assert shown.count("待答复") == 5


async def test_a_case_is_passed_on_to_a_unit_by_its_name(desk: Office) -> None:
    clerk = await clerk_at(desk)
    unit = next(one for one in desk.small.world.units if one.place == "341881000000")
    page = (await clerk.get(PAGE)).text
    said = {"in.transfer.to": unit.name, "in.transfer.reason": "属该单位"}
    nobody = await clerk.post(f"{PAGE}/transfer", **hidden(page), **{**said, "in.transfer.to": " "})
    assert (nobody.status_code, "还没有写明给谁" in nobody.text) == (422, True)
    taken = await clerk.post(f"{PAGE}/transfer", **hidden(page), **said)
    assert taken.status_code == 303
    told = (await clerk.get(taken.headers["location"])).text
    assert "✓ 转办</strong> 已记录。" in told
    assert f'hx-get="{PAGE}"' in told, "news does not say it again"
    record = await read_record(desk.platform, "case", CASE)
    assert record is not None
    assert record.fields["holder"] == f"unit:{unit.id}"


async def test_a_second_click_and_a_stale_page_do_nothing_twice_and_say_so(desk: Office) -> None:
    clerk = await clerk_at(desk)
    seen = hidden((await clerk.get(PAGE)).text)
    assert (await clerk.post(f"{PAGE}/accept", **seen, **HANDED_IN)).status_code == 303
    again = await clerk.post(f"{PAGE}/accept", **seen, **HANDED_IN)
    assert (again.status_code, "没有执行" in again.text or "刚刚改过" in again.text) == (409, True)
    assert await state_of(desk) == "accepted"
    assert (await clerk.post(f"{PAGE}/accept")).status_code == 404


async def test_what_was_typed_into_a_refused_step_is_still_there(desk: Office) -> None:
    clerk = await clerk_at(desk)
    page = (await clerk.get(PAGE)).text
    await clerk.post(f"{PAGE}/accept", **hidden(page), **HANDED_IN)
    page = (await clerk.get(PAGE)).text
    refused = await clerk.post(
        f"{PAGE}/decide", **hidden(page), **{"in.decision.granted": "no", "in.decision.document": "宁政〔2026〕1号"}
    )
    assert refused.status_code == 409
    assert "宁政〔2026〕1号" in refused.text
    assert "没有执行，记录未改变" in refused.text
    assert await state_of(desk) == "accepted"


async def test_a_case_out_of_reach_is_not_there(desk: Office) -> None:
    stranger = next(
        one.login
        for one in desk.small.world.accounts
        if one.role == "desk_clerk"
        and one.scope_places
        and all(place[6:9] not in ("000", TOWN[6:9]) for place in one.scope_places)
    )
    browser = await desk.sign_in(stranger)
    assert (await browser.get(PAGE)).status_code == 404
    assert (await browser.post(f"{PAGE}/accept", epoch="e", rev="1", hash="A" * 43)).status_code == 404
    assert PAGE not in (await browser.get("/console/desk")).text


async def test_a_file_that_the_case_does_not_name_is_not_there(desk: Office) -> None:
    clerk = await clerk_at(desk)
    assert (await clerk.get(f"{PAGE}/file/{'f' * 32}")).status_code == 404


async def test_a_consent_that_is_not_what_was_signed_or_does_not_cover_the_case_is_said_in_words(desk: Office) -> None:
    clerk = await clerk_at(desk)
    assert "与签署时的文本一致" in (await clerk.get(PAGE)).text
    record = (await fields_of(desk, "case", CASE))["consent"]
    consent = await fields_of(desk, "consent", record)
    await desk.small.tamper("DELETE FROM consents WHERE id = ?", [record])
    altered = {**consent, "text_hash": "f" * 64, "valid_until": "2026-01-01", "items": ["a" * 32]}
    await put_record(desk.small, "consent", record, altered)
    page = (await clerk.get(PAGE)).text
    for said in ("与签署时的文本不一致", "同意书没有写明这个事项", "同意书已过期"):
        assert said in page, said
    assert not [code for code in ("consent_item", "consent_expired") if code in page]
