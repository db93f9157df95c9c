"""The rounds over HTTP: listed, measured, what waits in them, and the look-back drawn."""

from __future__ import annotations

from typing import Any

from agent_api.desk.campaigns import Campaigns, RoundOpened
from server.actions.report_progress import read_baseline
from server.actions.take_step import read_record
from server.domain.catalogue.baseline import baseline_hash
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled
from tests.centre import ident
from tests.people import VILLAGE_UNIT, ZONE_UNIT

CAMPAIGN = "5" * 32
FIELDS = {"name": "第四轮", "catalogue": "all:341881", "start": "2020-11-01", "end": "2099-12-31"}


async def get(api: Centre, who: Enrolled, address: str) -> Any:
    return await api.client.get(f"/v1/desk/{address}", headers=who.bearer)


async def opened(api: Centre, who: Enrolled, campaign: str = CAMPAIGN, **fields: Any) -> Any:
    body = {"fields": {**FIELDS, **fields}}
    return await api.client.post(f"/v1/desk/campaigns/{campaign}/open", headers=who.bearer, json=body)


async def test_a_round_opens_with_its_list_counted_and_frozen_at_the_centre(api: Centre) -> None:
    reviewer, clerk = await api.enrol(Role.CATALOGUE_REVIEWER), await api.enrol(Role.DESK_CLERK)
    assert (await opened(api, clerk)).json()["code"] == "not_allowed"
    assert (await opened(api, reviewer, "latest")).json()["code"] == "malformed"
    assert (await opened(api, reviewer, catalogue="all:341802")).json()["code"] == "not_found"
    wrong = await opened(api, reviewer, end="2020-10-01")
    assert (wrong.status_code, wrong.json()["reason"], wrong.json()["record"]) == (409, "campaign_order", None)
    # Somebody's own numbers are not what it is opened with.
    assert (await opened(api, reviewer, baseline_hash="b" * 64, units=1282)).status_code == 200
    held = await read_record(api.services.platform, "campaign", CAMPAIGN)
    async with api.database.read() as snapshot:
        lines = await read_baseline(snapshot, api.services.platform, CAMPAIGN)
    assert held is not None
    assert (held.fields["baseline_hash"], held.fields["units"]) == (baseline_hash(lines), 0)
    again = await opened(api, reviewer)
    assert (again.status_code, again.json()["reason"]) == (409, "state_step")


async def test_a_round_is_listed_and_measured(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    made = await opened(api, reviewer)
    assert (made.status_code, set(made.json())) == (200, set(RoundOpened.__struct_fields__)), made.text
    listed = (await get(api, reviewer, "campaigns")).json()
    assert set(listed) == set(Campaigns.__struct_fields__)
    assert [(row["id"], row["state"]) for row in listed["rows"]] == [(CAMPAIGN, "open")]
    for by in ("county", "town", "village", "unit"):
        told = (await get(api, reviewer, f"campaigns/{CAMPAIGN}/progress?by={by}")).json()
        assert (told["campaign"], told["all"]["claimed"]) == (CAMPAIGN, 0)
    for address in ("claims", "look-backs"):
        assert (await get(api, reviewer, f"campaigns/{CAMPAIGN}/{address}")).json() == {"rows": [], "next": ""}
    assert (await get(api, reviewer, f"campaigns/{CAMPAIGN}/days")).json() == {"rows": []}


async def draw(api: Centre, who: Enrolled, body: Any, campaign: str = CAMPAIGN) -> Any:
    return await api.client.post(f"/v1/desk/campaigns/{campaign}/look-backs", headers=who.bearer, json=body)


async def published(api: Centre, unit: str, number: int) -> None:
    """Lists of the unit that the round has published; only the columns are drawn from."""
    sql = """INSERT INTO claims (id, bucket, version, rev, campaign, unit, base_item, state, claimed_by, due, returns,
             state_since, natural_keys, stamps, body)
             VALUES (?, ?, 1, 1, ?, ?, ?, 'published', '', '', 0, '', '', ?, ?)"""
    async with api.database.write() as tx:
        for one in range(number):
            values = [ident(unit, str(one)), f"unit:{unit}", CAMPAIGN, unit, f"99201100{one:04d}", b"[]", b""]
            await tx.execute(sql, values)


async def test_a_reviewer_draws_the_look_back_of_the_units_in_reach_and_once(api: Centre) -> None:
    reviewer, supervisor = await api.enrol(Role.CATALOGUE_REVIEWER), await api.enrol(Role.COUNTY_SUPERVISOR)
    await opened(api, reviewer)
    await published(api, VILLAGE_UNIT, 20)
    await published(api, ZONE_UNIT, 20)  # of another county
    assert (await draw(api, supervisor, {})).json()["code"] == "not_allowed"
    unreadable: tuple[Any, ...] = ({"seed": 7}, {"seed": "s" * 61}, {"seed": "s", "claims": []}, [])
    for body in unreadable:
        answer = await draw(api, reviewer, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert (await get(api, reviewer, f"campaigns/{CAMPAIGN}/look-backs")).json()["rows"] == []
    drawn = await draw(api, reviewer, {"seed": " 2026-12 "})
    assert (drawn.status_code, drawn.json()) == (200, {"seed": "2026-12", "drawn": 2, "made": 2})
    assert (await draw(api, reviewer, {"seed": "2026-12"})).json() == {"seed": "2026-12", "drawn": 2, "made": 0}
    rows = (await get(api, reviewer, f"campaigns/{CAMPAIGN}/look-backs")).json()["rows"]
    assert [row["unit"] for row in rows] == [VILLAGE_UNIT] * 2
    assert (await draw(api, reviewer, {})).json()["seed"] == CAMPAIGN


async def test_a_look_back_of_no_round_is_not_found(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    for campaign in (CAMPAIGN, "latest", "%00"):
        answer = await draw(api, reviewer, {"seed": "2026"}, campaign)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_what_is_no_word_of_the_rounds_is_malformed_and_what_is_not_there_not_found(api: Centre) -> None:
    reviewer, clerk = await api.enrol(Role.CATALOGUE_REVIEWER), await api.enrol(Role.DESK_CLERK)
    for address in ("progress?by=helper", "claims?state=lost", "claims?limit=0", "look-backs?state=x"):
        assert (await get(api, reviewer, f"campaigns/{CAMPAIGN}/{address}")).status_code == 400, address
    assert (await get(api, reviewer, f"campaigns/{CAMPAIGN}/progress")).status_code == 404
    assert (await get(api, clerk, f"campaigns/{CAMPAIGN}/claims")).status_code == 404
