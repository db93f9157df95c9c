"""Owns what a bulletin's charts show: each day, how long cases took, and the areas beside each other.

Laws: what a chart shows is said in words or in a table beside it. Areas stand in the order of codes, on one scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from server.actions.trace_outcomes import LONGEST_TOLD, Trace
from server.console.charts import Bar, Mark, ShareRow, columns, shares, small, trend
from server.console.visit import Visit
from server.domain.calendar import holiday_of
from server.domain.record_fields import Fields
from server.domain.supervision.bulletins import names_of, table_of
from server.domain.supervision.indicators import INDICATORS, N_MIN, NOTHING, Shape, figure

PANEL_CODES = ("on_time", "told_once", "tolerance", "ratings", "valid")
PANELS_MAX = 12


@dataclass(frozen=True)
class Multiple:
    """One area's small picture, its cases in the whole period, and on its busiest day."""

    name: str
    picture: Markup
    total: int
    most: int


def charts_of(visit: Visit, trace: Trace, period: str) -> dict[str, object]:
    """What the trace shows, drawn, and in words what there is to see; {} when nothing was finished."""
    if not trace.total:
        return {}
    half, nearly = reached(trace.waits, 50), reached(trace.waits, 90)
    waited = [
        Bar(
            label=f"{days}+" if days == LONGEST_TOLD else str(days),
            value=count,
            title=visit.t(f"{days}个工作日：{count}件", f"{days} working days: {count}"),
        )
        for days, count in trace.waits.items()
    ]
    marks = [Mark(half, visit.t("半数", "half"))]
    if nearly > half + 1:
        marks.append(Mark(nearly, visit.t("九成", "nine in ten")))
    busiest = max(trace.finished, key=lambda day: trace.finished[day])
    named = holidays_in(trace, visit.english)
    return {
        "trend": trend(
            trace.finished, trace.rest, named, visit.t(f"{period} 每天办结件数", f"Finished a day in {period}")
        ),
        "waits": columns(waited, visit.t("办结用了几个工作日", "Working days until finished"), marks=marks),
        "holidays": named,
        "busiest": busiest,
        "most": trace.finished[busiest],
        "at_rest": sum(count for day, count in trace.finished.items() if day in trace.rest),
        "median": half,
        "nearly": nearly,
        "same_day": trace.waits.get(0, 0),
        "longest": trace.waits.get(LONGEST_TOLD, 0),
        "longest_days": LONGEST_TOLD,
    }


def holidays_in(trace: Trace, english: bool) -> dict[date, str]:
    """The days of the period that are part of a holiday, with its name."""
    return {day: names[english] for day in trace.finished if day in trace.rest and (names := holiday_of(day))}


def reached(waits: Mapping[int, int], percent: int) -> int:
    """Within how many days so many in a hundred were finished."""
    whole, so_far = sum(waits.values()), 0
    for days, count in sorted(waits.items()):
        so_far += count
        if so_far * 100 >= whole * percent:
            return days
    return 0


def multiples_of(
    visit: Visit, areas: Mapping[str, Mapping[date, int]], rest: frozenset[date], names: Mapping[str, str]
) -> list[Multiple]:
    """Each area day by day, all on the scale of the busiest day of any; none when there is but one."""
    top = max((count for days in areas.values() for count in days.values()), default=0)
    if len(areas) < 2 or not top:
        return []
    told = []
    for area, days in sorted(areas.items())[:PANELS_MAX]:
        name, total, most = names.get(area, area), sum(days.values()), max(days.values())
        label = visit.t(
            f"{name}每天办结：共{total}件，最多一天{most}件", f"Finished a day in {name}: {total}, at most {most} a day"
        )
        told.append(Multiple(name, small(days, rest, top, label), total, most))
    return told


def panels_of(visit: Visit, fields: Fields) -> list[tuple[str, Markup]]:
    """Small multiples: for each area its shares with their intervals, the whole's beside them. An area with too few
    cases for any share is left out: an empty picture says nothing.
    """
    table = table_of(fields, "counties") or table_of(fields, "villages")
    if not table:
        return []
    names, whole = names_of(fields), sum(table.values(), start=NOTHING)
    told = []
    for area, counts in list(table.items())[:PANELS_MAX]:
        rows = []
        for one, pair, all_of in zip(INDICATORS, counts.pairs, whole.pairs, strict=True):
            if one.code in PANEL_CODES and one.shape is Shape.SHARE:
                rows.append(ShareRow(visit.t(one.zh, one.en), pair, figure(one, all_of)))
        if all(row.count[1] < N_MIN for row in rows):
            continue
        name = names.get(area, area)
        told.append((name, shares(rows, visit.t(f"{name}各项比率", f"Shares of {name}"))))
    return told
