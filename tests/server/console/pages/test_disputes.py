"""A conflict is shown side by side, decided once, and never from a stale page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from server.actions.take_step import read_record
from server.console.pages.disputes import shown
from sync.core.chain import encode_hash
from sync.core.changes import Base
from tests.put_record import case_of, put_record
from tests.server.console.office import Browser, Office, office
from tests.small_centre import HELPER, TOWN, VILLAGE

RESIDENT = "7" * 32
ADDRESSES = ("胡乐村1号", "胡乐村2号")


async def quarrel(desk: Office, second_of: str = HELPER) -> str:
    """Two phones write two addresses for one resident, neither having seen the other's."""
    small = desk.small
    first, second = await small.enrol(HELPER), await small.enrol(second_of, "second")
    await small.register(first, record=RESIDENT)
    [[epoch]] = await small.fetch("SELECT epoch FROM centre")
    [record] = await desk_records(desk)
    base = Base(epoch=epoch, rev=1, hash=record)
    for device, address in zip((first, second), ADDRESSES, strict=True):
        written = await small.send(
            device, small.change("resident", "resident.edit", RESIDENT, {"address": address}, base=base)
        )
    return written.outcomes[0].conflict


async def desk_records(desk: Office) -> list[str]:

    found = await read_record(desk.platform, "resident", RESIDENT)
    assert found is not None
    return [encode_hash(found.hash)]


async def fields_of(browser: Browser, conflict: str) -> dict[str, str]:
    page = (await browser.get(f"/console/conflicts/{conflict}")).text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    return {"seen": seen[1].replace("&#34;", '"')}


async def address_of(desk: Office) -> object:

    found = await read_record(desk.platform, "resident", RESIDENT)
    assert found is not None
    return found.fields["address"]


async def test_a_supervisor_sees_both_sides_and_decides(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        conflict = await quarrel(desk)
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        listed = await browser.get("/console/conflicts")
        assert f"/console/conflicts/{conflict}" in listed.text
        assert "住址" in listed.text
        assert "胡乐" in listed.text
        page = await browser.get(f"/console/conflicts/{conflict}")
        assert all(address in page.text for address in ADDRESSES)
        assert "显示完整的证件号和电话" not in page.text, "nothing of it is masked"
        undecided = await browser.post(f"/console/conflicts/{conflict}", **(await fields_of(browser, conflict)))
        assert undecided.status_code == 422
        sent = {**(await fields_of(browser, conflict)), "pick.0": "mine"}
        decided = await browser.post(f"/console/conflicts/{conflict}", **sent)
        assert decided.status_code == 303
        assert "已决定。" in (await browser.get(decided.headers["location"])).text
        assert await address_of(desk) == ADDRESSES[1]
        again = await browser.post(f"/console/conflicts/{conflict}", **sent)
        assert (again.status_code, "已经决定" in again.text) == (409, True)
        assert "没有待决定的冲突" in (await browser.get("/console/conflicts")).text
        reads = await desk.small.fetch("SELECT record FROM reads WHERE kind = 'conflict'")
        assert (conflict,) in reads


async def test_both_sides_say_who_wrote_them_and_when_and_what_waits_for_the_record(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        conflict = await quarrel(desk, second_of=desk.login_of("town_lead", in_place=VILLAGE))
        third = await desk.small.enrol(HELPER, "third")
        waits = desk.small.change("resident", "resident.edit", RESIDENT, {"address": "x"}, base=Base(change="9" * 32))
        parked = (await desk.small.send(third, waits)).outcomes[0]
        assert parked.code.value == "parked"
        await desk.small.tamper("INSERT INTO waits (change, what) VALUES (?, ?)", [parked.id, RESIDENT])
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        page = (await browser.get(f"/console/conflicts/{conflict}")).text
        sides = re.findall(r'class="side-choice">(.*?)</label>', page, re.DOTALL)
        names = [(await desk.small.account(one)).name for one in (HELPER, desk.login_of("town_lead", in_place=VILLAGE))]
        assert [[name in side for side in sides] for name in names] == [[True, False, False], [False, True, False]]
        assert all(re.search(r"\d+年\d+月\d+日 \d\d:\d\d", side) for side in sides[:2])
        assert f"/console/parked/{parked.id}" in page


async def test_a_stale_page_decides_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        conflict = await quarrel(desk)
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        await browser.get(f"/console/conflicts/{conflict}")
        answer = await browser.post(
            f"/console/conflicts/{conflict}", **{"seen": '{"address":"胡乐村9号"}', "pick.0": "mine"}
        )
        assert (answer.status_code, "又有变化" in answer.text) == (409, True)
        assert await address_of(desk) == ADDRESSES[0]


async def test_a_conflict_of_another_town_is_not_there(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        conflict = await quarrel(desk)
        stranger = next(
            one.login for one in desk.small.world.accounts if one.role == "town_lead" and one.scope_places != (TOWN,)
        )
        browser = await desk.sign_in(stranger)
        assert (await browser.get(f"/console/conflicts/{conflict}")).status_code == 404
        assert conflict not in (await browser.get("/console/conflicts")).text


async def test_a_change_that_waits_is_listed_with_what_it_waits_for(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        small = desk.small
        device = await small.enrol(HELPER)
        base = Base(change="9" * 32)
        await small.send(device, small.change("resident", "resident.edit", RESIDENT, {"address": "x"}, base=base))
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        page = (await browser.get("/console/parked")).text
        assert "更正居民资料" in page
        assert "等前一项变更" in page


def test_values_and_names_are_put_as_people_read_them() -> None:
    assert [shown(one) for one in (None, "", "x", 3, ["a", "b"], {"both": ["a", "b"]}, {"a": 1})] == [
        *("—", "—", "x", "3", "a、b", "a ／ b", '{"a":1}')
    ]


async def test_over_a_case_of_social_aid_a_page_asks_first_why(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        [(item,), *_] = await desk.small.fetch("SELECT id FROM items WHERE name = '临时救助'")
        case, conflict, bucket = "a" * 32, "1" * 32, f"place:{VILLAGE}"
        await put_record(desk.small, "case", case, case_of(desk.small, item=item))
        both: dict[str, Any] = {
            **{"mine": {"phone": "13800001111"}, "theirs": {"phone": "13800002222"}, "base": {"phone": ""}},
            **{"mine_by": "x", "theirs_by": ["y"], "mine_at": 1_795_000_000_000, "theirs_at": 1_794_000_000_000},
        }
        about = {"record": case, "kind": "case", "fields": ["phone"], "state": "open", "change": case, "bucket": bucket}
        await put_record(desk.small, "conflict", conflict, {**about, **both, "authors": ["x", "y"]}, bucket=bucket)
        lead = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        asked = await lead.get(f"/console/conflicts/{conflict}")
        assert "依法，每次查看都要有理由" in asked.text
        assert "1380000" not in asked.text
        assert await desk.small.fetch("SELECT count(*) FROM reads") == [(0,)]
        told = await lead.post(f"/console/conflicts/{conflict}/unmask", reason="核对回电号码")
        assert "13800001111" in told.text
        assert await desk.small.fetch("SELECT kind, record FROM reads") == [("conflict", conflict)]
