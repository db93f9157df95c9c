"""Codes are put as people call them, and what has no words here stands for itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import server
from server.console.field_labels import ENGLISH
from server.console.field_words import (
    CHANGES,
    KIND_WORDS,
    change_words,
    epoch_words,
    in_language,
    kind_words,
    label_of,
    labels_of,
    problem_words,
)
from server.domain.catalogue.claim_fields import CLAIM_FIELDS
from server.domain.people.roles import MAY_CHANGE, Role
from server.domain.problems import problem
from server.domain.record_fields import KINDS
from server.merge_policies import policies_of


def test_fields_have_their_words_in_both_languages() -> None:
    assert label_of("resident", "address") == "住址"
    assert label_of("resident", "citizen_id", True) == "citizen id"
    assert label_of("claim", "f.address") == "办理地点"
    assert label_of("case", "unheard_of") == "unheard_of"
    assert labels_of("resident", ["name", "phone"], False) == "姓名、电话"


def test_an_answer_is_called_what_the_items_form_calls_it() -> None:
    item = {"fields": [{"name": "contact_phone", "label": "联系电话"}]}
    assert label_of("case", "form.contact_phone", False, item) == "联系电话"
    assert label_of("case", "form.of_another", False, item) == "of another"
    assert label_of("case", "form.reason") == "申请事由"


def test_every_change_of_people_in_the_field_has_words() -> None:
    told = {name for role in (Role.HELPER, Role.TOWN_LEAD, Role.CLAIM_WORKER) for name in MAY_CHANGE[role]}
    assert sorted(told - set(CHANGES)) == []
    assert change_words("case.submit", True) == "Case filed"
    assert change_words("of.a_newer_phone", False) == "of.a_newer_phone"


def test_every_change_that_a_log_can_hold_has_words() -> None:
    names = {name for policy in policies_of(lambda _value: "").values() for name in policy.changes}
    assert len(names) > 100
    assert sorted(names - set(CHANGES)) == []
    assert all(zh != en and zh and en for zh, en in CHANGES.values())


def test_an_english_page_names_fields_in_english() -> None:
    told = [(kind, name, label_of(kind, name, True)) for kind, table in KINDS.items() for name in table.fields]
    told += [("claim", f"f.{name}", label_of("claim", f"f.{name}", True)) for name in CLAIM_FIELDS]
    assert [one for one in told if not one[2].isascii() or "_" in one[2]] == []
    assert label_of("item", "legal_days", True) == "time limit by law"
    assert label_of("local_item", "f.consult_phone", True) == "phone for questions"
    assert label_of("local_item", "why.hours", True) == "why hours"
    known = {name for table in KINDS.values() for name in table.fields} | set(CLAIM_FIELDS)
    assert sorted(set(ENGLISH) - known) == []


def test_a_problem_names_states_and_steps_in_words() -> None:
    found = problem("state_step", "state", before="prechecked", after="case.precheck")
    wrong = {"zh": found.zh, "en": found.en}
    assert problem_words(wrong, False) == "不能从“已预审”变为“预审通过”"
    assert problem_words(wrong, True) == "“Pre-checked” cannot become “Pre-check”"
    assert problem_words({"zh": "“of_a_newer”", "en": ""}, False) == "“of_a_newer”"


def test_an_epoch_says_why_it_began() -> None:
    assert (epoch_words("founded", False), epoch_words("restored", True)) == ("建立", "restored from a backup")
    assert epoch_words("of_a_newer_centre", False) == "of_a_newer_centre"


def test_every_kind_of_record_has_words() -> None:
    assert sorted(set(KINDS) - set(KIND_WORDS)) == []
    assert kind_words("case", False) == "办件"
    assert kind_words("unheard_of", False) == "unheard_of"


def test_every_kind_of_look_has_words() -> None:
    """Whatever a module of ours logs a look of, by name or as an export."""
    code = [path.read_text() for path in Path(server.__file__).parent.rglob("*.py")]
    told = {kind for text in code for kind in re.findall(r'log_read\(\s*[\w.]+, [^"()]+, "(\w+)"', text)}
    told |= {kind for text in code for kind in re.findall(r'open_to_read\(\s*[\w.]+, [^"()]+, "(\w+)"', text)}
    told |= {kind for text in code for kind in re.findall(r'Export\([^)]*?kind="(\w+)"', text)}
    assert told >= {"case", "file", "resident", "log", "case_list", "bulletin"}
    assert sorted(told - set(KIND_WORDS)) == []


@pytest.mark.parametrize(
    ("both", "zh", "en"),
    [
        ("逾期未补交：请联系。 It did not come: ask.", "逾期未补交：请联系。", "It did not come: ask."),
        ("黄红灯×1000÷办结 lights × 1,000 ÷ finished", "黄红灯×1000÷办结", "lights × 1,000 ÷ finished"),
        ("次数，应为0 requests; should be 0", "次数，应为0", "requests; should be 0"),
        ("只有中文。", "只有中文。", "只有中文。"),
        ("English alone.", "English alone.", "English alone."),
    ],
)
def test_a_text_of_both_languages_is_told_in_one(both: str, zh: str, en: str) -> None:
    assert (in_language(both, False), in_language(both, True)) == (zh, en)
