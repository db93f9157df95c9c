"""Owns how far a campaign is: one row a unit, added up by village, town and county, and kept once a day.

Laws: rows come in the order of codes and are never ranked; a row counts work of a unit, never of a person. What is
frozen at the opening says how many claims are asked; what is claimed beyond that is counted all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import add, attrgetter

from server.domain.catalogue.claims import IN_REVIEW, ON_OFFER, ClaimState
from server.domain.check_context import CheckContext
from server.domain.people.entitlement import Directory
from server.domain.places import Level
from server.domain.problems import Problem
from server.domain.record_fields import Fields, check_shapes
from server.domain.steps import StepTable, step

SNAPSHOT_STEPS: StepTable = {
    "snapshot.take": step(None, to="", writes=("campaign", "place", "day", "columns", "rows")),
}


class By(StrEnum):
    UNIT = "unit"
    VILLAGE = "village"
    TOWN = "town"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many claims: asked for, claimed by somebody, declined, being filled, in review, returned and not yet touched,
    published (also when suspended or cancelled since), overdue; and how often claims were returned.
    """

    asked: int = 0
    claimed: int = 0
    declined: int = 0
    filling: int = 0
    in_review: int = 0
    returned: int = 0
    published: int = 0
    overdue: int = 0
    returns: int = 0

    def __add__(self, other: Progress) -> Progress:
        return Progress(*map(add, _numbers(self), _numbers(other)))

    @property
    def numbers(self) -> list[int]:
        return list(_numbers(self))

    @property
    def unclaimed(self) -> int:
        return max(0, self.asked - self.claimed - self.declined)

    @property
    def returns_per_100(self) -> int:
        """Returns for every hundred claims that were claimed."""
        return self.returns * 100 // self.claimed if self.claimed else 0


COLUMNS = tuple(field.name for field in fields(Progress))
_numbers: Callable[[Progress], tuple[int, ...]] = attrgetter(*COLUMNS)
_COUNTED_AS: Mapping[ClaimState, str] = {
    ClaimState.DECLINED: "declined",
    ClaimState.CLAIMED: "filling",
    ClaimState.FILLING: "filling",
    ClaimState.RETURNED: "returned",
    **dict.fromkeys(IN_REVIEW, "in_review"),
    **dict.fromkeys(ON_OFFER, "published"),
}
_COUNTED_IN = {state.value: COLUMNS.index(name) for state, name in _COUNTED_AS.items()}
_CLAIMED_STATES = _COUNTED_IN.keys() - {ClaimState.DECLINED.value}
_OVERDUE_STATES = _CLAIMED_STATES - {state.value for state in ON_OFFER}
_CLAIMED, _OVERDUE, _RETURNS = (COLUMNS.index(name) for name in ("claimed", "overdue", "returns"))
_LEVELS = {By.TOWN: Level.TOWN, By.COUNTY: Level.COUNTY}


def count_state(state: str, number: int, *, overdue: int, returns: int) -> Progress:
    """What `number` claims of one unit in one state add to its row."""
    row = [0] * len(COLUMNS)
    add_state(row, state, number, overdue=overdue, returns=returns)
    return Progress(*row)


def add_state(row: list[int], state: str, number: int, *, overdue: int, returns: int) -> None:
    """The same, onto a row's numbers as they are added up: a city has thousands of units and states."""
    row[_RETURNS] += returns
    column = _COUNTED_IN.get(state)
    if column is None:
        return
    row[column] += number
    row[_CLAIMED] += number * (state in _CLAIMED_STATES)
    row[_OVERDUE] += overdue * (state in _OVERDUE_STATES)


def rows_by(rows: Mapping[str, Progress], by: By, directory: Directory) -> dict[str, Progress]:
    """Unit → row, added up by area in the order of codes. A unit of a larger place counts for that place."""
    if by is By.UNIT:
        return dict(sorted(rows.items()))
    found: dict[str, list[Progress]] = {}
    for unit, row in rows.items():
        listed = directory.units.get(unit)
        if listed is not None:
            found.setdefault(area_of(listed.place, by, directory), []).append(row)
    return {area: total(those) for area, those in sorted(found.items())}


def area_of(place: str, by: By, directory: Directory) -> str:
    """The place itself or the one above it at that level; parent links tell."""
    level = _LEVELS.get(by)
    while level is not None and (listed := directory.places.get(place)) is not None and listed.level > level:
        place = listed.parent
    return place


def total(rows: Iterable[Progress]) -> Progress:
    columns = zip(*map(_numbers, rows), strict=True)
    return Progress(*map(sum, columns))


def check_snapshot(fields: Fields, ctx: CheckContext) -> list[Problem]:
    return check_shapes("snapshot", fields)
