"""Owns the look-back (回头看): published lists that are looked at again, how they are drawn, and what is found.

Laws: at least a tenth of every unit's published lists, and all with a complaint. The draw follows from the seed that
was handed in and the claims' ids alone, so that whoever doubts it draws again. Nobody's own work is looked at by them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.domain.catalogue.return_reasons import REASON_CODES
from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, text, texts
from server.domain.steps import StepTable, step

SHARE_DIVISOR = 10


class LookBackState(StrEnum):
    SAMPLED = "sampled"
    PASSED = "passed"
    TO_FIX = "to_fix"
    FIXED = "fixed"
    RECHECKED = "rechecked"


class Why(StrEnum):
    SAMPLE = "sample"
    COMPLAINT = "complaint"


_S = LookBackState
LOOK_BACK_STEPS: StepTable = {
    "look_back.draw": step(None, to=_S.SAMPLED.value, writes=("campaign", "claim", "unit", "base_item", "why", "seed")),
    "look_back.pass": step(_S.SAMPLED.value, to=_S.PASSED.value, writes=("note",)),
    "look_back.find": step(_S.SAMPLED.value, to=_S.TO_FIX.value, writes=("note",), needs=("findings", "deadline")),
    "look_back.fix": step(_S.TO_FIX.value, to=_S.FIXED.value, needs=("fix",)),
    "look_back.recheck": step(_S.FIXED.value, to=_S.RECHECKED.value, writes=("note",)),
    # Not well enough: it goes back with what is still wrong and a new day.
    "look_back.find_again": step(_S.FIXED.value, to=_S.TO_FIX.value, writes=("note",), needs=("findings", "deadline")),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One list to be looked at."""

    claim: str
    unit: str
    why: Why


def check_look_back(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("look_back", fields)
    if found:
        return found
    if text(fields, "state") not in LookBackState.__members__.values():
        found.append(problem("state_unknown", "state", value=text(fields, "state")))
    if text(fields, "why") not in Why.__members__.values():
        found.append(problem("value_unknown", "why", label="抽取原因", value=text(fields, "why")))
    found += [
        problem("return_reason_unknown", "findings", value=code)
        for code in texts(fields, "findings")
        if code not in REASON_CODES
    ]
    return found


def draw(published: Mapping[str, Collection[str]], complained: Collection[str], seed: str) -> tuple[Drawn, ...]:
    """`published`: unit → its published claims. All of those in `complained`, and a tenth of each unit's, rounded up,
    the complained ones not counted. Units and claims in the order of their ids.
    """
    found: list[Drawn] = []
    for unit in sorted(published):
        held = set(published[unit])
        asked = sorted(held & set(complained))
        found += [Drawn(claim, unit, Why.COMPLAINT) for claim in asked]
        left = held.difference(asked)
        size = min(len(left), -(-len(held) // SHARE_DIVISOR))
        found += [Drawn(claim, unit, Why.SAMPLE) for claim in sorted(_ordered(left, seed)[:size])]
    return tuple(found)


def _ordered(claims: Iterable[str], seed: str) -> list[str]:
    """In an order that nobody can foresee without the seed and everybody can repeat with it."""
    return sorted(claims, key=lambda claim: hashlib.sha256(f"{seed}\n{claim}".encode()).digest())
