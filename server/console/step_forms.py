"""Owns the forms of steps: what each asks its person, in words, and how what was typed becomes the step's fields.

Laws: a form asks for nothing that its step may not write. An input's path is a field or a member of a group
("decision.text"); what was left empty is not sent, so that nobody clears a field by not looking at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

Pair = tuple[str, str]


class Ask(Enum):
    """How an input is asked for."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CHOICE = "choice"
    YES = "yes"
    VERDICT = "verdict"  # yes or no, and one must be said
    GRADE = "grade"  # one of a few whole numbers, each with its words
    MATERIALS = "materials"  # rows of the item's list, each ticked or not
    HANDED_IN = "handed_in"  # the same rows: what is here now, on paper or `by` what the row says
    HOLDER = "holder"  # a unit or a place, typed by name out of those that are offered, or by its key
    HOLDERS = "holders"  # any number of them, one a line


@dataclass(frozen=True)
class Input:
    """`words`: the label; `choices`: value → words; `rows` of MATERIALS come from the page. `lines`: how many HOLDERS
    at most.
    """

    path: str
    words: Pair
    ask: Ask = Ask.LINE
    choices: Mapping[str, Pair] | None = None
    required: bool = True
    hint: Pair = ("", "")
    lines: int = 0

    @property
    def name(self) -> str:
        return f"in.{self.path}"


@dataclass(frozen=True)
class StepForm:
    """`grave`: what cannot be taken back is asked for twice. `warning`: what its person should know before the button
    is pressed.
    """

    step: str
    words: Pair
    inputs: tuple[Input, ...] = ()
    grave: bool = False
    fixed: tuple[tuple[str, object], ...] = ()
    warning: Pair = ("", "")

    @property
    def verb(self) -> str:
        return self.step.partition(".")[2]


def with_choices(form: StepForm, path: str, choices: Mapping[str, Pair]) -> StepForm:
    """The form with what can be chosen on this page."""
    inputs = tuple(replace(one, choices=choices) if one.path == path else one for one in form.inputs)
    return replace(form, inputs=inputs)


def fields_from(form: StepForm, posted: Mapping[str, str], rows: Iterable[Mapping[str, object]] = ()) -> dict[str, Any]:
    """What the step writes, from what was typed. `rows` are those that a MATERIALS input showed."""
    found: dict[str, Any] = {}
    for path, value in form.fixed:
        _put(found, path, value)
    for asked in form.inputs:
        if asked.ask is Ask.HANDED_IN:
            here = _chosen(asked, posted, rows)
            found |= {f"{asked.path}.{row['no']}": {"state": row.get("by", "paper")} for row in here}
            continue
        value = _read(asked, posted, rows)
        if value is not None:
            _put(found, asked.path, value)
    return found


def _read(asked: Input, posted: Mapping[str, str], rows: Iterable[Mapping[str, object]]) -> object:
    """None for what was left empty."""
    said = posted.get(asked.name, "").strip()
    match asked.ask:
        case Ask.YES:
            return True if said else None
        case Ask.VERDICT:
            return {"yes": True, "no": False}.get(said)
        case Ask.GRADE:
            return int(said) if said in (asked.choices or {}) else None
        case Ask.NUMBER:
            return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None
        case Ask.MATERIALS:
            return _ticked(asked, posted, rows)
        case Ask.HOLDER:
            return _holder(asked, said) or None
        case Ask.HOLDERS:
            typed = (posted.get(f"{asked.name}.{line}", "").strip() for line in range(1, asked.lines + 1))
            return [_holder(asked, one) for one in typed if one] or None
        case _:
            return said or None


def _holder(asked: Input, said: str) -> str:
    """The key of what was typed by its name; else what was typed, which the step's own check judges."""
    named = ((key, words) for key, words in (asked.choices or {}).items() if said in words)
    return next((key for key, _ in named), said)


def _ticked(asked: Input, posted: Mapping[str, str], rows: Iterable[Mapping[str, object]]) -> object:
    ticked = [
        {
            "no": row["no"],
            "name": row["name"],
            "why": posted.get(f"{asked.name}.{row['no']}.why", "").strip() or "missing",
        }
        for row in _chosen(asked, posted, rows)
    ]
    return ticked or None


def _chosen(
    asked: Input, posted: Mapping[str, str], rows: Iterable[Mapping[str, object]]
) -> list[Mapping[str, object]]:
    return [row for row in rows if posted.get(f"{asked.name}.{row['no']}")]


def _put(found: dict[str, Any], path: str, value: object) -> None:
    group, dot, member = path.partition(".")
    if dot:
        found.setdefault(group, {})[member] = value
    else:
        found[group] = value
