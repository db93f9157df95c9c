"""A bulletin over HTTP: absent where it is not, malformed where it is no period."""

from __future__ import annotations

from typing import Any

from server.actions.build_bulletin import build_bulletin
from server.actions.freeze_bulletin import freeze_bulletin
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled
from tests.people import VILLAGE


async def get(api: Centre, who: Enrolled, address: str) -> Any:
    return await api.client.get(f"/v1/desk/bulletins/{address}", headers=who.bearer)


async def test_what_was_never_built_and_what_is_out_of_reach_are_not_found(api: Centre) -> None:
    clerk = await api.enrol(Role.DESK_CLERK)
    for address in ("2026-10", "2026-10-22", f"2026-10?place={VILLAGE}", "2026-10?place=110000000000"):
        assert (await get(api, clerk, address)).status_code == 404, address


async def test_a_draft_is_shown_to_who_supervises_and_what_is_frozen_to_every_desk(api: Centre) -> None:
    supervisor, clerk = await api.enrol(Role.CITY_SUPERVISOR), await api.enrol(Role.DESK_CLERK)
    await build_bulletin(api.services.platform, "2026-10")
    shown = await get(api, supervisor, "2026-10")
    assert (shown.status_code, shown.json()["fields"]["state"]) == (200, "draft")
    assert [one["code"] for one in shown.json()["indicators"]] == shown.json()["fields"]["columns"]
    assert (await get(api, clerk, "2026-10")).status_code == 404
    await freeze_bulletin(api.services.platform, "2026-10")
    assert (await get(api, clerk, "2026-10")).json()["fields"]["state"] == "frozen"
    assert (await get(api, clerk, "soon")).status_code == 400


async def test_which_there_are_is_told_drafts_to_who_supervises_alone(api: Centre) -> None:
    supervisor, clerk = await api.enrol(Role.CITY_SUPERVISOR), await api.enrol(Role.DESK_CLERK)

    async def periods(who: Enrolled) -> list[str]:
        answer = await api.client.get("/v1/desk/bulletins", headers=who.bearer)
        assert answer.status_code == 200, answer.text
        return [one["period"] for span in ("monthly", "daily") for one in answer.json()[span]]

    await build_bulletin(api.services.platform, "2026-10")
    await build_bulletin(api.services.platform, "2026-10-22")
    assert await periods(supervisor) == ["2026-10", "2026-10-22"]
    assert await periods(clerk) == []
    await freeze_bulletin(api.services.platform, "2026-10")
    assert await periods(clerk) == ["2026-10"]
    foreign = await api.client.get("/v1/desk/bulletins?place=110000000000", headers=clerk.bearer)
    assert foreign.status_code == 404
