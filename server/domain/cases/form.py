"""Owns an item's form: which of its questions are asked, given what was answered, and what is wrong with an answer.

    {"name": "heir_account", "label": "受益人账户", "type": "text", "required": true,
     "when": {"cause": "死亡;出国定居"}, "min": 1, "max": 15}

Laws: a question that depends on another is asked only while that one is asked and answered so; what was typed into one
that is no longer asked is not sent. Answers that do as well are parted by “;”, for a record is no deeper than that.
Bounds are whole numbers and hold for questions of type number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, groups, text, texts

FORM_PREFIX = "form."
Answers = Mapping[str, str | int]


@dataclass(frozen=True)
class Question:
    """`when`: other questions' names, each with the answers under which this one is asked."""

    name: str
    label: str
    kind: str = "text"
    is_required: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


def questions_of(item: Fields) -> tuple[Question, ...]:
    return tuple(_question(row) for row in groups(item, "fields") if text(row, "name"))


def _question(row: Fields) -> Question:
    when = row.get("when")
    return Question(
        name=text(row, "name"),
        label=text(row, "label") or text(row, "name"),
        kind=text(row, "type") or "text",
        is_required=row.get("required") is True,
        choices=tuple(texts(row, "choices")),
        least=_bound(row.get("min")),
        most=_bound(row.get("max")),
        when={name: tuple(text(when, name).split(";")) for name in when} if isinstance(when, Mapping) else {},
    )


def _bound(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def asked_questions(item: Fields, answers: Answers) -> tuple[Question, ...]:
    """Those whose conditions hold. A question is listed after those it depends on."""
    asked: dict[str, Question] = {}
    for question in questions_of(item):
        if all(name in asked and str(answers.get(name, "")) in said for name, said in question.when.items()):
            asked[question.name] = question
    return tuple(asked.values())


def form_problems(item: Fields, answers: Answers) -> list[Problem]:
    """What keeps the answers from going: nothing said where something must be, or a number out of bounds."""
    found = []
    for question in asked_questions(item, answers):
        name, said = FORM_PREFIX + question.name, str(answers.get(question.name, "")).strip()
        if question.is_required and not said:
            found.append(problem("field_missing", name, label=question.label))
        elif question.choices and said and said not in question.choices:
            found.append(problem("value_unknown", name, label=question.label, value=said))
        elif said and _is_out_of_bounds(question, said):
            low, high = _words(question.least), _words(question.most)
            found.append(problem("answer_range", name, label=question.label, least=low, most=high))
    return found


def _is_out_of_bounds(question: Question, said: str) -> bool:
    if question.kind != "number" or not said.removeprefix("-").isdecimal():
        return False
    number = int(said)
    return not (question.least is None or question.least <= number) or not (
        question.most is None or number <= question.most
    )


def _words(bound: int | None) -> str:
    return "…" if bound is None else str(bound)
