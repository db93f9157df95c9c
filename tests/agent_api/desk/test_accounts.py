"""Accounts over HTTP: who may, where, and with what proof; what is made, moved, closed and activated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyotp
import pytest

from agent_api.limits import Limits
from server.actions.sign_in import StaffDoor, give_sign_in
from server.domain.people.roles import Role, Scope
from server.passwords import Passwords
from server.storage.people import AccountRow, account_by_id, update_account
from tests.agent_api.centre import Centre, Enrolled
from tests.people import CITY, COUNTY, TOWN, VILLAGE, VILLAGE_UNIT, ZONE_VILLAGE, put_accounts

HERE = "/v1/desk/accounts"


class Hand:
    """An administrator with an authenticator; each code is of a moment later, since each works once."""

    def __init__(self, api: Centre, who: Enrolled, secret: str) -> None:
        self.api, self.who, self._totp = api, who, pyotp.TOTP(secret)

    def code(self) -> str:
        self.api.clock.advance(31_000)
        return self._totp.at(self.api.clock.wall_ms() // 1000)

    async def post(self, path: str, **body: Any) -> Any:
        sent: dict[str, Any] = {"json": body} if body else {}
        return await self.api.client.post(f"{HERE}{path}", headers=self.who.bearer, **sent)


async def with_factor(api: Centre, role: Role) -> Hand:
    who = await api.enrol(role)
    services = api.services
    door = StaffDoor(
        api.database,
        api.secrets,
        services.platform.sealing,
        Passwords(),
        api.clock.wall_ms,
        services.randomness,
    )
    async with api.database.read() as snapshot:
        [[login]] = await snapshot.fetch("SELECT login FROM accounts WHERE id = ?", [who.answer["account"]])
    given = await give_sign_in(door, login, actor="operator")
    return Hand(api, who, given.secret)


@pytest.fixture
async def admin(api: Centre) -> Hand:
    return await with_factor(api, Role.ADMINISTRATOR)


NEW = {"login": "h-new", "name": "张三", "role": "helper", "places": [VILLAGE], "units": [VILLAGE_UNIT]}


async def test_an_account_is_made_listed_moved_activated_and_closed(api: Centre, admin: Hand) -> None:
    made = await admin.post("", **NEW, factor=admin.code())
    assert made.status_code == 200, made.text
    account = made.json()
    assert (account["login"], account["places"], account["site"], account["status"]) == (
        *("h-new", [VILLAGE], VILLAGE),
        "active",
    )
    assert (await admin.post("", **NEW, factor=admin.code())).json()["code"] == "login_taken"
    found = (await admin.post("/search", search="h-n")).json()["rows"]
    assert [row["login"] for row in found] == ["h-new"]
    one = f"/{account['id']}"
    code = (await admin.post(f"{one}/activation", factor=admin.code())).json()
    assert code["login"] == "h-new"
    assert len(code["code"]) > 8
    moved = await admin.post(f"{one}/move", role="town_lead", places=[TOWN], factor=admin.code())
    assert (moved.json()["role"], moved.json()["places"], moved.json()["units"]) == ("town_lead", [TOWN], [])
    assert (await admin.post(f"{one}/close")).json()["status"] == "closed"
    assert (await admin.post(f"{one}/activation", factor=admin.code())).json()["code"] == "account_closed"
    assert (await admin.post(f"{one}/move", places=[TOWN], factor=admin.code())).status_code == 404
    assert (await admin.post(f"{one}/reopen", factor=admin.code())).json()["status"] == "active"
    async with api.database.read() as snapshot:
        rows = await snapshot.fetch("SELECT verb FROM account_events WHERE account = ? ORDER BY id", [account["id"]])
    assert [verb for (verb,) in rows if verb in ("move", "close", "reopen", "activate")] == [
        *("activate", "move", "close", "reopen"),
    ]


async def test_what_gives_access_wants_a_code_of_this_moment_once(api: Centre, admin: Hand) -> None:
    spent = admin.code()
    assert (await admin.post("", **NEW, factor=spent)).status_code == 200
    helper = (await admin.post("/search", search="h-new")).json()["rows"][0]["id"]
    for path, body in (
        ("", {**NEW, "login": "h-two"}),
        (f"/{helper}/move", {"places": [VILLAGE]}),
        (f"/{helper}/activation", {}),
        (f"/{helper}/reopen", {}),
    ):
        for wrong in (spent, "", "000000"):
            answer = await admin.post(path, **body, factor=wrong)
            assert (answer.status_code, answer.json()["code"]) == (403, "factor_wrong"), path
    assert (await admin.post("/search", search="h-two")).json()["rows"] == []


async def test_who_guesses_codes_is_stopped_by_the_account(api: Centre, admin: Hand) -> None:
    async with api.client_of(limits=Limits()) as client:
        codes = [
            (await client.post(HERE, headers=admin.who.bearer, json={**NEW, "factor": "000000"})).status_code
            for _ in range(12)
        ]
        assert codes == [403] * 10 + [429] * 2
        right = await client.post(HERE, headers=admin.who.bearer, json={**NEW, "factor": admin.code()})
        assert right.status_code == 429, "a right one comes too late as well"


async def test_what_is_wrong_is_told_by_its_field_and_nothing_is_saved(admin: Hand) -> None:
    for wrong, field in (
        ({"login": "A B"}, "login"),
        ({"role": "king"}, "role"),
        ({"places": ["999999999999"]}, "places"),
        ({"places": [TOWN]}, "places"),
        ({"name": "=1+1"}, "name"),
    ):
        answer = await admin.post("", **{**NEW, **wrong}, factor=admin.code())
        assert (answer.status_code, answer.json()["code"]) == (422, "account_unfit"), wrong
        assert answer.json()["faults"][0]["field"] == field
    assert (await admin.post("/search", search="h-n")).json()["rows"] == []


async def test_nothing_is_given_out_of_reach_to_oneself_or_apart(api: Centre, admin: Hand) -> None:
    """The administrator of these tests is of the county; nobody is made an administrator or auditor from afar."""
    helper = (await admin.post("", **NEW, factor=admin.code())).json()["id"]
    me = str(admin.who.answer["account"])
    for path, body in (
        ("", {**NEW, "login": "x-1", "role": "auditor", "places": [COUNTY]}),
        ("", {**NEW, "login": "x-2", "role": "administrator", "places": [COUNTY]}),
        (f"/{helper}/move", {"role": "auditor", "places": [COUNTY]}),
        ("", {**NEW, "login": "x-3", "places": [ZONE_VILLAGE], "units": []}),
        ("", {**NEW, "login": "x-4", "role": "city_supervisor", "places": [CITY]}),
        (f"/{helper}/move", {"places": [ZONE_VILLAGE]}),
        (f"/{me}/move", {"places": [COUNTY]}),
        (f"/{me}/activation", {}),
        (f"/{'f' * 32}/activation", {}),
    ):
        answer = await admin.post(path, **body, factor=admin.code())
        assert answer.status_code == 404, (path, body, answer.text)
    assert (await admin.post(f"/{me}/close")).status_code == 404


async def test_a_supervisor_lists_their_own_places_and_changes_nobody(api: Centre, admin: Hand) -> None:
    helper = (await admin.post("", **NEW, factor=admin.code())).json()["id"]
    foreign = "e" * 32
    zone = Scope(frozenset({ZONE_VILLAGE}), frozenset())
    await put_accounts(api.database, AccountRow(foreign, "h-zone", "李四", Role.HELPER, zone, ZONE_VILLAGE))
    county = await api.enrol(Role.COUNTY_SUPERVISOR)
    found = await api.client.post(f"{HERE}/search", headers=county.bearer, json={"search": "h-"})
    logins = [row["login"] for row in found.json()["rows"]]
    assert "h-new" in logins
    assert "h-zone" not in logins, "of another county"
    for account, status in ((helper, 200), (foreign, 404), ("f" * 32, 404)):
        assert (await api.client.get(f"{HERE}/{account}", headers=county.bearer)).status_code == status
    refused = await api.client.post(f"{HERE}/{helper}/close", headers=county.bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


async def test_a_lost_phone_is_refused_without_a_code(api: Centre, admin: Hand) -> None:
    helper = await api.enrol(Role.HELPER)
    account, device = str(helper.answer["account"]), helper.device
    told = await api.client.get(f"{HERE}/{account}", headers=admin.who.bearer)
    assert [one["id"] for one in told.json()["devices"]] == [device]
    lost = await admin.post(f"/{account}/devices/{device}/lost", reason="掉进河里")
    assert (lost.status_code, lost.json()["lost"]["newly"]) == (200, True)
    assert (await admin.post(f"/{account}/devices/{'f' * 32}/lost", reason="x")).status_code == 404
    again = await api.client.post("/v1/live/ticket", headers=helper.bearer)
    assert again.status_code == 401


async def test_what_is_no_question_is_malformed(admin: Hand) -> None:
    for body in ({"silent_days": -1}, {"roles": ["king"]}, {"search": 1}, {"more": 1}):
        assert (await admin.post("/search", **body)).status_code == 400, body


async def test_nobody_lets_somebody_in_who_reaches_further(api: Centre, admin: Hand) -> None:
    """An account works at a site of the county and reaches the city."""
    account = (await admin.post("", **NEW, factor=admin.code())).json()["id"]
    async with api.database.read() as snapshot:
        by, wide = await account_by_id(snapshot, admin.who.answer["account"]), await account_by_id(snapshot, account)
    assert by is not None
    assert wide is not None
    async with api.database.write() as tx:
        await update_account(tx, replace(by, scope=Scope(frozenset({COUNTY}), frozenset()), site=COUNTY))
        await update_account(tx, replace(wide, scope=Scope(frozenset({CITY}), frozenset())))
    for path in ("activation", "reopen"):
        assert (await admin.post(f"/{account}/{path}", factor=admin.code())).status_code == 404, path
    moved = await admin.post(f"/{account}/move", factor=admin.code(), places=[VILLAGE], site=VILLAGE)
    assert moved.status_code == 404
    async with api.database.write() as tx:
        await update_account(tx, wide)
    assert (await admin.post(f"/{account}/activation", factor=admin.code())).status_code == 200
