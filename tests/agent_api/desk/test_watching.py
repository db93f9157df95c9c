"""Supervision's lists over HTTP."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from agent_api.desk.watching import ActivityRows, Lights, Reviews
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled
from tests.put_record import put_record
from tests.small_centre import SmallCentre


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


async def test_one_s_own_notices_are_listed_and_said_to_be_read(api: Centre) -> None:
    supervisor, other = await api.enrol(Role.COUNTY_SUPERVISOR), await api.enrol(Role.CITY_SUPERVISOR)
    me = str(supervisor.answer["account"])
    fields = {"to": me, "about": "a" * 32, "text_zh": "已发出督办单", "text_en": "issued"}
    small = cast(SmallCentre, SimpleNamespace(centre=api.services.platform))
    await put_record(small, "notice", "b" * 32, fields, bucket=f"person:{me}")
    assert (await get(api, other, "notices")).json() == {"rows": [], "next": ""}
    [row] = (await get(api, supervisor, "notices")).json()["rows"]
    assert (row["id"], row["is_read"], row["text_zh"]) == ("b" * 32, False, "已发出督办单")
    paged = (await get(api, supervisor, "notices?limit=1")).json()
    assert (await get(api, supervisor, f"notices?after={paged['next']}")).json()["rows"] == []
    seen = {name: row[name] for name in ("epoch", "rev", "hash")}
    body = {"fields": {"read_at": "2026-11-18T10:00:00+08:00"}, "seen": seen}
    taken = await api.client.post(f"/v1/desk/notice/{'b' * 32}/read", headers=supervisor.bearer, json=body)
    assert taken.json()["outcome"] == "applied", taken.text
    [row] = (await get(api, supervisor, "notices")).json()["rows"]
    assert row["is_read"]
