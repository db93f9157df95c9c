"""Opens a review for each signal that reached its bar, once a month and account, and proposes to a person what two
confirmed ones may ask for. Draws the call-back samples as well.

Laws: nothing here changes an account or a filing. Ids follow from what is looked at, so every run and every process
opens each thing once. A sample is drawn by a keyed hash: nobody can tell beforehand which filing is in it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from server.actions.centre_writes import write_edits
from server.actions.desk_change import DeskEdit
from server.actions.find_signals import Found, Window, find_signals, month_of
from server.actions.platform import Platform
from server.domain.supervision.reviews import CONFIRMED_MAX, CONFIRMED_WITHIN_DAYS
from server.domain.supervision.signals import SIGNALS
from server.merge_policies.judging import china_day
from server.merge_policies.supervision_policies import review_id
from server.storage.unit_of_work import Snapshot
from sync.core.clock import iso
from sync.core.ids import derived_id

SAMPLE_ONE_IN = 50
SAMPLE_DAYS = 3
_DRAWN_A_TURN = 2_000
CLOSING_DAYS = 5
"""So long into the next month the last one is looked at as well: what was captured offline comes late."""
_DAY_MS = 86_400_000
_FINDINGS = "SELECT code, finding, count(*) FROM reviews WHERE finding IS NOT NULL GROUP BY code, finding"
_CONFIRMED = """SELECT account, max(bucket), count(*), max(id) FROM reviews WHERE finding = 'confirmed'
                AND found_at >= ? GROUP BY account HAVING count(*) >= ?"""
_RECENT = "SELECT case_id, village FROM observations WHERE received_at > ? ORDER BY case_id"
_THERE = "SELECT id FROM {table} WHERE id IN (?*)"
_ASKED = (
    "请回访申请人：这件事是您本人要办的吗？办的过程和结果您知道吗？ "
    "Call the applicant back: did you ask for this? Do you know how it went and what came of it?"
)
_LIMIT = (
    "该账号近期有两次及以上审查结论为属实，请研究是否限制账号；不会自动处理。 "
    "Reviews of this account were confirmed twice: please consider whether to limit it. Nothing happens by itself."
)


@dataclass
class ReviewReport:
    opened: int = 0
    proposals: int = 0
    samples: int = 0


async def open_reviews(platform: Platform) -> ReviewReport:
    """One look at this month's filings, and in its first days at the last month's."""
    today = china_day(platform.clock.wall_ms())
    windows = [month_of(today)]
    if today.day <= CLOSING_DAYS:
        last = today.replace(day=1) - timedelta(days=1)
        windows.append(Window(last.replace(day=1), last))
    report, directory = ReviewReport(), await platform.directory()
    for window in windows:
        async with platform.database.read() as snapshot:
            findings = await findings_so_far(snapshot)
            found = await find_signals(snapshot, window, directory, findings)
        report.opened += await _open(platform, window, found)
        report.samples += await _call_back(
            platform, [(case, one.measured.place) for one in found if one.level == "red" for case in one.evidence]
        )
    report.proposals = await _propose_limits(platform)
    report.samples += await _call_back(platform, await _drawn(platform))
    return report


async def findings_so_far(snapshot: Snapshot) -> Mapping[str, Mapping[str, int]]:
    """Signal → finding → how often: what moves the bars."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for code, finding, count in await snapshot.fetch(_FINDINGS):
        found[code][finding] = count
    return found


async def _open(platform: Platform, window: Window, found: Sequence[Found]) -> int:
    wanted = {review_id(one.measured.code, one.measured.account, window.since.isoformat()): one for one in found}
    fresh = await _absent(platform, "reviews", list(wanted))
    edits = []
    for review in fresh:
        one = wanted[review]
        signal = SIGNALS[one.measured.code]
        fields = {
            "place": one.measured.place,
            "code": signal.code,
            "level": one.level,
            "account": one.measured.account,
            "since": window.since.isoformat(),
            "until": window.until.isoformat(),
            "measured": _shown(one.measured.value),
            "threshold": _shown(one.threshold),
            "evidence": list(one.evidence),
        }
        edits.append((one.measured.place, DeskEdit(kind="review", record=review, name="review.open", fields=fields)))
    return await write_edits(platform, edits)


async def _propose_limits(platform: Platform) -> int:
    """A task for a person, once for each further confirmed review."""
    since = iso(platform.clock.wall_ms() - CONFIRMED_WITHIN_DAYS * _DAY_MS)
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_CONFIRMED, [since, CONFIRMED_MAX])
    tasks = {
        derived_id("task", "limit_account", account, str(count), last): (bucket.partition(":")[2], account)
        for account, bucket, count, last in rows
    }
    return await _open_tasks(platform, tasks, "limit_account", "account", _LIMIT)


async def _drawn(platform: Platform) -> list[tuple[str, str]]:
    """One filing in fifty of the last days."""
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_RECENT, [platform.clock.wall_ms() - SAMPLE_DAYS * _DAY_MS])
    drawn = []
    for number, (case, village) in enumerate(rows):
        if not number % _DRAWN_A_TURN:
            await asyncio.sleep(0)  # each is a keyed hash, and some days have ten thousand
        if is_drawn(platform, case):
            drawn.append((case, village))
    return drawn


def is_drawn(platform: Platform, case: str) -> bool:
    return int(platform.sealing.keyed_index(f"call-back:{case}"), 16) % SAMPLE_ONE_IN == 0


async def _call_back(platform: Platform, cases: Sequence[tuple[str, str]]) -> int:
    tasks = {derived_id("task", "call_back", case): (village, case) for case, village in cases}
    return await _open_tasks(platform, tasks, "call_back", "case", _ASKED)


async def _open_tasks(
    platform: Platform, tasks: Mapping[str, tuple[str, str]], code: str, about_kind: str, said: str
) -> int:
    """`tasks`: task → (place, what it is about)."""
    edits = []
    for task in await _absent(platform, "tasks", list(tasks)):
        place, about = tasks[task]
        fields = {"place": place, "code": code, "about": about, "about_kind": about_kind, "text": said}
        edits.append((place, DeskEdit(kind="task", record=task, name="task.open", fields=fields)))
    return await write_edits(platform, edits)


async def _absent(platform: Platform, table: str, ids: Sequence[str]) -> list[str]:
    there: set[str] = set()
    async with platform.database.read() as snapshot:
        for start in range(0, len(ids), 500):
            sql = _THERE.format(table=table)
            there.update(row[0] for row in await snapshot.fetch(sql, [list(ids[start : start + 500])]))
    return [one for one in ids if one not in there]


def _shown(value: float) -> str:
    """A share as per cent, a count as it is: records hold no floats."""
    return f"{value:.0%}" if 0 < value < 1 else f"{value:g}"
