"""A desk's step over HTTP: through the write path, told whole, and absent for whom it is not."""

from __future__ import annotations

from typing import Any

from agent_api.desk.steps import BODY_MAX
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled

CAMPAIGN = "5" * 32
FIELDS = {
    "name": "第四轮",
    "catalogue": "all:341881",
    "start": "2026-11-01",
    "end": "2026-12-31",
    "state": "open",
}


async def post(api: Centre, who: Enrolled, name: str, body: dict[str, Any], record: str = CAMPAIGN) -> Any:
    return await api.client.post(f"/v1/desk/campaign/{record}/{name}", headers=who.bearer, json=body)


async def test_a_step_makes_a_record_and_the_next_names_the_state_that_was_seen(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    made = await post(api, reviewer, "open", {"fields": FIELDS})
    assert (made.status_code, made.json()["outcome"]) == (200, "applied")
    record = made.json()["record"]
    assert record["fields"]["name"] == "第四轮"
    seen = {"epoch": "e" * 32, "rev": record["rev"], "hash": record["hash"]}
    closed = await post(api, reviewer, "close", {"fields": {"state": "closed"}, "seen": seen})
    assert (closed.status_code, closed.json()["record"]["fields"]["state"]) == (200, "closed")


async def test_a_refused_step_tells_every_reason_and_changes_nothing(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    refused = await post(api, reviewer, "open", {"fields": {**FIELDS, "end": "2026-10-01"}})
    assert refused.status_code == 409
    document = refused.json()
    assert (document["code"], document["reason"], document["record"]) == ("step_refused", "campaign_order", None)
    assert document["detail"]["problems"][0]["zh"]


async def test_foreign_absent_and_forbidden_are_the_same_bytes(api: Centre) -> None:
    reviewer, clerk = await api.enrol(Role.CATALOGUE_REVIEWER), await api.enrol(Role.DESK_CLERK)
    foreign = {**FIELDS, "catalogue": "all:341802"}
    answers = [
        await post(api, reviewer, "open", {"fields": foreign}),
        await post(api, clerk, "open", {"fields": FIELDS}),
        await post(api, reviewer, "no_such_step", {"fields": FIELDS}),
        await post(api, reviewer, "open", {"fields": {"name": "nowhere"}}),
        await post(api, reviewer, "close", {"seen": {"epoch": "e" * 32, "rev": 1, "hash": "A" * 43}}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert len({answer.content for answer in answers}) == 1


async def test_what_cannot_be_read_is_malformed(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    for body in ({"fields": []}, {"fields": {}, "unknown": 1}, {"seen": {"rev": 1}}):
        answer = await post(api, reviewer, "open", body)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    large = await post(api, reviewer, "open", {"fields": {"name": "x" * BODY_MAX}})
    assert large.status_code == 413
