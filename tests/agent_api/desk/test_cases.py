"""Cases over HTTP: the queue, the counts, a number, and one case whole for whom it is."""

from __future__ import annotations

from typing import Any

from agent_api.desk.cases import CaseDocument
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre, Enrolled
from tests.people import VILLAGE
from tests.put_record import put_person

CASE = "5" * 32
DRAFT = {"resident": "1" * 32, "item": "2" * 32, "item_version": 1, "village": VILLAGE, "state": "draft"}


async def get(api: Centre, who: Enrolled, address: str) -> Any:
    return await api.client.get(f"/v1/desk/{address}", headers=who.bearer)


async def opened(api: Centre) -> Enrolled:
    await put_person(api.services.platform, VILLAGE)
    clerk = await api.enrol(Role.DESK_CLERK)
    made = await api.client.post(f"/v1/desk/case/{CASE}/open", headers=clerk.bearer, json={"fields": DRAFT})
    assert made.status_code == 200, made.text
    return clerk


async def test_a_case_is_told_whole_with_what_can_be_done_now(api: Centre) -> None:
    clerk = await opened(api)
    document = (await get(api, clerk, f"cases/{CASE}")).json()
    assert set(document) == set(CaseDocument.__struct_fields__)
    assert document["steps"] == ["case.edit", "case.submit", "case.withdraw"]
    assert [entry["step"] for entry in document["history"]] == ["case.open"]
    seen = {name: document["record"][name] for name in ("epoch", "rev", "hash")}
    taken = await api.client.post(f"/v1/desk/case/{CASE}/withdraw", headers=clerk.bearer, json={"seen": seen})
    assert taken.json()["record"]["fields"]["state"] == "withdrawn"


async def test_the_lists_answer_and_leave_out_drafts(api: Centre) -> None:
    clerk = await opened(api)
    assert (await get(api, clerk, "cases")).json() == {"rows": [], "next": ""}
    assert (await get(api, clerk, "case-counts")).json() == {"states": []}
    assert (await get(api, clerk, "cases?number=T0A3K2611220007R")).json()["rows"] == []


async def test_a_page_of_withdrawn_cases_names_the_next(api: Centre) -> None:
    clerk = await opened(api)
    seen = {key: (await get(api, clerk, f"cases/{CASE}")).json()["record"][key] for key in ("epoch", "rev", "hash")}
    await api.client.post(f"/v1/desk/case/{CASE}/withdraw", headers=clerk.bearer, json={"seen": seen})
    page = (await get(api, clerk, "cases?state=withdrawn&limit=1")).json()
    assert [row["id"] for row in page["rows"]] == [CASE]
    rest = (await get(api, clerk, f"cases?state=withdrawn&limit=1&after={page['next'].replace('+', '%2B')}")).json()
    assert rest == {"rows": [], "next": ""}


async def test_foreign_and_absent_are_the_same_and_what_cannot_be_read_is_malformed(api: Centre) -> None:
    clerk, reviewer = await opened(api), await api.enrol(Role.CATALOGUE_REVIEWER)
    absent = [
        await get(api, reviewer, f"cases/{CASE}"),
        await get(api, clerk, f"cases/{'6' * 32}"),
        await get(api, clerk, "cases/x"),
    ]
    assert [answer.status_code for answer in absent] == [404] * 3
    assert len({answer.content for answer in absent}) == 1
    for address in (f"cases?limit={'9' * 5000}", "cases?limit=0", "cases?upto=soon", "cases?limit=x"):
        assert (await get(api, clerk, address)).status_code == 400
    assert (await get(api, reviewer, "cases")).status_code == 404
