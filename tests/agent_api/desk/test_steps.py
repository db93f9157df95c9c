"""A desk's step over HTTP: through the write path, told whole, and absent for whom it is not."""

from __future__ import annotations

from typing import Any

from agent_api.desk.steps import BODY_MAX
from server.domain.people.authors import ASKED_FOR
from server.domain.people.roles import Role, may_change
from server.storage.records import place_of
from sync.core.codec import encode_body
from tests.agent_api.centre import Centre, Enrolled
from tests.people import COUNTY, HALL, VILLAGE
from tests.put_record import put_person

CAMPAIGN = "5" * 32
FIELDS = {
    "name": "第四轮",
    "catalogue": "all:341881",
    "start": "2026-11-01",
    "end": "2026-12-31",
    "state": "planned",
}


async def post(api: Centre, who: Enrolled, name: str, body: dict[str, Any], record: str = CAMPAIGN) -> Any:
    return await api.client.post(f"/v1/desk/campaign/{record}/{name}", headers=who.bearer, json=body)


async def test_a_step_makes_a_record_and_the_next_names_the_state_that_was_seen(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    made = await post(api, reviewer, "plan", {"fields": FIELDS})
    assert (made.status_code, made.json()["outcome"]) == (200, "applied")
    record = made.json()["record"]
    assert record["fields"]["name"] == "第四轮"
    seen = {"epoch": "e" * 32, "rev": record["rev"], "hash": record["hash"]}
    longer = await post(api, reviewer, "plan", {"fields": {"end": "2027-01-31"}, "seen": seen})
    assert (longer.status_code, longer.json()["record"]["fields"]["end"]) == (200, "2027-01-31")


async def test_a_refused_step_tells_every_reason_and_changes_nothing(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    refused = await post(api, reviewer, "plan", {"fields": {**FIELDS, "end": "2026-10-01"}})
    assert refused.status_code == 409
    document = refused.json()
    assert (document["code"], document["reason"], document["record"]) == ("step_refused", "campaign_order", None)
    assert document["detail"]["problems"][0]["zh"]


async def test_foreign_absent_and_forbidden_are_the_same_bytes(api: Centre) -> None:
    reviewer, clerk = await api.enrol(Role.CATALOGUE_REVIEWER), await api.enrol(Role.DESK_CLERK)
    foreign = {**FIELDS, "catalogue": "all:341802"}
    answers = [
        await post(api, reviewer, "plan", {"fields": foreign}),
        await post(api, clerk, "plan", {"fields": FIELDS}),
        await post(api, reviewer, "no_such_step", {"fields": FIELDS}),
        await post(api, reviewer, "plan", {"fields": {"name": "nowhere"}}),
        await post(api, reviewer, "close", {"seen": {"epoch": "e" * 32, "rev": 1, "hash": "A" * 43}}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert len({answer.content for answer in answers}) == 1


async def test_what_cannot_be_read_is_malformed(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    unreadable: tuple[dict[str, Any], ...] = ({"fields": []}, {"fields": {}, "unknown": 1}, {"seen": {"rev": 1}})
    for body in unreadable:
        answer = await post(api, reviewer, "plan", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    large = await post(api, reviewer, "plan", {"fields": {"name": "x" * BODY_MAX}})
    assert large.status_code == 413


async def test_what_the_centre_works_out_is_refused_with_where_to_ask_for_it(api: Centre) -> None:
    """Every such step of every kind, by every role that may ask for it: figures of one's own are never written."""
    tried = 0
    asking = {role: await api.enrol(role) for role in Role if any(may_change(role, name) for name in ASKED_FOR)}
    for name in ASKED_FOR:
        kind, _, verb = name.partition(".")
        for who in [who for role, who in asking.items() if may_change(role, name)]:
            body = {"fields": {**FIELDS, "place": COUNTY, "unit": HALL, "campaign": CAMPAIGN, "rows": [[HALL, 9999]]}}
            answer = await api.client.post(f"/v1/desk/{kind}/{CAMPAIGN}/{verb}", headers=who.bearer, json=body)
            document = answer.json()
            assert (answer.status_code, document["code"], document["reason"]) == (
                409,
                "step_refused",
                "centre_computes",
            )
            [told] = document["detail"]["problems"]
            assert told["zh"].endswith(ASKED_FOR[name][0])
            assert told["en"].endswith(ASKED_FOR[name][1])
            assert document["record"] is None
            tried += 1
    assert tried == len(ASKED_FOR)


async def looks(api: Centre) -> list[tuple[str, str]]:
    async with api.database.read() as snapshot:
        rows = await snapshot.fetch("SELECT kind, record FROM reads ORDER BY position")
    return [(row[0], row[1]) for row in rows]


async def test_what_a_step_shows_of_a_persons_record_is_a_look_in_the_log(api: Centre) -> None:
    clerk, person = await api.enrol(Role.DESK_CLERK), "7" * 32
    address, said = f"/v1/desk/resident/{person}", {"name": "王秀英", "village": VILLAGE}
    made = await api.client.post(f"{address}/register", headers=clerk.bearer, json={"fields": said})
    assert made.json()["record"]["fields"]["name"] == "王秀英"
    stale = {"fields": {"phone": "19900001111"}, "seen": {"epoch": "e" * 32, "rev": 9, "hash": "A" * 43}}
    shown = await api.client.post(f"{address}/edit", headers=clerk.bearer, json=stale)
    assert shown.json()["record"]["fields"]["name"] == "王秀英"
    assert await looks(api) == [("resident", person)] * 2


async def test_a_step_with_a_case_of_social_aid_shows_nothing_without_a_reason(api: Centre) -> None:
    clerk, case, item = await api.enrol(Role.DESK_CLERK), "5" * 32, "2" * 32
    platform = api.services.platform
    body = encode_body("item", item, 1, {"name": "临时救助", "type": "05"})
    sealed = platform.sealing.seal(place_of("items", item), body)
    async with api.database.write() as tx:
        columns = ("id", "bucket", "version", "rev", "natural_keys", "stamps", "body")
        await tx.insert_many("items", columns, [(item, "catalogue:all:341881", 1, 1, "", b"", sealed)])
    await put_person(platform, VILLAGE)
    draft = {"resident": "1" * 32, "item": item, "item_version": 1, "village": VILLAGE, "state": "draft"}
    address = f"/v1/desk/case/{case}"
    opened = (await api.client.post(f"{address}/open", headers=clerk.bearer, json={"fields": draft})).json()
    assert (opened["outcome"], opened["record"]["rev"], opened["record"]["fields"]) == ("applied", 1, {})
    assert await looks(api) == []
    seen = {name: opened["record"][name] for name in ("epoch", "rev", "hash")}
    refused = await api.client.post(f"{address}/accept", headers=clerk.bearer, json={"seen": seen})
    assert (refused.status_code, refused.json()["record"]["fields"]) == (409, {})
    told = await api.client.post(f"{address}/accept", headers=clerk.bearer, json={"seen": seen, "reason": "核对材料"})
    assert told.json()["record"]["fields"]["state"] == "draft"
    assert await looks(api) == [("case", case)]
