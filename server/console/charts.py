"""Owns the charts of the console: plain SVG made here, in whole numbers, with no script and no style of its own.

Laws: a chart says nothing that its words beside it do not say too; nothing is told by colour alone; a share is drawn
with what its counts allow (Wilson, 95 %), and not at all when too few stand behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from server.domain.supervision.indicators import N_MIN, WHOLE, Count, wilson_lower

WIDTH, HEIGHT = 560, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 24, 34
_LINES = 4
MEAN_DAYS = 7
_PANEL_WIDTH, _ROW, _LABEL = 280, 24, 118


@dataclass(frozen=True)
class Bar:
    """`label` under it, where there is room; `title` for who points at it or has it read out."""

    label: str
    value: int
    title: str
    is_rest: bool = False


@dataclass(frozen=True)
class Mark:
    """An upright line at the bar of this place, with its words at the top."""

    place: int
    words: str


@dataclass(frozen=True)
class ShareRow:
    """One share of one area: its name, its counts, and the whole's share in hundredths of a percent."""

    name: str
    count: Count
    whole: int | None


def trend(finished: Mapping[date, int], rest: frozenset[date], holidays: Mapping[date, str], label: str) -> Markup:
    """A bar a day, days on which nobody works shaded behind, holidays named; a line for the mean of the week before."""
    bars = [
        Bar(str(day.day) if day.day == 1 or day.day % 5 == 0 else "", count, f"{day.isoformat()}: {count}", day in rest)
        for day, count in finished.items()
    ]
    days, marks, named = list(finished), [], ""
    for place, day in enumerate(days):
        if holidays.get(day, "") not in ("", named):
            marks.append(Mark(place, holidays[day]))
        named = holidays.get(day, "")
    counts = list(finished.values())
    means = [
        sum(counts[place - MEAN_DAYS + 1 : place + 1]) * 10 // MEAN_DAYS if place >= MEAN_DAYS - 1 else None
        for place in range(len(counts))
    ]
    return columns(bars, label, marks=marks, tenths=means, is_band=True)


def columns(
    bars: Sequence[Bar],
    label: str,
    *,
    marks: Sequence[Mark] = (),
    tenths: Sequence[int | None] = (),
    is_band: bool = False,
) -> Markup:
    """Columns over a line of labels, with lines at round numbers. `tenths`: a line over them, ten times its value;
    `is_band`: marks name a band and need no stroke of their own.
    """
    top = ceiling(max((bar.value for bar in bars), default=0))
    wide, high = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    drawn = [*_grid(top, high)]
    for place, bar in enumerate(bars):
        left, right = (_LEFT + wide * at // len(bars) for at in (place, place + 1))
        tall = high * bar.value // top
        if bar.is_rest:
            drawn.append(_rect("rest", left, _TOP, right - left, high))
        inner = _rect("column", left + 1, _TOP + high - tall, max(right - left - 2, 1), tall)
        drawn.append(Markup("<g><title>{}</title>{}</g>").format(bar.title, inner))
        if bar.label:
            drawn.append(_text("label middle", (left + right) // 2, HEIGHT - _BOTTOM + 18, bar.label))

    def middle(place: int) -> int:
        return _LEFT + wide * (2 * place + 1) // (2 * len(bars))

    points = [
        (middle(place), _TOP + high - high * ten // (10 * top)) for place, ten in enumerate(tenths) if ten is not None
    ]
    if len(points) > 1:
        drawn.append(Markup('<polyline class="mean" points="{}"/>').format(" ".join(f"{x},{y}" for x, y in points)))
    for mark in marks:
        x = middle(mark.place)
        if not is_band:
            drawn.append(
                Markup('<line class="mark" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(x, _TOP, _TOP + high)
            )
        drawn.append(_text("label name", x - 6, _TOP - 8, mark.words))
    return _svg(label, WIDTH, HEIGHT, drawn)


def small(finished: Mapping[date, int], rest: frozenset[date], top: int, label: str) -> Markup:
    """One of several small pictures on one scale: `top` is where each of them ends."""
    wide, high = _PANEL_WIDTH, 76
    drawn = []
    for place, (day, count) in enumerate(finished.items()):
        left, right = (wide * at // len(finished) for at in (place, place + 1))
        tall = high * count // max(top, 1)
        if day in rest:
            drawn.append(_rect("rest", left, 0, right - left, high))
        bar = _rect("column", left, high - tall, max(right - left - 1, 1), tall)
        drawn.append(Markup("<g><title>{}: {}</title>{}</g>").format(day.isoformat(), count, bar))
    drawn.append(Markup('<line class="grid" x1="0" x2="{}" y1="{}" y2="{}"/>').format(wide, high, high))
    return _svg(label, wide, high + 1, drawn)


def _grid(top: int, high: int) -> list[Markup]:
    found = []
    for line in range(_LINES + 1):
        y = _TOP + high - high * line // _LINES
        ruled = Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_LEFT, WIDTH - _RIGHT, y, y)
        found += [ruled, _text("label end", _LEFT - 6, y + 4, f"{top * line // _LINES:,}")]
    return found


def ceiling(value: int) -> int:
    """The next number that divides into round lines."""
    step = 1
    while True:
        for factor in (4, 8, 12, 20, 40):
            if value <= factor * step:
                return factor * step
        step *= 10


def shares(rows: Sequence[ShareRow], label: str) -> Markup:
    """A small panel: each share as a dot on its interval, the whole's as a short stroke; of few cases their counts."""
    high = _ROW * len(rows) + 22
    wide = _PANEL_WIDTH - _LABEL - 12

    def x(share: int) -> int:
        return _LABEL + wide * min(max(share, 0), WHOLE) // WHOLE

    drawn = []
    for place, row in enumerate(rows):
        y = _ROW * place + _ROW // 2
        drawn.append(_text("label end", _LABEL - 8, y + 4, row.name))
        above, below = row.count
        if below < N_MIN:
            drawn.append(_text("label few", x(0), y + 4, f"{above}/{below}"))
            continue
        drawn.append(Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(x(0), x(WHOLE), y, y))
        low, high_end = wilson_lower(above, below), WHOLE - wilson_lower(below - above, below)
        span = Markup('<line class="span" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(x(low), x(high_end), y, y)
        dot = Markup('<circle class="dot" cx="{}" cy="{}" r="5"/>').format(x(above * WHOLE // below), y)
        title = f"{row.name} {above * 100 // below}% ({above}/{below})"
        drawn.append(Markup("<g><title>{}</title>{}{}</g>").format(title, span, dot))
        if row.whole is not None:
            stroke = Markup('<line class="whole" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>')
            drawn.append(stroke.format(x(row.whole), y - 9, y + 9))
    for share, anchor in ((0, "label"), (WHOLE // 2, "label middle"), (WHOLE, "label end")):
        drawn.append(_text(anchor, x(share), high - 4, f"{share // 100}%"))
    return _svg(label, _PANEL_WIDTH, high, drawn)


def _svg(label: str, width: int, height: int, drawn: Sequence[Markup]) -> Markup:
    head = Markup('<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}">').format(label, width, height)
    return head + Markup("").join(drawn) + Markup("</svg>")


def _rect(kind: str, x: int, y: int, width: int, height: int) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(kind, x, y, width, height)


def _text(kind: str, x: int, y: int, words: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, x, y, escape(words))
