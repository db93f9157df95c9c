"""status, outbox, conflicts and resolve: plain words, both sides, and a decision that says what was seen."""

from __future__ import annotations

from typing import Any

import pytest

from server.cli.device.filing import file_visit
from sync.core.codec import read_change
from sync.core.ids import derived_id
from tests.server.cli.device.conftest import Run
from tests.server.cli.device.village import ACCOUNT, NOW, PERSON, PLACE, WANG, Village, put, whole_visit

CONFLICT = derived_id("conflict", "1")
FIELDS = {
    "kind": "resident",
    "record": WANG,
    "state": "open",
    "fields": ["address", "phone"],
    "authors": [ACCOUNT, "lead"],
    "base": {"address": None, "phone": "1"},
    "theirs": {"address": "前村组3号", "phone": "19900001111"},
    "mine": {"address": "后村组9号", "phone": "19900002222"},
    "bucket": PLACE,
}


@pytest.fixture
def conflict(village: Village) -> str:
    put(village, PLACE, "conflict", {CONFLICT: FIELDS})
    return CONFLICT


def outcome(village: Village, code: str, reason: str, detail: dict[str, Any] | None = None) -> None:
    fields = {"code": code, "reason": reason, "record": WANG, "conflict": "", "detail": detail or {}}
    put(village, PERSON, "outcome", {derived_id("outcome", code): fields})


def test_status_says_what_is_unsent_and_since_when(run: Run, village: Village) -> None:
    with village.office() as office:
        file_visit(office, whole_visit())
    code, told = run("status", as_json=True)
    assert (code, told["unsent"], told["unsent_since"], told["level"]) == (0, 2, NOW, False)
    shown = run("status").output
    assert "2条，最早 2026-11-18 19:06" in shown
    assert "最近联系 │ 2026-11-18 18:06" in shown


def test_status_says_what_became_of_work_and_what_to_do(run: Run, village: Village) -> None:
    outcome(village, "parked", "waits_for_record")
    outcome(village, "refused", "consent_expired", {"problems": [{"code": "x", "zh": "同意书已过期", "en": "ended"}]})
    outcome(village, "duplicate", "duplicate_filing")
    shown = run("status").output
    for words in ("等待中", "等它所引用的记录到达", "未接受", "同意书已过期", "重复，已关联", "汪秀英"):
        assert words in shown
    english = run("--lang", "en", "status").output
    assert "kept" in english
    assert len(run("status", as_json=True)[1]["attention"]) == 3


def test_a_notice_is_shown_until_it_was_read(run: Run, village: Village) -> None:
    put(village, PERSON, "notice", {"1" * 32: {"to": ACCOUNT, "about": WANG, "code": "conflict_opened", "at": NOW}})
    assert "别人改了您也改过的内容，请决定：汪秀英" in run("status").output
    assert run("status", "--read", as_json=True)[1]["notices_unread"] == 0
    assert run("status", as_json=True)[1]["notices"] == []


def test_conflicts_show_before_theirs_and_mine_side_by_side(run: Run, conflict: str) -> None:
    shown = run("conflicts").output
    for words in ("住址", "前村组3号", "后村组9号", "—"):
        assert words in shown
    (told,) = run("conflicts", as_json=True)[1]
    assert (told["id"], told["title"], told["sides"][0]["label"]) == (conflict, "汪秀英", "住址")


def test_a_person_decides_field_by_field(run: Run, village: Village, conflict: str) -> None:
    done = run("resolve", answers=["2", "4", "19900003333"])
    assert "已决定" in done.output, done.output
    with village.office() as office:
        (entry,) = office.store.outbox()
        change = read_change(entry.line)
    assert change.name == "conflict.decide"
    assert change.set["decided_value"] == {"address": "后村组9号", "phone": "19900003333"}
    assert change.set["seen"] == {"address": "前村组3号", "phone": "19900001111"}
    assert run("conflicts", as_json=True) == (0, [])
    assert run("resolve", conflict, as_json=True)[1]["error"] == "conflict_decided"


def test_a_program_decides_by_words_and_must_decide_all(run: Run, village: Village, conflict: str) -> None:
    code, told = run("resolve", conflict[:8], "--take", "address=mine", as_json=True)
    assert (code, told["error"]) == (2, "choice_missing")
    code, told = run("resolve", conflict, "--take", "住址=base", "--take", 'phone:="1"', as_json=True)
    assert (code, told["decided_value"]) == (0, {"address": None, "phone": "1"})


@pytest.mark.parametrize("take", ["address=ours", "age=mine", "phone:={"])
def test_a_wrong_choice_decides_nothing(run: Run, conflict: str, take: str) -> None:
    assert run("resolve", conflict, "--take", take, as_json=True)[0] in (3, 4)
    assert run("outbox", as_json=True) == (0, [])
