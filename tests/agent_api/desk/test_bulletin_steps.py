"""A bulletin's steps over HTTP: drafted anew, frozen as it was seen, corrected by the next edition, objected to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent_api.desk.bulletin_steps import BODY_MAX, SAID_CHARACTERS_MAX
from server.actions.build_bulletin import list_bulletins, read_bulletin
from server.domain.people.roles import Role
from server.merge_policies.judging import china_day
from server.storage.counts import count_again
from tests.agent_api.centre import Centre, Enrolled
from tests.people import COUNTY, DAY, OTHER_COUNTY, TOWN, VILLAGE
from tests.put_record import put_record
from tests.small_centre import SmallCentre

PERIOD = "2026-10"
SAID = {"place": TOWN, "text": "有5件退件不应计入"}


async def post(api: Centre, who: Enrolled, address: str = PERIOD, body: Any = None) -> Any:
    path = f"/v1/desk/bulletins/{address}"
    if isinstance(body, bytes):
        return await api.client.post(path, headers=who.bearer, content=body)
    return await api.client.post(path, headers=who.bearer, **({} if body is None else {"json": body}))


async def editions(api: Centre) -> list[tuple[int, str]]:
    return [(one.edition, one.state) for one in await list_bulletins(api.services.platform)]


def seen(answer: Any) -> dict[str, Any]:
    return {name: answer.json()["fields"][name] for name in ("edition", "data_hash", "build")}


def refused(answer: Any, status: int, code: str) -> None:
    document = answer.json()
    assert (answer.status_code, document["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(document[name] for name in ("title", "next", "title_zh", "next_zh"))


async def finish_a_case(api: Centre) -> None:
    """Another case that the period counts."""
    async with api.database.write() as tx:
        sql = """INSERT INTO cases (id, bucket, version, rev, state, item, finished_at, tally, helper, natural_keys,
                 stamps, body) VALUES (?, ?, 1, 1, 'finished', ?, ?, 'on_time', 'the helper', '', ?, ?)"""
        await tx.execute(sql, ["c" * 32, f"place:{VILLAGE}", "1" * 32, "2026-10-10T10:00:00+08:00", b"[]", b""])
        await count_again(tx, api.database.engine)


async def test_a_draft_is_built_anew_and_only_what_was_seen_is_frozen(api: Centre) -> None:
    city = await api.enrol(Role.CITY_SUPERVISOR)
    drafted = await post(api, city)
    assert (drafted.status_code, drafted.json()["fields"]["state"]) == (200, "draft")
    await finish_a_case(api)
    anew = await post(api, city)
    assert seen(anew) != seen(drafted)
    assert [one["code"] for one in anew.json()["indicators"]] == anew.json()["fields"]["columns"]
    for stale in (
        seen(drafted),
        {**seen(anew), "edition": 2},
        {**seen(anew), "data_hash": ""},
        {**seen(anew), "build": ""},
    ):
        refused(await post(api, city, f"{PERIOD}/freeze", stale), 409, "bulletin_moved")
    assert await editions(api) == [(1, "draft")]
    frozen = await post(api, city, f"{PERIOD}/freeze", seen(anew))
    assert frozen.status_code == 200, frozen.text
    told = frozen.json()["fields"]
    assert (told["state"], told["frozen_by"], seen(frozen)) == ("frozen", "city_supervisor", seen(anew))
    refused(await post(api, city, f"{PERIOD}/freeze", seen(anew)), 409, "bulletin_frozen")
    refused(await post(api, city), 409, "bulletin_frozen")
    assert await editions(api) == [(1, "frozen")]


async def test_a_period_that_is_not_over_is_drafted_and_not_frozen(api: Centre) -> None:
    city, today = await api.enrol(Role.CITY_SUPERVISOR), china_day(api.services.platform.clock.wall_ms())
    for period in (today.isoformat(), today.isoformat()[:7]):
        drafted = await post(api, city, period)
        refused(await post(api, city, f"{period}/freeze", seen(drafted)), 409, "bulletin_unfinished")
        held = await api.client.get(f"/v1/desk/bulletins/{period}", headers=city.bearer)
        assert held.json()["fields"]["state"] == "draft"


async def test_a_draft_that_does_not_follow_from_its_rows_is_not_frozen(api: Centre) -> None:
    city = await api.enrol(Role.CITY_SUPERVISOR)
    drafted = await post(api, city)
    held = await read_bulletin(api.services.platform, PERIOD)
    assert held is not None
    async with api.database.write() as tx:
        await tx.execute("DELETE FROM bulletins WHERE id = ?", [held.id])
    small = cast(SmallCentre, SimpleNamespace(centre=api.services.platform))
    await put_record(small, "bulletin", held.id, {**held.fields, "best_towns": [TOWN]}, bucket=held.bucket)
    answer = await post(api, city, f"{PERIOD}/freeze", seen(drafted))
    refused(answer, 409, "step_refused")
    assert [(one["code"], one["field"]) for one in answer.json()["detail"]["problems"]] == [
        ("bulletin_data", "best_towns")
    ]
    assert await editions(api) == [(1, "draft")]


async def test_a_frozen_one_is_corrected_by_its_next_edition_once(api: Centre) -> None:
    city = await api.enrol(Role.CITY_SUPERVISOR)
    drafted = await post(api, city)
    refused(await post(api, city, f"{PERIOD}/correct", {"why": "补录"}), 409, "bulletin_unfrozen")
    await post(api, city, f"{PERIOD}/freeze", seen(drafted))
    corrected = await post(api, city, f"{PERIOD}/correct", {"why": " 补录5件 "})
    told = corrected.json()["fields"]
    assert (corrected.status_code, told["edition"], told["state"], told["why"]) == (200, 2, "draft", "补录5件")
    refused(await post(api, city, f"{PERIOD}/correct", {"why": "补录5件"}), 409, "bulletin_unfrozen")
    refused(await post(api, city, f"{PERIOD}/freeze", seen(drafted)), 409, "bulletin_moved")
    assert await editions(api) == [(2, "draft"), (1, "corrected")]


async def test_who_reaches_an_area_objects_for_it_as_long_as_there_is_time(api: Centre) -> None:
    city, lead = await api.enrol(Role.CITY_SUPERVISOR), await api.enrol(Role.TOWN_LEAD)
    refused(await post(api, lead, f"{PERIOD}/objections", SAID), 404, "not_found")
    drafted = await post(api, city)
    taken = await post(api, lead, f"{PERIOD}/objections", SAID)
    assert (taken.status_code, taken.json()["outcome"]) == (200, "applied"), taken.text
    task = taken.json()["record"]
    assert (task["kind"], task["fields"]["code"], task["fields"]["text"]) == (
        "task",
        "bulletin_objection",
        SAID["text"],
    )
    assert task["fields"]["about"] == drafted.json()["id"]
    for place in (COUNTY, OTHER_COUNTY, "", "\u0000", "x" * 900):
        refused(await post(api, lead, f"{PERIOD}/objections", {**SAID, "place": place}), 404, "not_found")
    named = await post(api, lead, f"{PERIOD}/objections", {**SAID, "text": "请打13855551234"})
    refused(named, 409, "step_refused")
    assert named.json()["detail"]["problems"][0]["zh"]
    await post(api, city, f"{PERIOD}/freeze", seen(drafted))
    api.clock.advance(14 * DAY)
    lead = await api.enrol(Role.TOWN_LEAD)
    late = await post(api, lead, f"{PERIOD}/objections", SAID)
    refused(late, 409, "step_refused")
    assert late.json()["reason"] == "objection_late"
    async with api.database.read() as snapshot:
        assert await snapshot.fetch("SELECT count(*) FROM tasks") == [(1,)]


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("freeze", {}),
        ("freeze", {"edition": "1", "data_hash": "x"}),
        ("freeze", {"edition": 1, "data_hash": "x", "state": "frozen"}),
        ("freeze", b"\xff"),
        ("correct", {}),
        ("correct", {"why": " "}),
        ("correct", {"why": "补" * (SAID_CHARACTERS_MAX + 1)}),
        ("correct", []),
        ("objections", {"place": TOWN}),
        ("objections", {**SAID, "text": ""}),
        ("objections", {**SAID, "text": "补" * (SAID_CHARACTERS_MAX + 1)}),
        ("objections", b"{"),
    ],
)
async def test_what_cannot_be_read_changes_nothing(api: Centre, step: str, body: Any) -> None:
    city = await api.enrol(Role.CITY_SUPERVISOR)
    await post(api, city)
    refused(await post(api, city, f"{PERIOD}/{step}", body), 400, "malformed")
    refused(await post(api, city, f"{PERIOD}/{step}", b" " * (BODY_MAX + 1)), 413, "too_large")
    assert await editions(api) == [(1, "draft")]


async def test_a_period_that_is_none_is_malformed_and_one_without_a_bulletin_not_found(api: Centre) -> None:
    city = await api.enrol(Role.CITY_SUPERVISOR)
    bodies = {"freeze": {"edition": 1, "data_hash": "x", "build": "y"}, "correct": {"why": "补录"}, "objections": SAID}
    for period in ("soon", "20261122", "2026-13", "9999-12"):
        refused(await post(api, city, period), 400, "malformed")
        for step, body in bodies.items():
            refused(await post(api, city, f"{period}/{step}", body), 400, "malformed")
    for step, body in bodies.items():
        refused(await post(api, city, f"{PERIOD}/{step}", body), 404, "not_found")
    assert await editions(api) == []


async def test_only_the_city_builds_freezes_and_corrects(api: Centre) -> None:
    city, county = await api.enrol(Role.CITY_SUPERVISOR), await api.enrol(Role.COUNTY_SUPERVISOR)
    drafted = await post(api, city)
    await finish_a_case(api)
    for step, body in (("", None), ("/freeze", seen(drafted)), ("/correct", {"why": "补录"})):
        refused(await post(api, county, f"{PERIOD}{step}", body), 403, "not_allowed")
    refused(await post(api, await api.enrol(Role.AUDITOR), f"{PERIOD}/objections", SAID), 403, "not_allowed")
    held = await api.client.get(f"/v1/desk/bulletins/{PERIOD}", headers=city.bearer)
    assert (held.json()["fields"]["state"], seen(held)) == ("draft", seen(drafted))


async def test_a_day_has_its_brief_and_what_no_field_can_hold_corrects_nothing(api: Centre) -> None:
    city, day = await api.enrol(Role.CITY_SUPERVISOR), "2026-11-12"
    drafted = await post(api, city, day)
    assert drafted.json()["fields"]["span"] == "daily"
    await post(api, city, f"{day}/freeze", seen(drafted))
    refused(await post(api, city, f"{day}/correct", {"why": "补\u0000录"}), 400, "malformed")
    held = await api.client.get(f"/v1/desk/bulletins/{day}", headers=city.bearer)
    assert (held.json()["fields"]["state"], seen(held)) == ("frozen", seen(drafted))
    longest = await post(api, city, f"{day}/correct", {"why": "补" * SAID_CHARACTERS_MAX})
    assert (longest.status_code, longest.json()["fields"]["edition"]) == (200, 2)
