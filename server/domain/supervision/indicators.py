"""Owns the bulletin's indicators (指标): what is counted, how a figure follows from its counts, and who is named best.

Laws: outcomes over areas and units, never over a person, and volume only as context. Whole numbers everywhere: shares
and bounds in hundredths of a percent. Who has too few to count is shown without a figure; the best are ordered by the
lower end of what their counts allow (Wilson, 95 %), so that a few lucky cases do not make anybody first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import sqrt

N_MIN = 30
"""Below this no share is shown and nobody is compared."""
WHOLE = 10_000
Z = 1.96
COMPARED_MIN = 2
"""An area is compared when so many of its indicators have enough behind them."""


LOW_END_AREAS_MIN = 4
"""Among fewer there is no middle to lie below."""


class Shape(Enum):
    SHARE = "share"
    PER_THOUSAND = "per_thousand"
    MEAN = "mean"
    COUNT = "count"
    """Shown however few stand behind it: what should be nought is nought or is not."""


@dataclass(frozen=True)
class Indicator:
    """`formula` is printed under the table. `counts_for`: 1 where more is better, -1 where less is, 0 for context."""

    code: str
    zh: str
    en: str
    formula: str
    shape: Shape = Shape.SHARE
    counts_for: int = 1


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "on_time",
        "按时办结率",
        "decided on time",
        "承诺期内办结÷有承诺期的办结 finished within the promise ÷ all with one",
    ),
    Indicator(
        "lights",
        "黄红灯",
        "yellow and red lights",
        "首次亮黄灯或红灯的时限×1000÷办结 clocks that first shone yellow or red × 1,000 ÷ finished",
        Shape.PER_THOUSAND,
        0,
    ),
    Indicator(
        "corrections",
        "补正率",
        "returned for correction",
        "补正过的÷办结 returned at least once ÷ finished",
        counts_for=-1,
    ),
    Indicator("told_once", "一次告知率", "told once", "只补正一次÷补正过的 returned once only ÷ returned"),
    Indicator("tolerance", "容缺按期闭合率", "promises kept", "按期补齐÷容缺受理 supplied ÷ accepted with a promise"),
    Indicator(
        "delivery_days",
        "平均送达天数",
        "days to the door",
        "送达天数之和÷已送达 sum of days ÷ delivered",
        Shape.MEAN,
        0,
    ),
    Indicator("ratings", "好评率", "rated good", "4、5分÷有效评价 grades 4 and 5 ÷ ratings that stand"),
    Indicator(
        "elders_home",
        "老年人上门办占比",
        "of 60+, at home",
        "上门办的60岁以上÷记有服务地点的60岁以上办结 of finished cases of 60+ with a place of service, at home",
        counts_for=0,
    ),
    Indicator(
        "licences",
        "证照复用率",
        "licences reused",
        "用电子证照的÷办结 with an electronic licence ÷ finished",
        counts_for=0,
    ),
    Indicator(
        "forbidden",
        "违规索要材料",
        "forbidden requests",
        "被拦下的已取消材料索要次数，应为0 requests for cancelled material, each refused; should be 0",
        Shape.COUNT,
        0,
    ),
    Indicator("claims", "认领完成率", "lists published", "已发布÷应认领 published ÷ asked for", counts_for=0),
    Indicator(
        "valid",
        "有效办件率",
        "valid cases",
        "(办结－作废－重复－核实异常)÷办结 (finished − void − duplicate − confirmed) ÷ finished",
    ),
    Indicator(
        "volume",
        "办件量",
        "cases",
        "办结×1000÷登记居民，只作背景 finished × 1,000 ÷ residents, context only",
        Shape.PER_THOUSAND,
        0,
    ),
)
CODES = tuple(one.code for one in INDICATORS)

Count = tuple[int, int]
"""(numerator, denominator)"""


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of one area, in the order of the table."""

    pairs: tuple[Count, ...]

    def __post_init__(self) -> None:
        assert len(self.pairs) == len(INDICATORS), "a pair for each indicator"

    def __add__(self, other: Counts) -> Counts:
        added = [(a + c, b + d) for (a, b), (c, d) in zip(self.pairs, other.pairs, strict=True)]
        return Counts(tuple(added))

    @property
    def numbers(self) -> list[int]:
        """One list, as a bulletin keeps it."""
        return [number for pair in self.pairs for number in pair]


NOTHING = Counts(((0, 0),) * len(INDICATORS))


def counts_of(numbers: Sequence[int], columns: Sequence[str] = CODES) -> Counts:
    """As they were kept under these columns; what was not counted then is nought of nought."""
    pairs = dict(zip(columns, zip(numbers[::2], numbers[1::2], strict=True), strict=True))
    return Counts(tuple(pairs.get(code, (0, 0)) for code in CODES))


def numbers_of(counts: Counts, columns: Sequence[str] = CODES) -> list[int]:
    """One list, as a bulletin with these columns keeps it."""
    pairs = dict(zip(CODES, counts.pairs, strict=True))
    return [number for column in columns for number in pairs[column]]


def registered_as(kept: Counts | None, counts: Counts) -> Counts:
    """`counts` over as many registered residents as `kept` says."""
    if kept is None:
        return counts
    pairs = dict(zip(CODES, counts.pairs, strict=True))
    pairs["volume"] = (pairs["volume"][0], kept.pairs[CODES.index("volume")][1])
    return Counts(tuple(pairs.values()))


def figure(indicator: Indicator, count: Count) -> int | None:
    """What is shown: hundredths of a percent for a share, a count as it is, tenths otherwise. None when too few stand
    behind it.
    """
    above, below = count
    if indicator.shape is Shape.COUNT:
        return above
    if below < N_MIN:
        return None
    match indicator.shape:
        case Shape.SHARE:
            return above * WHOLE // below
        case Shape.PER_THOUSAND:
            return above * 10_000 // below
        case Shape.MEAN:
            return above * 10 // below
    raise AssertionError("every shape has its figure")


def has_figures(counts: Counts) -> bool:
    """Whether a row of this area says anything: a figure with enough behind it. What is context says nothing while it
    is nought, and volume never makes a row.
    """
    pairs = zip(INDICATORS, counts.pairs, strict=True)
    told = ((one, pair) for one, pair in pairs if one.code != "volume" and (one.counts_for or pair[0]))
    return any(figure(one, pair) is not None for one, pair in told)


def wilson_lower(above: int, below: int) -> int:
    """The lower end of the 95 % interval of a share, in hundredths of a percent."""
    if below <= 0:
        return 0
    share, squared = above / below, Z * Z
    middle = share + squared / (2 * below)
    half = Z * sqrt(share * (1 - share) / below + squared / (4 * below * below))
    return max(0, int((middle - half) / (1 + squared / below) * WHOLE))


def wilson_upper(above: int, below: int) -> int:
    """The upper end: what is left of the whole when the lower end of the opposite is taken away."""
    return WHOLE - wilson_lower(below - above, below) if below > 0 else WHOLE


def score(counts: Counts) -> int | None:
    """The mean of the lower ends of what is compared; None when too little stands behind it."""
    return _mean([wilson_lower(*pair) for pair in _compared(counts).values()])


def _compared(counts: Counts) -> dict[Indicator, Count]:
    """(good, all) of each indicator that compares and has enough behind it."""
    found = {}
    for indicator, (above, below) in zip(INDICATORS, counts.pairs, strict=True):
        if indicator.counts_for and below >= N_MIN:
            good = above if indicator.counts_for > 0 else below - above
            found[indicator] = (min(max(good, 0), below), below)
    return found


def _mean(bounds: Sequence[int]) -> int | None:
    return sum(bounds) // len(bounds) if len(bounds) >= COMPARED_MIN else None


def best(rows: Mapping[str, Counts], how_many: int) -> tuple[str, ...]:
    """The areas with the highest scores; equal ones in the order of their codes."""
    scored = [(found, area) for area, counts in rows.items() if (found := score(counts)) is not None]
    return tuple(area for _, area in sorted(scored, key=lambda one: (-one[0], one[1]))[:how_many])


def lowest(rows: Mapping[str, Counts], how_many: int) -> tuple[str, ...]:
    """The areas that lie below the middle one even by the upper end of what their counts allow, the lowest first: they
    are told alone and offered help. An unlucky month with few cases puts nobody there.
    """
    scores = sorted(found for counts in rows.values() if (found := score(counts)) is not None)
    if len(scores) < LOW_END_AREAS_MIN:
        return ()
    middle = scores[len(scores) // 2]
    reached = {
        area: best_case
        for area, counts in rows.items()
        if (best_case := _mean([wilson_upper(*pair) for pair in _compared(counts).values()])) is not None
    }
    low = sorted((best_case, area) for area, best_case in reached.items() if best_case < middle)
    return tuple(area for _, area in low[:how_many])


def weakest(rows: Mapping[str, Counts], area: str) -> tuple[Indicator, ...]:
    """In what this area lies furthest below all together; at most two, and always one."""
    whole, own = _compared(sum(rows.values(), start=NOTHING)), _compared(rows[area])
    gaps = {one: _share(pair) - _share(whole[one]) for one, pair in own.items() if one in whole}
    ordered = sorted(gaps, key=lambda one: (gaps[one], one.code))
    return tuple(ordered[:1] + [one for one in ordered[1:2] if gaps[one] < 0])


def _share(pair: Count) -> int:
    return pair[0] * WHOLE // pair[1]


def band(volume: Count, all_volumes: Iterable[Count]) -> str:
    """Where a volume lies among the others: low, middle or high, by quarters. "" when it cannot be told."""
    value = _rate(volume)
    known = sorted(rate for one in all_volumes if (rate := _rate(one)) is not None)
    if value is None or len(known) < 4:
        return ""
    low, high = known[len(known) // 4], known[-(len(known) // 4) - 1]
    return "low" if value < low else "high" if value > high else "middle"


def _rate(volume: Count) -> int | None:
    above, below = volume
    return above * WHOLE // below if below >= N_MIN else None
