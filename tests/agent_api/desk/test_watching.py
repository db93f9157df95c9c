"""Supervision's lists over HTTP."""

from __future__ import annotations

from typing import Any

from agent_api.desk.watching import ActivityRows, Lights, Reviews
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled


async def get(api: Centre, who: Enrolled, address: str) -> Any:
    return await api.client.get(f"/v1/desk/{address}", headers=who.bearer)


async def test_a_supervisor_is_answered_in_the_told_shapes(api: Centre) -> None:
    supervisor = await api.enrol(Role.COUNTY_SUPERVISOR)
    for address, shape in (("lights", Lights), ("reviews", Reviews)):
        assert set((await get(api, supervisor, address)).json()) == set(shape.__struct_fields__)
    assert (await get(api, supervisor, "light-counts")).json() == {"rows": []}
    assert (await get(api, supervisor, "light-counts?by=unit")).json() == {"rows": []}


async def test_what_is_not_a_state_a_level_or_an_area_is_malformed(api: Centre) -> None:
    supervisor = await api.enrol(Role.COUNTY_SUPERVISOR)
    for address in ("lights?state=x", "lights?level=orange", "light-counts?by=person", "reviews?state=x",
                    "lights?limit=0", "activity?by=person"):  # fmt: skip
        assert (await get(api, supervisor, address)).status_code == 400, address


async def test_a_foreign_place_is_as_absent_as_none_and_a_clerk_reads_no_reviews(api: Centre) -> None:
    supervisor, clerk = await api.enrol(Role.COUNTY_SUPERVISOR), await api.enrol(Role.DESK_CLERK)
    assert (await get(api, supervisor, "activity?place=110000000000")).status_code == 404
    assert (await get(api, clerk, "reviews")).status_code == 404
    assert "rows" in ActivityRows.__struct_fields__
