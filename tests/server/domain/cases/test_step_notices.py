"""Who is told of a step, and in which words."""

from __future__ import annotations

import re

from server.domain.cases.lifecycle import STEPS
from server.domain.cases.step_notices import TOLD, told_of, words_of

CASE = {"number": "341881202611220000017", "helper": "h", "holder": "unit:9134"}


def test_the_helper_is_told_unless_it_was_the_helper() -> None:
    assert told_of("case.return", CASE, CASE, "clerk") == ("person:h",)
    assert told_of("case.withdraw", CASE, CASE, "h") == ()
    assert told_of("case.precheck", CASE, CASE, "clerk") == ()


def test_at_a_transfer_both_desks_hear() -> None:
    after = {**CASE, "holder": "place:341881106200"}
    assert told_of("case.transfer", CASE, after, "clerk") == ("person:h", "unit:9134", "desk:341881106200")


def test_the_words_name_the_number_and_the_desks_own_reason() -> None:
    code, zh, en = words_of("case.refuse", {**CASE, "refusal": {"text": "属上级办理"}})
    assert code == "case_refused"
    assert all(CASE["number"] in words and "属上级办理" in words for words in (zh, en))
    assert "—" in words_of("case.return", CASE)[1]


def test_a_return_without_words_names_what_is_missing() -> None:
    asked = {"materials": [{"no": "1", "name": "户口簿"}, {"no": "2", "name": "照片"}, {"no": "3"}]}
    assert "须一次性补正：户口簿、照片。" in words_of("case.return", {**CASE, "correction": asked})[1]
    assert "须一次性补正：缺两样。" in words_of("case.return", {**CASE, "correction": {**asked, "text": "缺两样"}})[1]


def test_a_decision_says_what_was_decided() -> None:
    granted = words_of("case.decide", {**CASE, "decision": {"granted": True}})
    refused = words_of("case.decide", {**CASE, "decision": {"granted": False, "text": "不满80周岁"}})
    assert granted[1].endswith("已作出决定：准予。")
    assert "已作出决定：不予（不满80周岁）。" in refused[1]
    assert "is decided: granted." in granted[2]
    assert "is decided: not granted (不满80周岁)." in refused[2]


def test_every_notice_is_of_a_step_and_in_both_languages() -> None:
    assert TOLD.keys() <= STEPS.keys()
    assert len({code for code, _, _ in TOLD.values()}) == len(TOLD)
    for _, zh, en in TOLD.values():
        assert re.search("[一-鿿]", zh)
        assert not re.search("[一-鿿]", en)
