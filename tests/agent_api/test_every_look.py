"""Every route of the API that a desk may call, over a resident's matter: nothing of it is answered that no log tells
of, and where it concerns social aid nothing without the reason that was given.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote

import pytest

from agent_api.caller import Who
from agent_api.desk.asking import REASON_HEADER
from agent_api.routes import ROWS
from server.actions.search_logs import search_looks
from server.domain.people.roles import MAY_CHANGE, Role
from tests.agent_api.centre import Centre, Enrolled
from tests.aid_scene import CASE, MARKS, put_matter
from tests.people import VILLAGE
from tests.small_centre import SmallCentre

WHY = "核对受助家庭的材料"
SEEN = {"epoch": "e" * 32, "rev": 1, "hash": "A" * 43}
WHOLE = ("990101195001010010", "13912340077")
CASE_PAGE, CONFLICT_PAGE = "/v1/desk/cases/{record}", "/v1/desk/conflicts/{record}"
STEP = "/v1/desk/{kind}/{record}/{name}"


def asked(ids: dict[str, str], role: Role) -> list[tuple[str, str, str, Any]]:
    """(route, method, address, body) of every row that this role may call, of every step that it may take."""
    found: list[tuple[str, str, str, Any]] = []
    for row in ROWS:
        if row.who is not Who.DEVICE or role not in row.roles or not row.path.startswith("/v1/desk/"):
            continue
        if row.path == STEP:
            for name in sorted(MAY_CHANGE[role]):
                kind, _, verb = name.partition(".")
                if kind in ids:
                    address = f"/v1/desk/{kind}/{ids[kind]}/{verb}"
                    found.append((f"{row.path} {name}", "POST", address, {"fields": {"note": "x"}, "seen": SEEN}))
            continue
        of_conflict = "conflicts" in row.path
        address = row.path.replace("{record}", ids["conflict" if of_conflict else "case"])
        for word in ("{id}", "{change}"):
            address = address.replace(word, ids["case"])
        body = {"case": CASE, "kind": "身份证", "purpose": WHY} if row.path.endswith("licence-uses") else {}
        found.append((row.path, row.method, address.replace("{period}", "2026-11"), body))
    return found


async def walk(api: Centre, who: Enrolled, ids: dict[str, str], role: Role, why: str) -> dict[str, bool]:
    """The routes whose answer told something of the resident, and whether a look with the reason is in the log."""
    told: dict[str, bool] = {}
    account = who.answer["account"]
    for route, method, address, body in asked(ids, role):
        headers = {**who.bearer, **({REASON_HEADER: quote(why)} if why else {})}
        sent: dict[str, Any] = (
            {} if method == "GET" else {"json": {**body, **({"reason": why} if why and SEEN in body.values() else {})}}
        )
        before = len(await search_looks(api.services.platform, account=account, limit=1000))
        answer = await api.client.request(method, address, headers=headers, **sent)
        assert answer.status_code < 500, (route, answer.text)
        if any(mark in answer.text for mark in MARKS):
            looks = await search_looks(api.services.platform, account=account, limit=1000)
            new = looks[: len(looks) - before]
            told[route] = any(why in one.said for one in new)
            if route != CONFLICT_PAGE:
                assert not [one for one in WHOLE if one in answer.text], (route, "ids and phones are masked")
    return told


@pytest.mark.parametrize(
    "role", [Role.DESK_CLERK, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR, Role.TOWN_LEAD, Role.AUDITOR]
)
async def test_nothing_of_social_aid_is_answered_without_a_reason_and_with_one_it_is_in_the_log(
    api: Centre, role: Role
) -> None:
    ids = dict(await put_matter(small(api), VILLAGE, aid=True))
    who = await api.enrol(role)
    silent = await walk(api, who, ids, role, "")
    # A licence is looked up with its purpose, which is the reason.
    assert set(silent) <= {"/v1/desk/licence-uses"}
    told = await walk(api, who, ids, role, WHY)
    assert [route for route, is_logged in told.items() if not is_logged] == []
    assert CASE_PAGE in told
    assert len([route for route in told if route.startswith(STEP)]) >= (0 if role is Role.AUDITOR else 5)


async def test_whatever_else_tells_of_a_resident_is_in_the_log_as_well(api: Centre) -> None:
    ids = dict(await put_matter(small(api), VILLAGE, aid=False))
    clerk = await api.enrol(Role.DESK_CLERK)
    told = await walk(api, clerk, ids, Role.DESK_CLERK, "")
    assert [route for route, is_logged in told.items() if not is_logged] == []
    assert {CASE_PAGE, f"{STEP} resident.edit", f"{STEP} ticket.answer", f"{STEP} consent.revoke"} <= set(told)


async def test_the_problem_says_where_the_reason_goes(api: Centre) -> None:
    ids = await put_matter(small(api), VILLAGE, aid=True)
    clerk = await api.enrol(Role.DESK_CLERK)
    address = f"/v1/desk/cases/{ids['case']}"
    for headers in ({}, {REASON_HEADER: "x"}, {REASON_HEADER: quote("。")}):
        answer = await api.client.get(address, headers={**clerk.bearer, **headers})
        assert (answer.status_code, answer.json()["code"]) == (422, "reason_missing")
        assert REASON_HEADER in answer.json()["next"]
        assert REASON_HEADER in answer.json()["next_zh"]
    unreadable = await api.client.get(address, headers={**clerk.bearer, REASON_HEADER: "%ff%fe"})
    assert (unreadable.status_code, unreadable.json()["code"]) == (400, "malformed")
    assert (await api.client.get(f"{address}?reason={WHY}", headers=clerk.bearer)).status_code == 422
    assert (await api.client.get(address, headers={**clerk.bearer, REASON_HEADER: quote(WHY)})).status_code == 200


def small(api: Centre) -> SmallCentre:
    return cast(SmallCentre, SimpleNamespace(centre=api.services.platform))
