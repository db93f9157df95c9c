"""Owns the bulletin (通报): one period's counts over areas and units, frozen with the data that made it.

Laws: everything shown follows from the rows that are kept, and the rows from the cases: anybody finds each number
again. What was frozen never changes; a correction is the next edition and says why. The best counties, city units and
towns are named, as in 2018; villages, with one helper each, are reported to their town and named nowhere else. No row
is a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, text, texts
from server.domain.steps import StepTable, step
from server.domain.supervision.indicators import CODES, Counts, best, counts_of, numbers_of, registered_as

BEST_COUNTIES, BEST_UNITS, BEST_TOWNS = 3, 10, 10
TABLES = ("counties", "units", "towns", "villages")


class BulletinState(StrEnum):
    DRAFT = "draft"
    FROZEN = "frozen"
    CORRECTED = "corrected"


class Span(StrEnum):
    DAILY = "daily"
    MONTHLY = "monthly"


_D, _F, _C = (state.value for state in BulletinState)
_DATA = (*TABLES, "columns", "best_counties", "best_units", "best_towns", "names", "data_hash", "built_at", "build")
BULLETIN_STEPS: StepTable = {
    "bulletin.draft": step(None, _D, to=_D, writes=(*_DATA, "place", "span", "period", "edition", "why")),
    "bulletin.freeze": step(_D, to=_F),
    "bulletin.supersede": step(_F, to=_C, needs=("why",)),
}


@dataclass(frozen=True)
class Figures:
    """What was counted, by area or unit."""

    counties: Mapping[str, Counts]
    units: Mapping[str, Counts]
    towns: Mapping[str, Counts]
    villages: Mapping[str, Counts]


def public_fields(figures: Figures, names: Mapping[str, str]) -> dict[str, object]:
    """The city's bulletin: counties, city units and towns, with the best of each."""
    tables = {"counties": figures.counties, "units": figures.units, "towns": figures.towns}
    shown = {area for table in tables.values() for area in table}
    return {
        "columns": list(CODES),
        **{name: rows_of(table) for name, table in tables.items()},
        "best_counties": list(best(figures.counties, BEST_COUNTIES)),
        "best_units": list(best(figures.units, BEST_UNITS)),
        "best_towns": list(best(figures.towns, BEST_TOWNS)),
        "names": [[area, names.get(area, area)] for area in sorted(shown)],
        "data_hash": data_hash({name: rows_of(table) for name, table in tables.items()}),
    }


def town_fields(villages: Mapping[str, Counts], names: Mapping[str, str]) -> dict[str, object]:
    """What a town is told of its villages, in the order of codes and without any best."""
    rows = rows_of(villages)
    return {
        "columns": list(CODES),
        "villages": rows,
        "names": [[area, names.get(area, area)] for area in sorted(villages)],
        "data_hash": data_hash({"villages": rows}),
    }


def rows_of(table: Mapping[str, Counts], columns: Sequence[str] = CODES) -> list[list[object]]:
    return [[area, *numbers_of(counts, columns)] for area, counts in sorted(table.items())]


def table_of(bulletin: Fields, name: str) -> dict[str, Counts]:
    """The counts of one of its tables, as they were frozen."""
    rows, columns = bulletin.get(name), columns_of(bulletin)
    found: dict[str, Counts] = {}
    for area, *numbers in rows if isinstance(rows, list) else []:
        found[str(area)] = counts_of([int(number) for number in numbers], columns)
    return found


def columns_of(bulletin: Fields) -> tuple[str, ...]:
    """What it counts. One that was frozen before an indicator was thought of has fewer, and stands as it is."""
    return texts(bulletin, "columns")


def names_of(bulletin: Fields) -> dict[str, str]:
    """Code or unit → name, as it was called then."""
    pairs = bulletin.get("names")
    return {str(area): str(name) for area, name in pairs} if isinstance(pairs, list) else {}


def data_hash(tables: Mapping[str, Sequence[Sequence[object]]]) -> str:
    """Over every row of every table, in an order that everybody finds again."""
    lines = [
        "\t".join([name, *map(str, row)])
        for name in sorted(tables)
        for row in sorted(tables[name], key=lambda one: str(one[0]))
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def differences(bulletin: Fields) -> list[str]:
    """What in a bulletin does not follow from its own rows: nothing, unless somebody changed it."""
    tables = {name: table_of(bulletin, name) for name in TABLES}
    kept = {name: rows_of(table, columns_of(bulletin)) for name, table in tables.items() if bulletin.get(name)}
    found = [] if data_hash(kept) == text(bulletin, "data_hash") else ["data_hash"]
    for name, of, how_many in (
        ("best_counties", "counties", BEST_COUNTIES),
        ("best_units", "units", BEST_UNITS),
        ("best_towns", "towns", BEST_TOWNS),
    ):
        if texts(bulletin, name) != best(tables[of], how_many):
            found.append(name)
    return found


def counted_otherwise(bulletin: Fields, now: Mapping[str, Mapping[str, Counts]]) -> list[str]:
    """Which of its tables are not those of `now`. How many residents are registered is told as it was on the day of
    building, which nothing else keeps: that their number went on is no difference.
    """
    columns = columns_of(bulletin)
    found = []
    for name in TABLES:
        if name in now:
            kept = table_of(bulletin, name)
            counted = {area: registered_as(kept.get(area), counts) for area, counts in now[name].items()}
            if rows_of(counted, columns) != rows_of(kept, columns):
                found.append(name)
    return found


def is_over(period: str, today: date) -> bool:
    """Whether the month or the day has passed: before that its figures are not all there to be frozen."""
    return period < today.isoformat()[: len(period)]


def check_bulletin(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("bulletin", fields)
    if found:
        return found
    if text(fields, "state") not in BulletinState.__members__.values():
        found.append(problem("state_unknown", "state", value=text(fields, "state")))
    if text(fields, "span") not in Span.__members__.values():
        found.append(problem("value_unknown", "span", label="周期", value=text(fields, "span")))
    columns, is_draft = columns_of(fields), text(fields, "state") == BulletinState.DRAFT
    if (is_draft and columns != CODES) or not set(columns) <= set(CODES):
        return [*found, problem("value_unknown", "columns", label="指标", value=",".join(columns))]
    if fields.get("villages") and any(fields.get(name) for name in ("counties", "units", "towns")):
        found.append(problem("villages_public", "villages"))
    return found + [problem("bulletin_data", name) for name in differences(fields)]
