"""What follows a visit: corrections, withdrawals, hand-overs, services, appeals, answers; and refused work again."""

from __future__ import annotations

from typing import Any

import msgspec

from server.cli.device.filing import file_visit
from sync.core.changes import Change, OutcomeCode
from sync.core.codec import read_change
from sync.core.ids import derived_id
from sync.core.messages import Outcome
from tests.server.cli.device.conftest import Run
from tests.server.cli.device.village import ACCOUNT, ALLOWANCE, PERSON, PLACE, VILLAGE, WANG, Village, put, whole_visit

CASE, NOTICE = derived_id("case", "follow"), derived_id("notice", "follow")
STANDING = {
    "resident": WANG,
    "item": ALLOWANCE,
    "item_version": 1,
    "consent": "c" * 32,
    "village": VILLAGE,
    "helper": ACCOUNT,
    "receipt": "T0A3K2611180001A",
}


def captured(village: Village) -> Change:
    """The one change in the outbox."""
    with village.office() as office:
        (entry,) = office.store.outbox()
        return read_change(entry.line)


def put_case(village: Village, state: str, **more: Any) -> None:
    put(village, PLACE, "case", {CASE: {**STANDING, "state": state, **more}})


def refuse_all(village: Village) -> list[Change]:
    """As when the centre refused everything that was sent."""
    with village.office() as office:
        entries = office.store.outbox()
        outcomes = [
            Outcome(seq=seq, id=entry.id, code=OutcomeCode.REFUSED, reason="consent_absent")
            for seq, entry in enumerate(entries, 1)
        ]
        with office.store.transaction():
            office.store.replace_entries(
                [
                    msgspec.structs.replace(entry, seq=outcome.seq, chain_epoch=1, outcome=outcome)
                    for entry, outcome in zip(entries, outcomes, strict=True)
                ]
            )
        return [read_change(entry.line) for entry in entries]


def test_an_edit_writes_only_what_differs_and_in_its_one_spelling(run: Run, village: Village) -> None:
    code, told = run("edit", "汪秀英", "--set", "住址=后村组9号", "--set", "phone=199 0000 1111", as_json=True)
    assert (code, told["record"]) == (0, WANG)
    change = captured(village)
    assert (change.name, change.set) == ("resident.edit", {"address": "后村组9号"})


def test_an_edit_that_no_record_may_hold_is_not_kept(run: Run, village: Village) -> None:
    code, told = run("edit", WANG, "--set", "citizen_id=341802193507020028", as_json=True)
    assert (code, told["error"]) == (4, "not_lawful")
    assert run("edit", WANG, "--set", "died_on=2026-01-01", as_json=True)[0] == 3
    assert run("outbox", as_json=True) == (0, [])


def test_a_case_is_withdrawn_until_it_is_decided(run: Run, village: Village) -> None:
    put_case(village, "received")
    assert run("withdraw", "T0A3K2611180001A", answers=["本人不办了"]).exit_code == 0
    change = captured(village)
    assert change.set == {"state": "withdrawn", "withdrawal": {"reason": "本人不办了"}}
    code, told = run("withdraw", CASE, "--reason", "x", as_json=True)
    assert (code, told["error"]) == (4, "state_step")


def test_a_resident_withdraws_the_consent_that_stands(run: Run, village: Village) -> None:
    with village.office() as office:
        filing, _ = file_visit(office, whole_visit())
        consent = str(filing.fields["consent"])
    code, told = run("revoke", "汪秀英", "--reason", "不想办了", as_json=True)
    assert (code, told["record"]) == (0, consent)
    code, told = run("revoke", consent, as_json=True)
    assert (code, told["error"]) == (4, "already_done")
    assert run("revoke", "汪秀英", as_json=True)[0] == 3


def test_who_took_a_result_is_said_at_the_hand_over(run: Run, village: Village) -> None:
    put_case(village, "finished", parcel={"mode": "pickup", "state": "at_village"})
    code, told = run("hand-over", CASE, "--to", "汪小明", "--relation", "friend", as_json=True)
    assert (code, told["error"]) == (4, "not_lawful")
    done = run("hand-over", CASE, answers=["汪小明", "1"])
    assert done.exit_code == 0, done.output
    change = captured(village)
    assert (change.name, change.set["state"]) == ("case.hand_over", "delivered")
    handover = change.set["handover"]
    assert isinstance(handover, dict)
    assert (handover["to"], handover["relation"]) == ("汪小明", "child")


def test_a_service_is_logged_and_refusing_one_needs_its_reason(run: Run, village: Village) -> None:
    code, told = run("log", "汪秀英", "--kind", "refuse", as_json=True)
    assert (code, told["problems"][0]["code"]) == (4, "refusal_reason")
    assert run("log", "汪秀英", "--kind", "home", "--minutes", "40", "--returned", as_json=True)[0] == 0
    change = captured(village)
    assert change.set == {
        **{"kind": "home", "minutes": 40, "materials_returned": True},
        **{"village": VILLAGE, "helper": ACCOUNT, "resident": WANG},
    }


def test_an_appeal_lies_in_the_village_as_a_ticket(run: Run, village: Village) -> None:
    code, told = run("appeal", "汪秀英", "--text", "津贴三个月没有到账", "--phone", "123", as_json=True)
    assert (code, told["problems"][0]["code"]) == (4, "phone_invalid")
    assert run("appeal", "汪秀英", "--text", "津贴三个月没有到账", as_json=True)[0] == 0
    change = captured(village)
    assert (change.name, change.set["place"], change.set["source"]) == ("ticket.appeal", VILLAGE, "appeal")


def test_a_notice_that_asks_is_answered_once(run: Run, village: Village) -> None:
    said = {"to": ACCOUNT, "text_zh": "请说明", "text_en": "please explain", "asks": "explanation", "about": CASE}
    put(village, PERSON, "notice", {NOTICE: said, derived_id("notice", "plain"): {**said, "asks": ""}})
    assert [one["id"] for one in run("answer", as_json=True)[1]] == [NOTICE]
    assert run("answer", answers=["1", "当天停电，第二天补录"]).exit_code == 0
    change = captured(village)
    assert (change.name, change.set["answer"]) == ("notice.answer", "当天停电，第二天补录")
    assert run("answer", as_json=True) == (0, [])
    assert run("answer", derived_id("notice", "plain")[:8], "--text", "x", as_json=True)[1]["error"] == "nothing_asked"


def test_refused_work_is_taken_up_again_with_what_it_needs(run: Run, village: Village) -> None:
    with village.office() as office:
        file_visit(office, whole_visit())
    consent, case = refuse_all(village)
    listed = run("again", as_json=True)[1]
    assert [one["name"] for one in listed] == ["consent.give", "case.submit"]
    assert len(run("status", as_json=True)[1]["attention"]) == 2
    code, told = run("again", case.id, "--set", "phone=19900003333", as_json=True)
    assert (code, len(told["changes"])) == (0, 2)
    with village.office() as office:
        first, second = (read_change(entry.line) for entry in office.store.outbox())
    assert (first.name, first.set) == ("consent.give", consent.set)
    assert second.needs == [first.id], "it waits for the new consent, not for the refused one"
    assert second.set == {**case.set, "phone": "19900003333"}
    assert {first.id, second.id}.isdisjoint({consent.id, case.id})
    assert run("status", as_json=True)[1]["attention"] == []
    assert run("again", as_json=True) == (0, [])


def test_the_same_mistake_does_not_travel_twice(run: Run, village: Village) -> None:
    assert run("log", "汪秀英", "--kind", "home", as_json=True)[0] == 0
    (refused,) = refuse_all(village)
    code, told = run("again", refused.id[:12], "--set", "kind=dance", as_json=True)
    assert (code, told["error"]) == (4, "not_lawful")
    assert run("outbox", as_json=True) == (0, [])
    assert run("again", refused.id[:12], "--set", "minutes:=20", as_json=True)[0] == 0
    assert captured(village).set["minutes"] == 20
    assert run("again", refused.id, as_json=True)[1]["error"] == "nothing_found"
