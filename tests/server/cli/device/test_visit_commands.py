"""find, file, photo and receipt, as a person and as a program uses them, with no centre in reach."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from server.cli.device.unfinished import drafts_of
from sync.core.codec import read_change
from tests.server.cli.device.conftest import Run
from tests.server.cli.device.village import ALLOWANCE, NOW, PLACE, VILLAGE, WANG, Village, put, whole_visit

DAY = 86_400_000
# Who, what for; the form: phone as it is, 90-99; materials: licence, photo-less paper, promise read and its day.
TO_THE_CONSENT = ["wxy", "1", "高龄", "1", "", "2", "1", "2", "3", "y", ""]
CONSENT = ["y", "y", "y", "1"]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("this command touches no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def said(folder: Path, **more: object) -> Path:
    file = folder / "visit.json"
    file.write_bytes(msgspec.json.encode(whole_visit(**more)))
    return file


def test_a_person_is_asked_step_by_step_and_takes_a_receipt_home(run: Run) -> None:
    done = run("file", answers=[*TO_THE_CONSENT, *CONSENT, "y"])
    assert done.exit_code == 0, done.output
    for words in (
        "户口簿　已取消，不得索要",
        "银行（社保卡）账户",
        "T0A3K2611180001",
        "2026-12-02 前补交",
        "12345",
        "█",
    ):
        assert words in done.output
    assert "“户口簿”怎么提供" not in done.output, "a cancelled material is no question"
    shown = run("outbox").output
    assert "委托与同意" in shown
    assert "汪秀英·80周岁以上老年人高龄津贴申领" in shown


def test_a_visit_that_breaks_off_goes_on_where_it_was(run: Run, village: Village) -> None:
    run("file", answers=TO_THE_CONSENT[:6])  # the line ends here, as when a window is closed
    with village.office() as office:
        (draft,) = drafts_of(office)
        assert draft.visit.form == {"contact_phone": "19900001111", "tier": "90-99"}
    done = run("file", answers=["y", *TO_THE_CONSENT[6:], *CONSENT, "y"])
    assert "T0A3K2611180001" in done.output, done.output
    assert run("file", "--drafts", as_json=True) == (0, [])


def test_without_the_tick_for_sensitive_data_nothing_is_filed_and_the_draft_stays(run: Run) -> None:
    done = run("file", answers=[*TO_THE_CONSENT, "y", "n"])
    assert "没有同意“银行（社保卡）账户”" in done.output
    assert run("outbox", as_json=True) == (0, [])
    code, drafts = run("file", "--drafts", as_json=True)
    assert (code, [draft["title"] for draft in drafts]) == (0, ["汪秀英·80周岁以上老年人高龄津贴申领"])
    assert run("file", "--drop", drafts[0]["id"], as_json=True) == (0, [])


def test_a_new_resident_is_registered_on_the_way_and_a_wrong_id_asked_again(run: Run) -> None:
    person = ["0", "李大山", "341802193507020028", "341802193507020027", "-", "-"]
    done = run("file", answers=["zzz", *person, "老年卡", "1", "y", "y", "1", "y"])
    assert done.exit_code == 0, done.output
    assert "校验位不对" in done.output
    code, found = run("find", "李大山", as_json=True)
    assert (code, found["residents"][0]["age"]) == (0, 91)


def test_a_second_filing_of_the_same_is_warned_of(run: Run, tmp_path: Path) -> None:
    run("file", "--from", said(tmp_path))
    done = run("file", answers=["wxy", "1", "高龄", "1", "n"])
    assert "再报会被关联为重复" in done.output
    assert done.exit_code == 2


def test_a_program_files_in_one_piece(run: Run, tmp_path: Path) -> None:
    code, told = run("file", "--from", said(tmp_path), as_json=True)
    assert (code, told["receipt"][:12], len(told["changes"])) == (0, "T0A3K2611180", 2)
    assert told["promised"] == [["社会保障卡(银行账户)", "2026-12-01"]]
    assert run("file", "--from", said(tmp_path), as_json=True)[1]["receipt"] != told["receipt"]


def test_what_is_not_lawful_keeps_nothing_and_uses_no_number_up(run: Run, tmp_path: Path) -> None:
    code, told = run("file", "--from", said(tmp_path, consent=None), as_json=True)
    assert (code, told["error"]) == (4, "not_lawful")
    assert [one["code"] for one in told["problems"]] == ["sensitive_not_ticked"]
    assert run("outbox", as_json=True) == (0, [])
    assert run("file", "--from", said(tmp_path), as_json=True)[1]["receipt"][12:15] == "001"


@pytest.mark.parametrize(("args", "code"), [(["file"], 2), (["file", "--from", "none.json"], 3), (["find", "赵"], 3)])
def test_a_program_is_told_what_is_wrong(run: Run, args: list[str], code: int) -> None:
    exit_code, told = run(*args, as_json=True)
    assert exit_code == code
    assert {"error", "message", "next"} <= told.keys()


def test_a_photo_waits_behind_the_case_it_belongs_to(run: Run, tmp_path: Path, village: Village) -> None:
    receipt = run("file", "--from", said(tmp_path), as_json=True)[1]["receipt"]
    Image.new("RGB", (64, 48), "red").save(tmp_path / "p.png")
    code, told = run("photo", tmp_path / "p.png", "--case", receipt, "--material", "3", as_json=True)
    assert code == 0
    with village.office() as office:
        (file,) = office.store.files()
        assert (file.change, file.id) == (told["change"], told["files"][0]["file"])
        assert office.replica.files_ready() == [], "text goes first"
    code, told = run("photo", tmp_path / "p.png", "--case", receipt, "--material", "2", as_json=True)
    assert (code, told["problems"][0]["code"]) == (4, "material_cancelled")


RETURNED, RECEIPT = "9" * 32, "T0A3K2611170001"


def case_at_the_centre(village: Village, state: str) -> str:
    """A case that the centre has, returned or in work, with one material promised."""
    promised = {"state": "promised", "due": "2026-12-01"}
    fields = {"resident": WANG, "item": ALLOWANCE, "item_version": 1, "village": VILLAGE, "state": state}
    put(village, PLACE, "case", {RETURNED: {**fields, "receipt": RECEIPT, "material.4": promised}})
    return RETURNED


def test_a_returned_case_is_put_right_with_all_of_it_in_one_change(run: Run, tmp_path: Path, village: Village) -> None:
    case = case_at_the_centre(village, "to_correct")
    Image.new("RGB", (64, 48), "red").save(tmp_path / "p.png")
    brought = ("--material", "1=paper", "--material", f"3={tmp_path / 'p.png'}", "--note", "一并补齐")
    code, told = run("correct", RECEIPT, *brought, as_json=True)
    assert (code, told["case"]) == (0, case)
    with village.office() as office:
        (entry,) = office.store.outbox()
        assert read_change(entry.line).name == "case.correct"
        seen = office.replica.see(case)
        assert seen is not None
        assert seen.fields["material.1"] == {"state": "paper"}
        photographed = seen.fields["material.3"]
        assert isinstance(photographed, dict)
        assert photographed["state"] == "attached"
        assert seen.fields["notes"] == ["一并补齐"]


def test_what_was_promised_is_brought_to_a_case_in_work_and_nothing_else_is(run: Run, village: Village) -> None:
    case = case_at_the_centre(village, "reviewing")
    code, told = run("correct", case, "--material", "1=paper", as_json=True)
    assert (code, told["error"]) != (0, ""), "the id card was not promised"
    assert run("correct", case, "--material", "4=paper", as_json=True)[0] == 0
    with village.office() as office:
        (entry,) = office.store.outbox()
        assert read_change(entry.line).name == "case.supply"
    assert run("correct", case, "--material", "4", as_json=True)[0] != 0
    assert run("correct", case, as_json=True)[0] != 0


def test_a_receipt_is_printed_again_and_as_a_page(run: Run, tmp_path: Path) -> None:
    number = run("file", "--from", said(tmp_path), as_json=True)[1]["receipt"]
    code, told = run("receipt", number, as_json=True)
    assert (code, told["qr"], told["given"], told["state"]) == (0, number, ["居民身份证", "申请审批表"], "submitted")
    done = run("receipt", "汪秀英", "--lang", "en", "--page", tmp_path / "receipt.html")
    assert "RECEIPT" in done.output
    assert "<svg" in (tmp_path / "receipt.html").read_text(encoding="utf-8")


def test_after_seven_days_stored_data_is_hidden_while_new_visits_go_on(run: Run, tmp_path: Path) -> None:
    late = NOW + 8 * DAY
    for command in (
        ["find", "汪秀英"],
        ["outbox"],
        ["conflicts"],
        ["claim"],
        ["receipt", "汪秀英"],
        ["file", "--drafts"],
    ):
        code, told = run(*command, as_json=True, at=late)
        assert (code, told["error"]) == (9, "contact_needed"), command
    fresh = {"name": "李大山", "birth": "1940-01-01"}
    visit = said(tmp_path, resident=fresh, materials={})
    code, told = run("file", "--from", visit, as_json=True, at=late)
    assert code == 0, told
    assert run("receipt", told["receipt"], as_json=True, at=late)[0] == 0, "who holds the number is shown nothing new"
    shown = run("status", at=late).output
    assert "已8天未联系中心" in shown
    assert "汪秀英" not in shown


def test_a_clock_set_back_asks_for_contact_too(run: Run) -> None:
    code, told = run("find", "汪秀英", as_json=True, at=NOW - 3 * DAY)
    assert (code, told["error"]) == (9, "clock_wrong")


def test_the_whole_visit_of_this_file_names_what_is_there() -> None:
    assert (whole_visit().resident, whole_visit().item) == (WANG, ALLOWANCE)
