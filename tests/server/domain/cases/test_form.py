"""A form asks what its answers call for."""

import pytest

from server.domain.cases.form import asked_questions, form_problems, questions_of

ITEM = {
    "fields": [
        {"name": "cause", "label": "注销原因", "type": "choice", "required": True, "choices": ["死亡", "出国定居"]},
        {"name": "heir", "label": "受益人账户", "required": True, "when": {"cause": "死亡"}},
        {"name": "heir_years", "label": "年限", "type": "number", "min": 1, "max": 15, "when": {"heir": "x;y"}},
        {"label": "没有名字"},
    ]
}


def names(answers: dict[str, str | int]) -> list[str]:
    return [question.name for question in asked_questions(ITEM, answers)]


def test_a_question_without_a_name_is_none() -> None:
    assert [question.name for question in questions_of(ITEM)] == ["cause", "heir", "heir_years"]


def test_a_dependent_question_is_asked_while_the_other_is_answered_so() -> None:
    assert names({}) == ["cause"]
    assert names({"cause": "死亡"}) == ["cause", "heir"]
    assert names({"cause": "死亡", "heir": "x"}) == ["cause", "heir", "heir_years"]


def test_what_depends_on_a_question_that_is_not_asked_is_not_asked_either() -> None:
    assert names({"cause": "出国定居", "heir": "x"}) == ["cause"]


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ({}, ["field_missing"]),
        ({"cause": "搬家"}, ["value_unknown"]),
        ({"cause": "死亡"}, ["field_missing"]),
        ({"cause": "死亡", "heir": "x", "heir_years": 0}, ["answer_range"]),
        ({"cause": "死亡", "heir": "x", "heir_years": "16"}, ["answer_range"]),
        ({"cause": "死亡", "heir": "x", "heir_years": 15}, []),
        ({"cause": "出国定居", "heir_years": 99}, []),
    ],
)
def test_only_what_is_asked_can_be_wrong(answers: dict[str, str | int], codes: list[str]) -> None:
    assert [one.code for one in form_problems(ITEM, answers)] == codes
