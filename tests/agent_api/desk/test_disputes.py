"""What waits for a person over HTTP: listed without what was typed, opened with a reason, settled."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote

from agent_api.desk.disputes import Conflicts, ParkedChanges
from server.domain.people.roles import Role
from server.write import Job
from sync.core.chain import genesis
from sync.core.changes import Base, Captured, Change
from sync.core.codec import encode_change, parse_change_line
from tests.agent_api.centre import Centre, Enrolled
from tests.people import VILLAGE, ZONE_VILLAGE, account_of
from tests.put_record import put_record
from tests.small_centre import SmallCentre

CONFLICT, FOREIGN, RESIDENT, PARKED = "1" * 32, "2" * 32, "7" * 32, "9" * 32
TYPED = "胡乐村1号"


async def get(api: Centre, who: Enrolled, address: str, why: str = "") -> Any:
    return await api.client.get(f"/v1/desk/{address}", headers={**who.bearer, "bangban-reason": quote(why)})


async def post(api: Centre, who: Enrolled, address: str, body: Any = None) -> Any:
    more = {} if body is None else {"json": body}
    return await api.client.post(f"/v1/desk/{address}", headers=who.bearer, **more)


async def put_dispute(api: Centre, helper: Enrolled) -> None:
    """Two conflicts, one of them elsewhere, over one resident; and a change of the helper's that waits."""
    small = cast(SmallCentre, SimpleNamespace(centre=api.services.platform))
    resident = {"name": "王秀英", "village": VILLAGE, "address": TYPED}
    await put_record(small, "resident", RESIDENT, resident)
    for ident, village in ((CONFLICT, VILLAGE), (FOREIGN, ZONE_VILLAGE)):
        fields = {
            **{"record": RESIDENT, "kind": "resident", "fields": ["address"], "state": "open", "change": PARKED},
            **{"mine": {"address": "胡乐村2号"}, "theirs": {"address": TYPED}, "base": {"address": ""}},
            **{"mine_by": "x", "theirs_by": ["y"], "authors": ["x", "y"], "bucket": f"place:{village}"},
        }
        await put_record(small, "conflict", ident, fields, bucket=f"place:{village}")
    # Of a resident whom the centre does not know.
    change = Change(
        id=PARKED,
        kind="resident",
        record="8" * 32,
        name="resident.edit",
        set={"address": TYPED},
        base=Base(epoch="e" * 32, rev=1, hash="A" * 43),
        captured=Captured(api.clock.wall_ms()),
    )
    job = Job(
        device=helper.device,
        carrier=helper.device,
        chain_epoch=1,
        first_seq=1,
        prev_hash=genesis(helper.device, 1),
        lines=[parse_change_line(encode_change(change))],
    )
    written = await api.services.platform.writer.write(job)
    assert [one.code.value for one in written.outcomes] == ["parked"]
    async with api.database.write() as tx:
        await tx.execute("UPDATE accounts SET site = ? WHERE id = ?", [VILLAGE, account_of(Role.HELPER).id])


async def test_conflicts_are_listed_without_what_was_typed_and_opened_with_a_reason(api: Centre) -> None:
    await put_dispute(api, await api.enrol(Role.HELPER))
    supervisor = await api.enrol(Role.COUNTY_SUPERVISOR)
    listed = await get(api, supervisor, "conflicts")
    assert (set(listed.json()), listed.json()["next"]) == (set(Conflicts.__struct_fields__), "")
    assert [(one["id"], one["kind"], one["fields"]) for one in listed.json()["rows"]] == [
        (CONFLICT, "resident", ["address"])
    ]
    assert TYPED not in listed.text
    silent = await get(api, supervisor, f"conflicts/{CONFLICT}")
    assert (silent.status_code, silent.json()["code"]) == (422, "reason_missing")
    assert "Bangban-Reason" in silent.json()["next"]
    in_address = await get(api, supervisor, f"conflicts/{CONFLICT}?reason=核对地址")
    assert in_address.content == silent.content
    opened = (await get(api, supervisor, f"conflicts/{CONFLICT}", "核对地址")).json()
    assert opened["fields"]["theirs"] == {"address": TYPED}
    async with api.database.read() as snapshot:
        assert await snapshot.fetch("SELECT kind, record FROM reads") == [("conflict", CONFLICT)]
    seen = {name: opened[name] for name in ("epoch", "rev", "hash")}
    decision = {"state": "decided", "decided_value": {"address": TYPED}, "seen": {"address": TYPED}}
    decided = await post(api, supervisor, f"conflict/{CONFLICT}/decide", {"fields": decision, "seen": seen})
    # The epoch of this centre's answers is not the database's own: what was seen counts by its hash.
    assert decided.status_code == 200, decided.text
    assert (await get(api, supervisor, "conflicts")).json()["rows"] == []
    absent = await get(api, supervisor, f"conflicts/{'f' * 32}", "核对地址")
    foreign = await get(api, supervisor, f"conflicts/{FOREIGN}", "核对地址")
    assert (absent.status_code, foreign.content) == (404, absent.content)


async def test_a_change_that_waits_is_decided_again_or_returned_to_its_author(api: Centre) -> None:
    await put_dispute(api, await api.enrol(Role.HELPER))
    supervisor, lead = await api.enrol(Role.COUNTY_SUPERVISOR), await api.enrol(Role.TOWN_LEAD)
    listed = (await get(api, lead, "parked")).json()
    assert set(listed) == set(ParkedChanges.__struct_fields__)
    assert [(one["id"], one["reason"], one["waits"]) for one in listed["rows"]] == [
        (PARKED, "record_unknown", ["8" * 32])
    ]
    one = (await get(api, lead, f"parked/{PARKED}")).json()["change"]
    assert (one["code"], one["site"]) == ("parked", VILLAGE)
    again = await post(api, lead, f"parked/{PARKED}/release")
    assert (again.status_code, again.json()["change"]["code"]) == (200, "parked"), "it still has to wait"
    assert (await post(api, lead, f"parked/{PARKED}/return", {"words": "请先登记居民"})).json()["code"] == "not_allowed"
    told = [await post(api, supervisor, f"parked/{PARKED}/return", {"words": "请先登记居民"}) for _ in range(2)]
    assert [one.json() for one in told] == [{"told": True}, {"told": False}]
    async with api.database.read() as snapshot:
        assert await snapshot.fetch("SELECT count(*) FROM notices") == [(1,)]
    unreadable: tuple[Any, ...] = ({"words": ""}, {"words": "x" * 400}, {"words": 7}, {}, [])
    for body in unreadable:
        assert (await post(api, supervisor, f"parked/{PARKED}/return", body)).json()["code"] == "malformed"
    assert (await get(api, supervisor, "parked?after=soon")).json()["code"] == "malformed"
