"""The catalogue over HTTP: pages, versions, departures, requests against it, and a licence used for a paper."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.catalogue.base_items import base_item_id
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled
from tests.centre import ident

CATALOGUE = "county:341881"
ITEM = ident("item")
FIELDS = {"name": "优待证", "catalogue": CATALOGUE, "base_item": "992011001000", "status": "active", "version": 1}
SINCE = "since=2020-01-01&until=2030-01-01"


async def step(api: Centre, who: Enrolled, kind: str, record: str, verb: str, fields: dict[str, Any]) -> Any:
    return await api.client.post(f"/v1/desk/{kind}/{record}/{verb}", headers=who.bearer, json={"fields": fields})


async def get(api: Centre, who: Enrolled, path: str) -> Any:
    return await api.client.get(f"/v1/desk/{path}", headers=who.bearer)


async def test_a_reviewer_publishes_and_reads_the_catalogue(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    base = {"name": "优待证", "code": "992011001000", "level": "4", "catalogue": CATALOGUE}
    assert (await step(api, reviewer, "base_item", base_item_id("4", base["code"]), "publish", base)).status_code == 200
    assert (await step(api, reviewer, "item", ITEM, "publish", FIELDS)).status_code == 200
    rows = (await get(api, reviewer, "base-items?level=4&limit=1")).json()
    assert ([one["code"] for one in rows["rows"]], rows["next"]) == (["992011001000"], "992011001000")
    assert (await get(api, reviewer, "base-items?level=4&after=992011001000")).json()["rows"] == []
    items = (await get(api, reviewer, f"items?catalogue={CATALOGUE}")).json()
    assert [(one["id"], one["name"], one["status"]) for one in items["rows"]] == [(ITEM, "优待证", "active")]
    told = (await get(api, reviewer, f"items/{ITEM}/versions")).json()
    assert [(one["version"], one["differences"]) for one in told["rows"]] == [(1, [])]
    assert (await get(api, reviewer, f"items/{ITEM}/departures")).json() == {"rows": [], "next": ""}


async def test_what_cannot_be_read_is_malformed_and_what_is_absent_not_found(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    for path in ("base-items?level=7", "base-items?limit=0", "items", "items?unit=a&catalogue=b", "forbidden-requests"):
        assert (await get(api, reviewer, path)).json()["code"] == "malformed", path
    for path in (f"items/{ident('x')}/versions", f"items/{ident('x')}/departures"):
        assert (await get(api, reviewer, path)).status_code == 404, path


async def test_requests_that_must_not_be_made_are_told_within_the_scope(api: Centre) -> None:
    supervisor = await api.enrol(Role.COUNTY_SUPERVISOR)
    assert (await get(api, supervisor, f"forbidden-requests?{SINCE}")).json() == {"rows": []}


async def test_the_kinds_of_licences_are_told_with_what_is_synthetic_and_the_classes_of_trust(api: Centre) -> None:
    clerk = await api.enrol(Role.DESK_CLERK)
    told = (await get(api, clerk, "licence-kinds")).json()
    assert (len(told["rows"]), sum(one["synthetic"] for one in told["rows"])) == (58, 43)
    assert {"name": "身份证", "named": "seed", "synthetic": False, "held": 0}.items() <= told["rows"][0].items()
    assert [(one["trust"], one["stands_for_paper"]) for one in told["classes"]] == [
        ("A", True), ("B", True), ("C", False), ("D", False),
    ]  # fmt: skip
    assert all(one["zh"] and one["en"] for one in told["classes"])
    assert (await get(api, await api.enrol(Role.HELPER), "licence-kinds")).status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"case": "x", "kind": "身份证", "purpose": "p"}, {"case": "c" * 32, "kind": "月票", "purpose": "p"},
             {"case": "c" * 32, "kind": "身份证", "purpose": " "}],
)  # fmt: skip
async def test_a_licence_is_used_with_its_case_its_kind_and_its_purpose(api: Centre, body: dict[str, str]) -> None:
    clerk = await api.enrol(Role.DESK_CLERK)
    answer = await api.client.post("/v1/desk/licence-uses", headers=clerk.bearer, json=body)
    assert answer.json()["code"] == "malformed"


async def test_a_licence_for_a_case_out_of_reach_is_not_found(api: Centre) -> None:
    clerk = await api.enrol(Role.DESK_CLERK)
    body = {"case": "c" * 32, "kind": "身份证", "purpose": "高龄津贴"}
    answer = await api.client.post("/v1/desk/licence-uses", headers=clerk.bearer, json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
