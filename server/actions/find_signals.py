"""Measures the 18 signals over one month of observations, in a few grouped queries.

Laws: only sums and counts leave the database, and the ids of a few filings as evidence. What is measured is judged by
the rules in server/domain/supervision/signals.py; nothing here knows a bar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from server.actions.desk_change import DESK_APP
from server.domain.people.entitlement import Directory
from server.domain.supervision.reviews import EVIDENCE_MAX
from server.domain.supervision.signals import (
    POPULATION_DEFAULT,
    PRAISE_SECONDS,
    QUICK_MATERIALS,
    QUICK_SECONDS,
    REFILED_WITHIN_DAYS,
    SIGNALS,
    Measured,
    busiest,
    is_pressed,
    percentile95,
    share,
    travels,
)
from server.domain.supervision.signals import level_of as judge
from server.storage.unit_of_work import Row, Snapshot
from sync.core.clock import from_iso

BURST_DAYS = 3
"""Times are compared one by one, so for the last days alone; the days before were looked at then."""


def _marked(mark: str) -> str:
    return f"sum(CASE WHEN ',' || flags || ',' LIKE '%,{mark},%' THEN 1 ELSE 0 END)"


_TOTALS = f"""SELECT account, max(village), count(*), {_marked("night")}, {_marked("late")}, {_marked("outside")},
    {_marked("own")}, {_marked("unfit")}, {_marked("season")},
    sum(CASE WHEN seconds < {QUICK_SECONDS} AND materials >= {QUICK_MATERIALS} THEN 1 ELSE 0 END)
    FROM observations WHERE day BETWEEN ? AND ? GROUP BY account"""  # noqa: S608
_PHONES = """SELECT account, phone, count(DISTINCT person) FROM observations WHERE day BETWEEN ? AND ? AND phone_own = 1
             AND phone IS NOT NULL GROUP BY account, phone HAVING count(DISTINCT person) > 1"""
_PAYEES = """SELECT payee, count(DISTINCT person), max(account) FROM observations WHERE day BETWEEN ? AND ?
             AND payee IS NOT NULL GROUP BY payee HAVING count(DISTINCT person) > 1"""
_AGAIN = """SELECT o.account, count(DISTINCT o.case_id) FROM observations o
            JOIN observations p ON p.person = o.person AND p.item = o.item AND p.case_id <> o.case_id
            AND p.captured_at <= o.captured_at AND o.captured_at - p.captured_at < ?
            JOIN cases c ON c.id = p.case_id
            WHERE o.day BETWEEN ? AND ? AND c.state IN ('withdrawn', 'voided', 'received', 'accepted', 'reviewing')
            GROUP BY o.account"""
_DROPPED = """SELECT o.account, count(*) FROM observations o JOIN cases c ON c.id = o.case_id
              WHERE o.day BETWEEN ? AND ? AND c.state IN ('withdrawn', 'voided') GROUP BY o.account"""
_MIX = f"""SELECT account, item, count(*) FROM observations WHERE day BETWEEN ? AND ?
           AND ',' || flags || ',' LIKE '%,plain,%' GROUP BY account, item HAVING count(*) >= {SIGNALS["AR11"].least}"""  # noqa: S608
_DAYS = "SELECT account, count(*) FROM observations WHERE day BETWEEN ? AND ? GROUP BY account"
_TIMES = """SELECT account, captured_at, village FROM observations WHERE day BETWEEN ? AND ?
            ORDER BY account, captured_at"""
_DEVICES = """SELECT a.id, count(*) FROM accounts a CROSS JOIN devices d
              WHERE d.account = a.id AND d.revoked_at IS NULL AND d.app_version <> ? GROUP BY a.id
              HAVING count(*) > 2"""
_IMAGES = """SELECT f.sha256, i.use, max(o.account), count(DISTINCT o.person) FROM observed_images i
             JOIN observations o ON o.case_id = i.case_id JOIN files f ON f.id = i.file
             WHERE o.day BETWEEN ? AND ? GROUP BY f.sha256, i.use HAVING count(DISTINCT o.person) > 1"""
_RATINGS = """SELECT o.account, r.grade, r.rated_at, c.finished_at FROM ratings r JOIN observations o
              ON o.case_id = r.of_case JOIN cases c ON c.id = r.of_case
              WHERE r.rated_at >= ? AND r.rated_at < ? AND r.state = 'given'"""
_VILLAGES = "SELECT village, count(*), max(account) FROM observations WHERE day BETWEEN ? AND ? GROUP BY village"
_PEOPLE = "SELECT bucket, number FROM resident_counts WHERE number > 0"
_EVIDENCE = """SELECT case_id FROM observations WHERE account = ? AND day BETWEEN ? AND ?{more}
               ORDER BY captured_at DESC LIMIT ?"""
_SHOWS: Mapping[str, str] = {
    "AR03": " AND flags LIKE '%night%'",
    "AR04": f" AND seconds < {QUICK_SECONDS} AND materials >= {QUICK_MATERIALS}",
    "AR05": " AND flags LIKE '%outside%'",
    "AR06": " AND flags LIKE '%late%'",
    "AR09": " AND flags LIKE '%unfit%'",
    "AR11": " AND flags LIKE '%plain%'",
    "AR15": " AND flags LIKE '%own%'",
}


@dataclass(frozen=True)
class Window:
    """A month, or as much of it as is over."""

    since: date
    until: date

    @property
    def days(self) -> list[str]:
        return [self.since.isoformat(), self.until.isoformat()]

    @property
    def is_whole(self) -> bool:
        return (self.until + timedelta(days=1)).month != self.until.month

    def last(self, days: int) -> list[str]:
        return [max(self.since, self.until - timedelta(days=days - 1)).isoformat(), self.until.isoformat()]


@dataclass(frozen=True)
class Found:
    """A signal that reached a bar. `evidence`: a few filings."""

    measured: Measured
    level: str
    threshold: float
    evidence: tuple[str, ...] = ()


@dataclass
class _Account:
    place: str
    count: int
    season: bool
    values: dict[str, float] = field(default_factory=dict)

    def raise_to(self, code: str, value: float) -> None:
        self.values[code] = max(self.values.get(code, 0), value)


def month_of(day: date) -> Window:
    """The month of that day, up to the day."""
    return Window(day.replace(day=1), day)


async def find_signals(
    snapshot: Snapshot, window: Window, directory: Directory, findings: Mapping[str, Mapping[str, int]]
) -> list[Found]:
    """`findings`: signal → what reviewers found so far. In the order of the codes."""
    accounts = await _totals(snapshot, window)
    for code, account, value in await _further(snapshot, window, directory, accounts):
        if account in accounts:
            accounts[account].raise_to(code, value)
    found: list[Found] = []
    for account, one in sorted(accounts.items()):
        for code, value in sorted(one.values.items()):
            measured = Measured(code, account, one.place, value, one.count)
            reached = judge(measured, findings=findings.get(code, {}), season=one.season)
            if reached is not None:
                shown = await snapshot.fetch(
                    _EVIDENCE.format(more=_SHOWS.get(code, "")), [account, *window.days, EVIDENCE_MAX]
                )
                found.append(Found(measured, *reached, evidence=tuple(row[0] for row in shown)))
    return sorted(found, key=lambda one: (one.measured.code, one.measured.account))


async def _totals(snapshot: Snapshot, window: Window) -> dict[str, _Account]:
    accounts: dict[str, _Account] = {}
    for row in await snapshot.fetch(_TOTALS, window.days):
        account, village, count, night, late, outside, own, unfit, season, quick = row
        one = accounts[account] = _Account(village, count, season * 2 > count)
        one.values = {
            "AR03": share(night, count),
            "AR04": quick,
            "AR05": share(outside, count),
            "AR06": late,
            "AR09": unfit,
            "AR15": own,
        }
    return accounts


async def _further(
    snapshot: Snapshot, window: Window, directory: Directory, accounts: Mapping[str, _Account]
) -> list[tuple[str, str, float]]:
    """(signal, account, value) of what is not a sum over an account's own filings."""
    days = window.days
    phones, payees, dropped, mix, devices, images, villages, people = await snapshot.fetch_each(
        [
            (_PHONES, days),
            (_PAYEES, days),
            (_DROPPED, days),
            (_MIX, days),
            (_DEVICES, [DESK_APP]),
            (_IMAGES, days),
            (_VILLAGES, days),
            (_PEOPLE, ()),
        ]
    )
    again = await snapshot.fetch(_AGAIN, [REFILED_WITHIN_DAYS * 86_400_000, *days])
    known = {bucket.partition(":")[2]: count for bucket, count in people}
    counts = {account: one.count for account, one in accounts.items()}
    found: list[tuple[str, str, float]] = []
    found += [("AR01", account, persons) for account, _, persons in phones]
    found += [("AR16", account, persons) for _, persons, account in payees]
    found += [("AR08", account, count) for account, count in again]
    found += [("AR10", account, share(count, counts.get(account, 0))) for account, count in dropped]
    found += _mixes(mix, accounts, directory)
    found += [("AR13", account, 1) for account, _ in devices]
    found += [("AR07" if use == "signature" else "AR18", account, persons) for _, use, account, persons in images]
    found += [
        ("AR17", account, share(count, max(POPULATION_DEFAULT, known.get(village, 0))))
        for village, count, account in villages
    ]
    found += _times(await snapshot.fetch(_TIMES, window.last(BURST_DAYS)), directory)
    found += _praise(await snapshot.fetch(_RATINGS, [days[0], (window.until + timedelta(days=1)).isoformat()]))
    if window.is_whole:
        found += await _pressed(snapshot, window, counts)
    return found


def _mixes(
    mix: Sequence[Row], accounts: Mapping[str, _Account], directory: Directory
) -> Iterator[tuple[str, str, float]]:
    """One instant item makes up most of what was filed, and that is much for the town."""
    by_town: dict[str, list[int]] = defaultdict(list)
    for one in accounts.values():
        by_town[_town(one.place, directory)].append(one.count)
    for account, _, count in mix:
        one = accounts[account]
        if one.count >= percentile95(by_town[_town(one.place, directory)]):
            yield "AR11", account, share(count, one.count)


def _times(rows: Sequence[Row], directory: Directory) -> Iterator[tuple[str, str, float]]:
    visits: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for account, captured, village in rows:
        visits[account].append((captured, _town(village, directory)))
    for account, made in visits.items():
        yield "AR02", account, busiest([at for at, _ in made])
        if jumps := travels(made):
            yield "AR13", account, jumps


def _praise(rows: Sequence[Row]) -> Iterator[tuple[str, str, float]]:
    """The share of full marks that came within seconds; of ten ratings or more."""
    given: dict[str, list[bool]] = defaultdict(list)
    for account, grade, rated_at, finished_at in rows:
        quick = bool(finished_at) and 0 <= from_iso(rated_at) - from_iso(finished_at) < PRAISE_SECONDS * 1000
        given[account].append(quick and grade == "5")
    for account, ratings in given.items():
        if len(ratings) >= SIGNALS["AR14"].least:
            yield "AR14", account, share(sum(ratings), len(ratings))


async def _pressed(snapshot: Snapshot, window: Window, counts: Mapping[str, int]) -> list[tuple[str, str, float]]:
    before = window.since - timedelta(days=1)
    earlier = Window(before.replace(day=1), before)
    now, then = await snapshot.fetch_each([(_DAYS, window.last(3)), (_DAYS, earlier.last(3))])
    last: dict[str, int] = dict(then)
    return [("AR12", account, is_pressed(count, counts[account], last.get(account, 0))) for account, count in now]


def _town(place: str, directory: Directory) -> str:
    """The place above a village; the place itself where nothing is known."""
    listed = directory.places.get(place)
    return listed.parent if listed is not None else place
