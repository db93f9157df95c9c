"""The lists over HTTP: pages with a next one, and nothing for whom they are not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from agent_api.desk.followup import Waiting
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled
from tests.people import VILLAGE
from tests.put_record import put_person, put_record
from tests.small_centre import SmallCentre

TASK = {"place": VILLAGE, "code": "check", "about": "a" * 32, "about_kind": "case", "text": "请核实", "days": 2}


async def get(api: Centre, who: Enrolled, address: str) -> Any:
    return await api.client.get(f"/v1/desk/{address}", headers=who.bearer)


async def test_a_task_that_was_opened_is_listed_page_by_page(api: Centre) -> None:
    await put_person(api.services.platform, VILLAGE, resident="7" * 32)
    clerk = await api.enrol(Role.DESK_CLERK)
    for ident in ("1" * 32, "2" * 32):
        made = await api.client.post(f"/v1/desk/task/{ident}/open", headers=clerk.bearer, json={"fields": TASK})
        assert made.status_code == 200, made.text
    first = (await get(api, clerk, "tasks?limit=1")).json()
    second = (await get(api, clerk, f"tasks?limit=1&after={first['next']}")).json()
    assert [row["id"] for page in (first, second) for row in page["rows"]] == ["1" * 32, "2" * 32]
    assert set(first) == set(Waiting.__struct_fields__)
    assert (await get(api, clerk, "tasks?upto=2020-01-01")).json() == {"rows": [], "next": ""}


async def test_a_task_of_a_kind_that_follows_from_what_happened_is_not_opened_by_hand(api: Centre) -> None:
    await put_person(api.services.platform, VILLAGE, resident="7" * 32)
    clerk = await api.enrol(Role.DESK_CLERK)
    body = {"fields": {**TASK, "code": "bad_rating"}}
    made = await api.client.post(f"/v1/desk/task/{'3' * 32}/open", headers=clerk.bearer, json=body)
    assert (made.status_code, made.json()["reason"]) == (409, "task_code")
    assert (await get(api, clerk, "tasks")).json()["rows"] == []


async def test_the_other_lists_answer_too(api: Centre) -> None:
    clerk = await api.enrol(Role.DESK_CLERK)
    for address in ("tickets", "call-backs"):
        assert (await get(api, clerk, address)).json() == {"rows": [], "next": ""}


async def test_a_limit_or_a_day_that_is_none_is_malformed_and_a_reviewer_has_no_list(api: Centre) -> None:
    clerk, reviewer = await api.enrol(Role.DESK_CLERK), await api.enrol(Role.CATALOGUE_REVIEWER)
    for address in ("tasks?limit=0", "tasks?limit=x", "tickets?upto=soon", "call-backs?limit=999"):
        assert (await get(api, clerk, address)).status_code == 400
    assert (await get(api, reviewer, "tasks")).status_code == 404


async def test_supervision_orders_are_listed_by_themselves(api: Centre) -> None:
    supervisor = await api.enrol(Role.COUNTY_SUPERVISOR)
    small = cast(SmallCentre, SimpleNamespace(centre=api.services.platform))
    for ident, code in (("1" * 32, "check"), ("2" * 32, "supervision_order")):
        task = {**TASK, "code": code, "state": "open", "due": "2026-11-20"}
        await put_record(small, "task", ident, task, bucket=f"desk:{VILLAGE}")
    assert len((await get(api, supervisor, "tasks")).json()["rows"]) == 2
    [row] = (await get(api, supervisor, "tasks?only=orders")).json()["rows"]
    assert (row["id"], row["what"]) == ("2" * 32, "supervision_order")
    assert (await get(api, supervisor, "tasks?only=check")).status_code == 400
