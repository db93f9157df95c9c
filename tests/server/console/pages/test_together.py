"""Several cases in one go: each answered by itself, a second click harmless, a hand-over taken back."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from server.domain.cases.numbers import official_number, temporary_receipt
from tests.put_record import put_record
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.server.console.office import Browser, Office, office
from tests.server.console.scene import fields_of, stranger_of
from tests.small_centre import VILLAGE

DAY = date(2026, 11, 22)
READY, OTHER, LACKING = "a" * 32, "b" * 32, "d" * 32
BASE = "/console/desk/together"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small)
        filed = {**await fields_of(made, "case", CASE), "state": "prechecked", "due": "2026-11-25"}
        for place, (case, more) in enumerate(
            ((READY, {"material.2": {"state": "paper"}}), (OTHER, {"material.2": {"state": "paper"}}), (LACKING, {}))
        ):
            numbers = {
                "number": official_number(VILLAGE, DAY, 0, place + 1),
                "receipt": temporary_receipt("0A3K", DAY, place + 1),
            }
            await put_record(made.small, "case", case, {**filed, **more, **numbers})
        yield made


async def clerk_at(desk: Office) -> Browser:
    return await desk.sign_in((await clerk_of(desk.small)).login)


def picked(page: str, *cases: str, name: str = "seen") -> dict[str, str]:
    """The ticks of these cases, with what the page carries of each."""
    found: dict[str, str] = {}
    for case in cases:
        carried = re.search(rf'name="{name}\.{case}"\s+value="([^"]*)"', page)
        assert carried, f"{case} is not offered"
        found |= {f"pick.{case}": "yes", f"{name}.{case}": html.unescape(carried[1])}
    return found


async def states(desk: Office, *cases: str) -> list[object]:
    return [(await fields_of(desk, "case", one))["state"] for one in cases]


async def test_each_is_answered_by_itself_and_the_queue_offers_it_where_it_fits(desk: Office) -> None:
    clerk = await clerk_at(desk)
    assert f"{BASE}/accept" in (await clerk.get("/console/desk?state=prechecked")).text
    assert f"{BASE}/accept" not in (await clerk.get("/console/desk")).text
    page = (await clerk.get(f"{BASE}/accept")).text
    assert "王秀英" not in page
    assert f"pick.{CASE}" not in page  # received, not pre-checked
    answer = await clerk.post(f"{BASE}/accept", **picked(page, READY, OTHER, LACKING))
    assert "共3件，办了2件，没有办1件" in answer.text
    assert await states(desk, READY, OTHER, LACKING) == ["accepted", "accepted", "prechecked"]
    assert answer.text.count("没有办</span>") == 1


async def test_a_second_click_does_nothing_twice_and_says_so_for_each(desk: Office) -> None:
    clerk = await clerk_at(desk)
    page = (await clerk.get(f"{BASE}/accept")).text
    await clerk.post(f"{BASE}/accept", **picked(page, READY))
    again = await clerk.post(f"{BASE}/accept", **picked(page, READY, OTHER))
    assert "共2件，办了1件，没有办1件" in again.text
    assert await states(desk, READY, OTHER) == ["accepted", "accepted"]


async def test_nothing_ticked_or_half_filled_in_changes_nothing(desk: Office) -> None:
    clerk = await clerk_at(desk)
    page = (await clerk.get(f"{BASE}/transfer?state=prechecked")).text
    assert (await clerk.post(f"{BASE}/accept")).status_code == 422
    half = await clerk.post(f"{BASE}/transfer?state=prechecked", **picked(page, READY), **{"in.transfer.reason": "x"})
    assert (half.status_code, "请选择转给谁" in half.text) == (422, True)
    assert re.search(rf'name="pick\.{READY}"\s+value="yes" checked', half.text)
    assert (await clerk.get(f"{BASE}/void")).status_code == 404


async def test_what_was_handed_over_can_be_taken_back_unless_somebody_touched_it(desk: Office) -> None:
    clerk = await clerk_at(desk)
    before = [(await fields_of(desk, "case", one))["holder"] for one in (READY, OTHER)]
    page = (await clerk.get(f"{BASE}/transfer?state=prechecked")).text
    to = next(one for one in re.findall(r'<option value="([^"]+)"', page) if one not in before)
    said = {"in.transfer.to": to, "in.transfer.reason": "归口办理"}
    handed = (await clerk.post(f"{BASE}/transfer?state=prechecked", **picked(page, READY, OTHER), **said)).text
    assert [(await fields_of(desk, "case", one))["holder"] for one in (READY, OTHER)] == [to, to]
    onward = (await clerk.get(f"{BASE}/transfer?state=prechecked")).text
    further = next(one for one in re.findall(r'<option value="([^"]+)"', onward) if one not in (*before, to))
    onto = {"in.transfer.to": further, "in.transfer.reason": "再转"}
    await clerk.post(f"{BASE}/transfer?state=prechecked", **picked(onward, OTHER), **onto)
    held = {
        f"held.{one}": html.unescape(re.search(rf'name="held\.{one}"\s+value="([^"]*)"', handed)[1])  # type: ignore[index]
        for one in (READY, OTHER)
    }
    back = await clerk.post(f"{BASE}/transfer/back", **picked(handed, READY, OTHER), **held)
    assert "共2件，办了1件，没有办1件" in back.text
    assert [(await fields_of(desk, "case", one))["holder"] for one in (READY, OTHER)] == [before[0], further]


async def test_a_stranger_is_offered_nothing_and_can_do_nothing_by_a_made_up_form(desk: Office) -> None:
    clerk = await clerk_at(desk)
    page = (await clerk.get(f"{BASE}/accept")).text
    stranger = await desk.sign_in(stranger_of(desk))
    assert READY not in (await stranger.get(f"{BASE}/accept")).text
    answer = await stranger.post(f"{BASE}/accept", **picked(page, READY))
    assert "办了0件" in answer.text
    assert await states(desk, READY) == ["prechecked"]
    assert "0A3K" not in answer.text
