"""The audit over HTTP: for the auditor alone, each search a look itself; and the check of the trail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from server.actions.export_table import Told
from server.actions.verify_audit import AuditReport, verify_audit
from server.domain.people.roles import Role, Scope
from server.storage.people import account_by_id, update_account
from tests.agent_api.centre import Centre, Enrolled
from tests.agent_api.desk.test_accounts import with_factor
from tests.people import VILLAGE, ZONE_VILLAGE
from tests.put_record import put_person

TASK = {"place": VILLAGE, "code": "check", "about": "a" * 32, "about_kind": "case", "text": "请核实", "days": 2}
RECORD = "1" * 32


async def get(api: Centre, who: Enrolled, address: str) -> Any:
    return await api.client.get(f"/v1/desk/audit/{address}", headers=who.bearer)


async def a_change(api: Centre) -> Enrolled:
    await put_person(api.services.platform, VILLAGE, resident="7" * 32)
    clerk = await api.enrol(Role.DESK_CLERK)
    made = await api.client.post(f"/v1/desk/task/{RECORD}/open", headers=clerk.bearer, json={"fields": TASK})
    assert made.status_code == 200, made.text
    return clerk


async def test_who_changed_a_record_and_who_looked_is_found_and_the_search_is_a_look(api: Centre) -> None:
    clerk, auditor = await a_change(api), await api.enrol(Role.AUDITOR)
    [row] = (await get(api, auditor, f"changes?record={RECORD}")).json()["rows"]
    assert (row["said"], row["account"], row["code"]) == ("task.open", clerk.answer["account"], "applied")
    looks = (await get(api, auditor, f"looks?account={auditor.answer['account']}")).json()
    assert [(one["kind"], one["record"]) for one in looks["rows"]][-1] == ("log", RECORD)
    by_record = (await get(api, auditor, f"looks?record={RECORD}")).json()
    # Whoever took the step had the record's state before their eyes.
    assert {one["account"] for one in by_record["rows"]} == {auditor.answer["account"], clerk.answer["account"]}
    assert by_record["next"] == 0


async def test_it_goes_page_by_page_and_what_is_no_question_is_malformed(api: Centre) -> None:
    await a_change(api)
    auditor = await api.enrol(Role.AUDITOR)
    [row] = (await get(api, auditor, f"changes?record={RECORD}")).json()["rows"]
    assert (await get(api, auditor, f"changes?record={RECORD}&before={row['position']}")).json()["rows"] == []
    for address in (
        "looks",
        f"looks?account={RECORD}&record={RECORD}",
        "changes",
        "changes?record=x",
        f"changes?record={RECORD}&before=x",
    ):
        assert (await get(api, auditor, address)).status_code == 400, address
    assert (await get(api, auditor, f"looks?account={RECORD}")).status_code == 404


async def test_an_auditor_of_a_part_finds_nothing_of_another(api: Centre) -> None:
    clerk, auditor = await a_change(api), await api.enrol(Role.AUDITOR)
    async with api.database.read() as snapshot:
        held = await account_by_id(snapshot, auditor.answer["account"])
    assert held is not None
    async with api.database.write() as tx:
        await update_account(tx, replace(held, scope=Scope(frozenset({ZONE_VILLAGE}), frozenset())))
    for address in (f"changes?record={RECORD}", f"looks?record={RECORD}", f"looks?account={clerk.answer['account']}"):
        assert (await get(api, auditor, address)).status_code == 404, address


async def test_nobody_else_searches_the_logs(api: Centre) -> None:
    for role in (Role.ADMINISTRATOR, Role.CITY_SUPERVISOR, Role.DESK_CLERK):
        who = await api.enrol(role)
        for address in (f"changes?record={RECORD}", f"looks?record={RECORD}"):
            assert (await get(api, who, address)).status_code == 403, role


async def test_the_trail_is_checked_with_a_code_and_a_reason(api: Centre, tmp_path: Path) -> None:
    await a_change(api)
    auditor = await with_factor(api, Role.AUDITOR)

    async def check(told: Told) -> AuditReport:
        return await verify_audit(api.database, api.services.platform.sealing, api.secrets, tmp_path, told)

    async with api.client_of(check_trail=check) as client:

        async def ask(**body: str) -> Any:
            return await client.post("/v1/desk/audit/verify", headers=auditor.who.bearer, json=body)

        assert (await ask(factor=auditor.code(), reason="")).json()["code"] == "reason_missing"
        assert (await ask(factor="000000", reason="每月核验")).json()["code"] == "factor_wrong"
        report = (await ask(factor=auditor.code(), reason="每月核验")).json()
        assert (report["is_whole"], report["changes"], report["findings"]) == (True, 1, []), report
        async with api.database.write() as tx:
            await tx.execute("UPDATE changes SET name = 'task.pass' WHERE record = ?", [RECORD])
        cut = (await ask(factor=auditor.code(), reason="每月核验")).json()
        assert not cut["is_whole"]
        assert cut["count"] == len(cut["findings"]) > 0
    none = await api.client.post(
        "/v1/desk/audit/verify", headers=auditor.who.bearer, json={"factor": "1", "reason": "每月核验"}
    )
    assert none.status_code == 404, "where nobody said how"
