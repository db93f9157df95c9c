"""Owns a campaign's frozen list (基线): which base items in which version, and how many of them each unit is asked.

    item <base code> <version>     unit <unit> <how many>

Laws: the hash covers every line, in the order of the lines, so that a claim shows against which list it was filled and
anybody finds the same hash. What was frozen is never written again; a base item that changes later is told to the
claims that it concerns (rebase.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, integer, text, texts
from server.domain.steps import StepTable, step

LINES_MAX = 500
"""Of one record."""
FROZEN = ""
"""A part has no life: it is made, and stays."""
BASELINE_STEPS: StepTable = {
    "baseline.freeze": step(None, to=FROZEN, writes=("campaign", "part", "place", "lines"), needs=("list_hash",)),
}


def baseline_lines(items: Mapping[str, int], units: Mapping[str, int]) -> tuple[str, ...]:
    """`items`: base code → version. `units`: unit → how many of them it is asked for."""
    return (
        *(f"item {code} {version}" for code, version in sorted(items.items())),
        *(f"unit {unit} {count}" for unit, count in sorted(units.items()) if count),
    )


def baseline_hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def parts_of(lines: Sequence[str]) -> list[list[str]]:
    """As many lines a record as it may hold."""
    return [list(lines[start : start + LINES_MAX]) for start in range(0, len(lines), LINES_MAX)]


def whole(parts: Iterable[Fields]) -> tuple[str, ...]:
    """The lines of a campaign's parts, in the order in which they were frozen."""
    ordered = sorted(parts, key=lambda part: integer(part, "part"))
    return tuple(line for part in ordered for line in texts(part, "lines"))


def asked_of(lines: Iterable[str]) -> dict[str, int]:
    """Unit → how many claims are asked of it."""
    return {unit: int(count) for unit, count in _rows(lines, "unit")}


def version_asked(lines: Iterable[str], base_item: str) -> int:
    """The version that was frozen, 0 when the list does not hold this base item."""
    return next((int(version) for code, version in _rows(lines, "item") if code == base_item), 0)


def check_part(part: Fields, campaign: Fields | None) -> list[Problem]:
    """Whether it is a part of the list that its round was opened with: of two who freeze at once, one opens it."""
    opened_with = text(campaign, "baseline_hash") if campaign is not None else ""
    return [] if opened_with == text(part, "list_hash") else [problem("baseline_other", "list_hash")]


def check_baseline(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("baseline", fields)
    if ctx.before is not None:
        found.append(problem("baseline_changed", "lines"))
    return found


def _rows(lines: Iterable[str], kind: str) -> Iterable[tuple[str, str]]:
    for line in lines:
        first, _, rest = line.partition(" ")
        if first == kind:
            name, _, number = rest.rpartition(" ")
            yield name, number
