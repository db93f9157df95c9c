"""The rounds over HTTP: listed, measured, and what waits in them."""

from __future__ import annotations

from typing import Any

from agent_api.desk.campaigns import Campaigns
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled

CAMPAIGN = "5" * 32
FIELDS = {"name": "第四轮", "catalogue": "all:341881", "start": "2020-11-01", "end": "2099-12-31"}


async def get(api: Centre, who: Enrolled, address: str) -> Any:
    return await api.client.get(f"/v1/desk/{address}", headers=who.bearer)


async def test_a_round_is_listed_and_measured(api: Centre) -> None:
    reviewer = await api.enrol(Role.CATALOGUE_REVIEWER)
    body = {"fields": FIELDS}
    made = await api.client.post(f"/v1/desk/campaign/{CAMPAIGN}/open", headers=reviewer.bearer, json=body)
    assert made.status_code == 200, made.text
    listed = (await get(api, reviewer, "campaigns")).json()
    assert set(listed) == set(Campaigns.__struct_fields__)
    assert [(row["id"], row["state"]) for row in listed["rows"]] == [(CAMPAIGN, "open")]
    for by in ("county", "town", "village", "unit"):
        told = (await get(api, reviewer, f"campaigns/{CAMPAIGN}/progress?by={by}")).json()
        assert (told["campaign"], told["all"]["claimed"]) == (CAMPAIGN, 0)
    for address in ("claims", "look-backs"):
        assert (await get(api, reviewer, f"campaigns/{CAMPAIGN}/{address}")).json() == {"rows": [], "next": ""}
    assert (await get(api, reviewer, f"campaigns/{CAMPAIGN}/days")).json() == {"rows": []}


async def test_what_is_no_word_of_the_rounds_is_malformed_and_what_is_not_there_not_found(api: Centre) -> None:
    reviewer, clerk = await api.enrol(Role.CATALOGUE_REVIEWER), await api.enrol(Role.DESK_CLERK)
    for address in ("progress?by=helper", "claims?state=lost", "claims?limit=0", "look-backs?state=x"):
        assert (await get(api, reviewer, f"campaigns/{CAMPAIGN}/{address}")).status_code == 400, address
    assert (await get(api, reviewer, f"campaigns/{CAMPAIGN}/progress")).status_code == 404
    assert (await get(api, clerk, f"campaigns/{CAMPAIGN}/claims")).status_code == 404
