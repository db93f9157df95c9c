"""Who reaches which route: made from the table of routes; a route without a row here fails."""

from __future__ import annotations

import re

import pytest

from agent_api.caller import Who
from agent_api.routes import ROWS, Row
from server.actions.move_account import close_account
from server.actions.revoke_device import revoke_device
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled
from tests.people import seeded

ROLES = tuple(Role)
STATES = ("anonymous", *(role.value for role in ROLES), "revoked", "closed", "ended")
SENDERS = {
    Role.HELPER,
    Role.TOWN_LEAD,
    Role.CLAIM_WORKER,
    Role.DESK_CLERK,
    Role.CATALOGUE_REVIEWER,
    Role.COUNTY_SUPERVISOR,
    Role.CITY_SUPERVISOR,
}
AT_DESKS = {*ROLES} - {Role.HELPER, Role.CLAIM_WORKER}
EVERYONE, EVERY_DEVICE, DEPOSITORS, SENDING, MACHINE = "everyone", "every device", "depositors", "sending", "machine"
DESKS, CLAIMING = "desks", "desks and claim workers"
CITY, OBJECTING, REVIEWING = "the city's supervisors", "who objects to a bulletin", "reviewers"
AREA, SUPERVISING = "who leads an area", "supervisors"
PEOPLE, ADMINISTERING, AUDITING = "who looks after people", "administrators", "auditors"
ROLES_OF = {
    SENDING: SENDERS,
    DESKS: AT_DESKS,
    CLAIMING: AT_DESKS | {Role.CLAIM_WORKER},
    CITY: {Role.CITY_SUPERVISOR},
    OBJECTING: {Role.TOWN_LEAD, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR},
    REVIEWING: {Role.CATALOGUE_REVIEWER},
    AREA: {Role.TOWN_LEAD, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR},
    PEOPLE: {Role.TOWN_LEAD, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR, Role.ADMINISTRATOR},
    ADMINISTERING: {Role.ADMINISTRATOR},
    AUDITING: {Role.AUDITOR},
    SUPERVISING: {Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR},
}

# Written by hand, not derived: what the table of routes says is held against what we meant.
MEANT = {
    ("POST", "/v1/enrol/challenge"): EVERYONE,
    ("POST", "/v1/enrol"): EVERYONE,
    ("POST", "/v1/token/refresh"): EVERYONE,
    ("POST", "/v1/exchange"): DEPOSITORS,
    ("POST", "/v1/relay"): EVERY_DEVICE,
    ("POST", "/v1/live/ticket"): EVERY_DEVICE,
    ("OPTIONS", "/v1/uploads"): EVERYONE,
    ("OPTIONS", "/v1/uploads/{id}"): EVERYONE,
    ("POST", "/v1/uploads"): SENDING,
    ("HEAD", "/v1/uploads/{id}"): SENDING,
    ("PATCH", "/v1/uploads/{id}"): SENDING,
    ("POST", "/v1/uploads/{id}"): SENDING,
    ("DELETE", "/v1/uploads/{id}"): SENDING,
    ("POST", "/v1/desk/{kind}/{record}/{name}"): CLAIMING,
    ("GET", "/v1/desk/bulletins"): DESKS,
    ("GET", "/v1/desk/bulletins/{period}"): DESKS,
    ("POST", "/v1/desk/bulletins/{period}"): CITY,
    ("POST", "/v1/desk/bulletins/{period}/freeze"): CITY,
    ("POST", "/v1/desk/bulletins/{period}/correct"): CITY,
    ("POST", "/v1/desk/bulletins/{period}/objections"): OBJECTING,
    ("GET", "/v1/desk/campaigns"): CLAIMING,
    ("POST", "/v1/desk/campaigns/{id}/open"): REVIEWING,
    ("GET", "/v1/desk/campaigns/{id}/progress"): CLAIMING,
    ("GET", "/v1/desk/campaigns/{id}/claims"): CLAIMING,
    ("GET", "/v1/desk/campaigns/{id}/look-backs"): CLAIMING,
    ("POST", "/v1/desk/campaigns/{id}/look-backs"): REVIEWING,
    ("GET", "/v1/desk/campaigns/{id}/days"): CLAIMING,
    ("GET", "/v1/desk/cases"): DESKS,
    ("GET", "/v1/desk/case-counts"): DESKS,
    ("GET", "/v1/desk/credit"): DESKS,
    ("GET", "/v1/desk/cases/{record}"): DESKS,
    ("GET", "/v1/desk/tasks"): DESKS,
    ("GET", "/v1/desk/notices"): DESKS,
    ("POST", "/v1/desk/accounts/search"): PEOPLE,
    ("GET", "/v1/desk/accounts/{account}"): PEOPLE,
    ("POST", "/v1/desk/accounts"): ADMINISTERING,
    ("POST", "/v1/desk/accounts/{account}/move"): ADMINISTERING,
    ("POST", "/v1/desk/accounts/{account}/close"): ADMINISTERING,
    ("POST", "/v1/desk/accounts/{account}/reopen"): ADMINISTERING,
    ("POST", "/v1/desk/accounts/{account}/activation"): ADMINISTERING,
    ("POST", "/v1/desk/accounts/{account}/devices/{device}/lost"): ADMINISTERING,
    ("GET", "/v1/desk/audit/looks"): AUDITING,
    ("GET", "/v1/desk/audit/changes"): AUDITING,
    ("POST", "/v1/desk/audit/verify"): AUDITING,
    ("GET", "/v1/desk/tickets"): DESKS,
    ("GET", "/v1/desk/call-backs"): DESKS,
    ("GET", "/v1/desk/lights"): DESKS,
    ("GET", "/v1/desk/light-counts"): DESKS,
    ("GET", "/v1/desk/reviews"): DESKS,
    ("GET", "/v1/desk/activity"): DESKS,
    ("GET", "/v1/desk/conflicts"): AREA,
    ("GET", "/v1/desk/conflicts/{record}"): AREA,
    ("GET", "/v1/desk/parked"): AREA,
    ("GET", "/v1/desk/parked/{change}"): AREA,
    ("POST", "/v1/desk/parked/{change}/release"): AREA,
    ("POST", "/v1/desk/parked/{change}/return"): SUPERVISING,
    ("GET", "/v1/desk/base-items"): CLAIMING,
    ("GET", "/v1/desk/items"): CLAIMING,
    ("GET", "/v1/desk/items/{record}/versions"): CLAIMING,
    ("GET", "/v1/desk/items/{record}/departures"): CLAIMING,
    ("GET", "/v1/desk/forbidden-requests"): DESKS,
    ("GET", "/v1/desk/licence-kinds"): CLAIMING,
    ("POST", "/v1/desk/licence-uses"): DESKS,
    ("POST", "/v1/receipts"): EVERYONE,
    ("POST", "/v1/residents/status"): EVERYONE,
    ("POST", "/v1/residents/rating"): EVERYONE,
    ("POST", "/v1/residents/revocation"): EVERYONE,
    ("GET", "/v1/health"): EVERYONE,
    ("GET", "/metrics"): MACHINE,
    ("GET", "/v1/openapi.json"): EVERYONE,
    ("GET", "/v1/docs"): EVERYONE,
}


def expected(meant: str, state: str) -> int | None:
    """The status of a refusal, or None for coming through."""
    if meant in (EVERYONE, MACHINE):  # these tests come from the machine itself
        return None
    if state in ("anonymous", "ended"):
        return 401
    if state in ("revoked", "closed"):
        return None if meant == DEPOSITORS else 401
    roles = ROLES_OF.get(meant)
    return 403 if roles is not None and Role(state) not in roles else None


async def callers(api: Centre) -> dict[str, Enrolled | None]:
    """One device in each state."""
    found: dict[str, Enrolled | None] = {"anonymous": None}
    for role in ROLES:
        found[role.value] = await api.enrol(role)
    for state in ("revoked", "closed", "ended"):
        found[state] = await api.enrol(Role.HELPER, login=f"{state}-1")
    revoked, closed, ended = (found[state] for state in ("revoked", "closed", "ended"))
    assert revoked is not None
    assert closed is not None
    assert ended is not None
    settings = {"actor": "admin", "now_ms": api.clock.wall_ms(), "randomness": seeded(99).randbytes}
    await revoke_device(api.database, revoked.device, reason="lost", **settings)  # type: ignore[arg-type]
    await close_account(api.database, closed.answer["account"], **settings)  # type: ignore[arg-type]
    async with api.database.write() as tx:
        await tx.execute("UPDATE sessions SET ended_at = 1 WHERE device = ?", [ended.device])
    return found


def path_of(row: Row, ident: str) -> str:
    return filled(row.path, ident)


def filled(path: str, ident: str) -> str:
    named = {"kind": "case", "name": "edit"}
    return re.sub(r"{(\w+)}", lambda part: named.get(part[1], ident), path)


def test_every_route_has_its_row() -> None:
    assert {(row.method, row.path) for row in ROWS} == set(MEANT)


async def test_every_state_reaches_exactly_what_was_meant_for_it(api: Centre) -> None:
    cells = 0
    for state, enrolled in (await callers(api)).items():
        for row in ROWS:
            headers = enrolled.bearer if enrolled else {}
            answer = await api.client.request(row.method, path_of(row, "f" * 32), headers=headers)
            wanted = expected(MEANT[row.method, row.path], state)
            if wanted is not None:
                assert answer.status_code == wanted, (state, row.method, row.path)
                assert answer.headers["content-type"] == "application/problem+json"
            else:
                # Through the gate; what the handler makes of an empty message is its own matter.
                assert answer.status_code in (200, 201, 204, 400, 404), (state, row.method, row.path)
            cells += 1
    assert cells == len(STATES) * len(ROWS)


async def test_a_revoked_caller_is_told_apart_for_the_exchange(api: Centre) -> None:
    for state, enrolled in (await callers(api)).items():
        if enrolled is None or state == "ended":
            continue
        answer = (await api.client.post("/v1/exchange", headers=enrolled.bearer)).json()
        assert answer["revoked"] == (state in ("revoked", "closed")), state
        assert answer["device"] == enrolled.device


async def test_foreign_and_absent_are_the_same_bytes(api: Centre) -> None:
    api.receipts["T0000261122000A1", "1234"] = "received"
    answers = [
        await api.client.post("/v1/receipts", json={"number": number, "last4": last4})
        for number in ("T00002611220001", "341881202611220000017", "x", "\x00", "", "T" * 40)
        for last4 in ("1234", "0000", "abcd", "12 4", "\x00\x00\x00\x00")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


async def test_rights_that_changed_count_at_the_next_request_after_a_second(api: Centre) -> None:
    helper = await api.enrol()
    assert (await api.client.post("/v1/live/ticket", headers=helper.bearer)).status_code == 200
    await revoke_device(api.database, helper.device, reason="lost", actor="a", now_ms=1, randomness=seeded(3).randbytes)
    api.clock.advance(1_000)
    answer = await api.client.post("/v1/live/ticket", headers=helper.bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")


async def test_rights_that_this_process_changed_count_at_once(api: Centre) -> None:
    helper = await api.enrol()
    await api.client.post("/v1/live/ticket", headers=helper.bearer)
    await revoke_device(api.database, helper.device, reason="lost", actor="a", now_ms=1, randomness=seeded(3).randbytes)
    api.services.access.forget()
    assert (await api.client.post("/v1/live/ticket", headers=helper.bearer)).status_code == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "TRACE", "CONNECT", "__init__", "dispatch", "PROPFIND"])
async def test_a_method_without_a_row_is_refused(api: Centre, method: str) -> None:
    for path in {row.path for row in ROWS}:
        if any(row.path == path and row.method == method for row in ROWS):
            continue
        answer = await api.client.request(method, filled(path, "f" * 32))
        assert (answer.status_code, answer.json()["code"]) == (405, "wrong_method"), path
        assert answer.headers["allow"]


async def test_the_host_header_opens_nothing(api: Centre) -> None:
    for row in ROWS:
        if row.who in (Who.DEVICE, Who.DEPOSITOR):
            headers = {"host": "a/v1/health?x="}
            answer = await api.client.request(row.method, path_of(row, "f" * 32), headers=headers)
            assert answer.status_code == 401
