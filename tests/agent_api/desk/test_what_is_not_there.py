"""Whatever an address of the desks' API names is there, or the answer says that it is not: every route is walked."""

from __future__ import annotations

import re
from typing import Any

from agent_api.caller import Who
from agent_api.routes import ROWS, Row
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre
from tests.people import TOWN

ABSENT = ("f" * 32, "latest", "2026-13", "%00")
NAMED = tuple(row for row in ROWS if row.path.startswith("/v1/desk/") and "{" in row.path)
# A period that is none, and an id for a new round that is none, are malformed; all else is not found.
PERIODS = "/v1/desk/bulletins/{period}"
BODIES: dict[str, Any] = {
    "/v1/desk/{kind}/{record}/{name}": {"fields": {}, "seen": {"epoch": "e" * 32, "rev": 1, "hash": "A" * 43}},
    "/v1/desk/bulletins/{period}/freeze": {"edition": 1, "data_hash": "0" * 64},
    "/v1/desk/bulletins/{period}/correct": {"why": "补录"},
    "/v1/desk/bulletins/{period}/objections": {"place": TOWN, "text": "有误"},
    "/v1/desk/campaigns/{id}/open": {"fields": {}},
    "/v1/desk/parked/{change}/return": {"words": "请补充户口簿"},
    "/v1/desk/campaigns/{id}/look-backs": {"seed": "2026"},
    "/v1/desk/accounts/{account}/move": {"factor": "123456", "site": TOWN},
    "/v1/desk/accounts/{account}/activation": {"factor": "123456"},
    "/v1/desk/accounts/{account}/reopen": {"factor": "123456"},
    "/v1/desk/accounts/{account}/devices/{device}/lost": {"reason": "lost"},
}
# One step of every kind that is taken with a record that is there.
STEPS = (
    *("case/{}/accept", "task/{}/explain", "ticket/{}/answer", "rating/{}/set_aside", "consent/{}/revoke"),
    *("light/{}/escalate", "review/{}/find", "claim/{}/return", "look_back/{}/find", "campaign/{}/close"),
    *("lease/{}/hand_over", "item/{}/suspend", "base_item/{}/suspend", "licence/{}/verify", "conflict/{}/decide"),
    *("notice/{}/read", "bulletin/{}/freeze", "no_such_kind/{}/open"),
)


def addresses(row: Row, absent: str) -> list[str]:
    if row.path == "/v1/desk/{kind}/{record}/{name}":
        return [f"/v1/desk/{one.format(absent)}" for one in STEPS]
    return [re.sub(r"\{\w+\}", absent, row.path)]


async def test_what_an_address_names_and_is_not_there_is_not_found_by_every_role(api: Centre) -> None:
    people = {role: await api.enrol(role) for role in Role}
    wrong = {}
    for row in NAMED:
        for role in sorted(row.roles):
            for absent in ABSENT:
                for address in addresses(row, absent):
                    sent = {"json": BODIES.get(row.path, {})} if row.method == "POST" else {}
                    sent = {} if row.method == "POST" and not row.body_max else sent
                    headers = people[role].bearer
                    answer = await api.client.request(row.method, address, headers=headers, **sent)
                    told = (answer.status_code, answer.json().get("code"))
                    names_by_form = PERIODS in row.path or row.path.endswith("/open")
                    if told != (404, "not_found") and not (names_by_form and told == (400, "malformed")):
                        wrong[row.method, address, role.value] = told
    assert wrong == {}
    async with api.database.read() as snapshot:
        assert await snapshot.fetch("SELECT count(*) FROM changes WHERE code IN ('applied', 'merged')") == [(0,)]


async def test_no_word_behind_an_address_breaks_a_list(api: Centre) -> None:
    """What no database takes as a text, and what is no place in a list."""
    people = {role: await api.enrol(role) for role in Role}
    broken = {}
    for row in (one for one in ROWS if one.method == "GET" and one.path.startswith("/v1/desk/")):
        path = re.sub(r"\{\w+\}", "f" * 32, row.path)
        for name in ("after", "upto", "state", "number", "by", "place", "unit", "level", "of", "reason", "catalogue"):
            for said in ("%00", "%00~%00", "~", "%F0%9F%8D%B5", "9" * 400):
                role = min(row.roles)
                answer = await api.client.get(f"{path}?{name}={said}", headers=people[role].bearer)
                if answer.status_code not in (200, 400, 404):
                    broken[f"{path}?{name}={said}"] = answer.status_code
    assert broken == {}


def test_every_route_that_asks_for_a_body_has_one_here() -> None:
    asked = {row.path for row in NAMED if row.method == "POST" and row.body_max}
    assert asked == set(BODIES)
    assert all(row.who is Who.DEVICE for row in NAMED)
