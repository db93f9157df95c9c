"""Owns the 18 signals (AR01–AR18): what is measured, from where on it is looked at, and how findings move that.

Laws: a signal raises a review and nothing else. Everything is measured over a helper's own filings by the time of
capture, never against other helpers; where many do the same in its season, the bar is higher. A bar moves with what
reviewers find, within bounds, and by a rule that anyone can redo. Few filings say nothing: each has its least number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from server.domain.record_fields import Fields, text

WEIGHT_LOW, WEIGHT_HIGH = 0.8, 2.0
FINDINGS_MIN = 10
BURST_MS = 10 * 60_000
NIGHT_FROM, NIGHT_TO = 21, 6
QUICK_SECONDS = 40
QUICK_MATERIALS = 2
LATE_CONSENT_MS = 5 * 60_000
URGENT_CONSENT_MS = 24 * 3_600_000
REFILED_WITHIN_DAYS = 7
PRAISE_SECONDS = 30
TRAVEL_MS = 10 * 60_000
POPULATION_DEFAULT = 1_500
SEASON_WEIGHT = 2.0
_SEASON_WORDS = ("医疗保险", "养老保险")
_SEASON_MONTHS = frozenset({9, 10, 11, 12, 1, 2})


@dataclass(frozen=True)
class Signal:
    """`yellow`, `red`: from where on, None: never. `least`: so many filings must stand behind it. `seasonal`: the bar
    is higher while a paying campaign runs. `fixed`: findings do not move it, since the law draws the line.
    """

    code: str
    zh: str
    en: str
    yellow: float | None
    red: float | None
    least: int = 1
    seasonal: bool = False
    fixed: bool = False


SIGNALS: Mapping[str, Signal] = {
    one.code: one
    for one in (
        Signal("AR01", "同一手机号对应多名居民", "one phone for many residents", 3, 6),
        Signal("AR02", "短时间集中采集", "many captures in ten minutes", 6, 12, seasonal=True),
        Signal("AR03", "夜间采集占比", "share captured at night", 0.20, None, least=10),
        Signal("AR04", "单件时长过短", "forms filled in too little time", None, 1),
        Signal("AR05", "跨辖区办件占比", "share filed for other places", 0.05, 0.15, least=10),
        Signal("AR06", "缺授权或同意、晚于提交", "consent missing or given later", None, 1, fixed=True),
        Signal("AR07", "不同居民的签名影像相同", "one signature image for several residents", None, 2, fixed=True),
        Signal("AR08", "同一居民同一事项重复申报", "the same filed again", 2, None),
        Signal("AR09", "资格明显不符", "filed without being eligible", None, 3),
        Signal("AR10", "撤回和作废占比", "share withdrawn or made void", 0.15, 0.30, least=10),
        Signal("AR11", "单一即办零材料事项占比", "share of one instant item without materials", 0.80, None, least=20,
               seasonal=True),
        Signal("AR12", "通报截止前集中办件", "filings pressed before the bulletin", 0.35, None, least=20,
               seasonal=True),
        Signal("AR13", "设备多或两地同时采集", "many devices, or two places at once", 1, 2, fixed=True),
        Signal("AR14", "好评过快", "praise within seconds", 0.80, None, least=10),
        Signal("AR15", "本人或亲属办件", "filed for oneself or one's family", 1, None, fixed=True),
        Signal("AR16", "收款账户集中", "one account paid for several residents", None, 2, fixed=True),
        Signal("AR17", "村办件数与人口之比", "filings a head of the village", 0.5, None, least=50, seasonal=True),
        Signal("AR18", "同一证件图用于不同人", "one document image for several residents", None, 2, fixed=True),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """What was measured over `count` filings of one account at one place."""

    code: str
    account: str
    place: str
    value: float
    count: int


def weight(findings: Mapping[str, int]) -> float:
    """How much higher the bar stands for what was found: unfounded reviews raise it, confirmed ones lower it. With
    few findings it stays where it was.
    """
    confirmed, unfounded = findings.get("confirmed", 0), findings.get("unfounded", 0)
    if confirmed + unfounded < FINDINGS_MIN:
        return 1.0
    share = unfounded / (confirmed + unfounded)
    return min(WEIGHT_HIGH, max(WEIGHT_LOW, round(0.8 + 1.2 * share, 2)))


def bar(signal: Signal, limit: float, *, findings: Mapping[str, int], season: bool) -> float:
    """From where on, after findings and season. A share stays below the whole."""
    raised = limit
    if not signal.fixed:
        raised *= weight(findings)
    if signal.seasonal and season:
        raised *= SEASON_WEIGHT
    return min(raised, 0.98) if limit < 1 else raised


def level_of(measured: Measured, *, findings: Mapping[str, int], season: bool) -> tuple[str, float] | None:
    """(yellow or red, the bar that was reached), or None when there is nothing to look at."""
    signal = SIGNALS[measured.code]
    if measured.count < signal.least:
        return None
    for name, limit in (("red", signal.red), ("yellow", signal.yellow)):
        if limit is not None and measured.value >= (reached := bar(signal, limit, findings=findings, season=season)):
            return name, reached
    return None


def is_season(item: Fields, month: int) -> bool:
    """Whether everybody files this item now: insurance is paid from September to February."""
    return month in _SEASON_MONTHS and any(word in text(item, "name") for word in _SEASON_WORDS)


def busiest(times: Sequence[int], window_ms: int = BURST_MS) -> int:
    """The most captures in any ten minutes. `times` ascend."""
    most = start = 0
    for end, at in enumerate(times):
        while at - times[start] >= window_ms:
            start += 1
        most = max(most, end - start + 1)
    return most


def travels(visits: Sequence[tuple[int, str]]) -> int:
    """How often two towns were visited within ten minutes. `visits`: (captured, town), ascending."""
    return sum(there != here and at - before < TRAVEL_MS for (before, here), (at, there) in pairwise(visits))


def is_night(hour: int) -> bool:
    return hour >= NIGHT_FROM or hour < NIGHT_TO


def is_pressed(last_days: int, whole: int, last_days_before: int) -> float:
    """The share of the last three days before the bulletin, if it is twice what it was the month before; else 0."""
    return last_days / whole if whole and last_days >= 2 * max(1, last_days_before) else 0.0


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def percentile95(counts: Collection[int]) -> int:
    """The count that at most a twentieth of a town's helpers exceed; 0 of none."""
    ordered = sorted(counts)
    return ordered[-1 - len(ordered) // 20] if ordered else 0
