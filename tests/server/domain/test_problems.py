"""The table of problems: every code has both languages, and every code that rules use is in it."""

import re
from pathlib import Path

import server.domain
import server.merge_policies
from server.domain.problems import PROBLEMS, problem

SOURCES = [
    path.read_text()
    for package in (server.domain, server.merge_policies)
    for path in Path(package.__path__[0]).rglob("*.py")
]


def test_both_texts_name_the_same_details() -> None:
    for code, (zh, en) in PROBLEMS.items():
        details = {name.removesuffix("_zh").removesuffix("_en") for name in re.findall(r"{(\w+)}", zh)}
        english = {name.removesuffix("_zh").removesuffix("_en") for name in re.findall(r"{(\w+)}", en)}
        assert details - {"label", "field"} == english - {"field"}, code
        assert re.search(r"[一-鿿]", zh), code
        assert not re.search(r"[一-鿿]", en), code


def test_every_code_in_the_rules_is_in_the_table() -> None:
    used = {code for source in SOURCES for code in re.findall(r'problem\(\s*"(\w+)"', source)}
    assert used
    assert used <= PROBLEMS.keys()


def test_every_code_in_the_table_is_used_by_a_rule() -> None:
    quoted = [code for source in SOURCES for code in re.findall(r'"(\w+)"', source)]
    assert [code for code in PROBLEMS if quoted.count(code) < 2] == []


def test_details_are_filled_into_both_texts() -> None:
    found = problem("material_missing", "material.2", name="户口簿")
    assert (found.zh, found.en) == ("缺少必要材料：户口簿", "a necessary material is missing: 户口簿")
    assert (found.code, found.field) == ("material_missing", "material.2")
