"""Owns how values are put before people: days, spans of time, numbers, names of roles and states.

Law: Chinese first; each text has its English beside it, here or at its place in the template, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

from server.domain.people.roles import Role
from sync.core.clock import told_wall

CHINA = timezone(timedelta(hours=8))

ROLES: Mapping[Role, tuple[str, str]] = {
    Role.HELPER: ("帮办员", "Helper"),
    Role.TOWN_LEAD: ("乡镇负责人", "Town lead"),
    Role.CLAIM_WORKER: ("认领填报员", "Claim worker"),
    Role.DESK_CLERK: ("综合窗口", "Desk clerk"),
    Role.CATALOGUE_REVIEWER: ("目录审核员", "Catalogue reviewer"),
    Role.COUNTY_SUPERVISOR: ("县级监督员", "County supervisor"),
    Role.CITY_SUPERVISOR: ("市级监督员", "City supervisor"),
    Role.AUDITOR: ("审计员", "Auditor"),
    Role.ADMINISTRATOR: ("管理员", "Administrator"),
}

CASE_STATES: Mapping[str, tuple[str, str]] = {
    "draft": ("草稿", "Draft"),
    "submitted": ("待同步", "Queued"),
    "received": ("已收件", "Received"),
    "prechecked": ("已预审", "Pre-checked"),
    "accepted": ("已受理", "Accepted"),
    "to_correct": ("待补正", "To correct"),
    "refused": ("不予受理", "Refused"),
    "reviewing": ("审查中", "Reviewing"),
    "special_procedure": ("特别程序", "Special procedure"),
    "suspended": ("已挂起", "Suspended"),
    "decided": ("已决定", "Decided"),
    "finished": ("已办结", "Finished"),
    "delivered": ("已送达", "Delivered"),
    "rated": ("已评价", "Rated"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "ended": ("已终止", "Ended"),
    "voided": ("已作废", "Void"),
    "archived": ("已归档", "Archived"),
}


CENTRE = ("中心", "the centre")
PARKED: Mapping[str, tuple[str, str]] = {
    "waits_for_change": ("等前一项变更", "an earlier change"),
    "waits_for_record": ("等所指的记录", "the record it points to"),
    "record_unknown": ("中心还没有这条记录", "the record, which is not here yet"),
    "newer_client": ("应用版本比中心新，等中心升级", "the centre to be upgraded"),
    "unknown_change": ("中心不认识这种变更，等中心升级", "the centre to be upgraded"),
    "device_revoked": ("设备已停用，等人来看", "a person: its device is revoked"),
    "centre_fault": ("中心出错，等管理员来看", "an administrator: the centre failed"),
}


def parked_words(reason: str, english: bool) -> str:
    pair = PARKED.get(reason)
    return reason if pair is None else pair[english]


def state_words(state: str, english: bool) -> str:
    pair = CASE_STATES.get(state)
    return state if pair is None else pair[english]


def said(table: Mapping[str, tuple[str, str]], key: str, english: bool) -> str:
    """A code's words from its table; one that has none stands for itself."""
    pair = table.get(key)
    return key if pair is None else pair[english]


def hand_words(name: str, english: bool) -> str:
    """Whose hand it was: the centre's own is said in the reader's language, people are called as they are."""
    return CENTRE[english] if name == CENTRE[0] else name


def role_words(role: Role, english: bool) -> str:
    return ROLES[role][english]


def day_words(value: str | date | None, today: date, english: bool) -> str:
    """今天, 昨天, 3天后, else 11月22日, with the year when it is another."""
    if not value:
        return "—"
    day = value if isinstance(value, date) else date.fromisoformat(value[:10])
    away = (day - today).days
    near = {0: ("今天", "today"), 1: ("明天", "tomorrow"), -1: ("昨天", "yesterday")}
    if away in near:
        return near[away][english]
    if 1 < away <= 14:
        return f"in {away} days" if english else f"{away}天后"
    if -14 <= away < -1:
        return f"{-away} days ago" if english else f"{-away}天前"
    return date_words(day, today, english)


def last_day_words(value: str | date | None, today: date, english: bool) -> str:
    """Of a day that something is due: 超期6天 once it has passed, else as `day_words`."""
    if not value:
        return "—"
    day = value if isinstance(value, date) else date.fromisoformat(value[:10])
    late = (today - day).days
    if late > 0:
        return f"{late} {'day' if late == 1 else 'days'} late" if english else f"超期{late}天"
    return day_words(day, today, english)


def period_words(period: str, today: date, english: bool) -> str:
    """Of a bulletin: 2026年11月, or its day."""
    if len(period) > 7:
        return date_words(period, today, english)
    month = date.fromisoformat(f"{period}-01")
    return f"{month:%b %Y}" if english else f"{month.year}年{month.month}月"


def moment_words(at_ms: int | None, english: bool) -> str:
    """Day and minute in China."""
    if not at_ms:
        return "—"
    at = datetime.fromtimestamp(told_wall(at_ms) / 1000, CHINA)
    return f"{at:%-d %b %Y %H:%M}" if english else f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def clock_words(at_ms: int | None, now_ms: int, english: bool) -> str:
    """09:00 of today; of another day with its date."""
    if not at_ms:
        return "—"
    at, now = (datetime.fromtimestamp(told_wall(one) / 1000, CHINA) for one in (at_ms, now_ms))
    return f"{at:%H:%M}" if at.date() == now.date() else moment_words(at_ms, english)


def date_words(value: str | date | None, today: date, english: bool) -> str:
    """11月22日, never 昨天: for lists in which days are compared."""
    if not value:
        return "—"
    day = value if isinstance(value, date) else date.fromisoformat(value[:10])
    if english:
        return f"{day:%-d %b}" if day.year == today.year else f"{day:%-d %b %Y}"
    return f"{day.month}月{day.day}日" if day.year == today.year else f"{day.year}年{day.month}月{day.day}日"


def whole_date_words(value: str, english: bool) -> str:
    """2026年11月22日, whatever the year now."""
    day = date.fromisoformat(value)
    return f"{day:%-d %b %Y}" if english else f"{day.year}年{day.month}月{day.day}日"


def stamp_words(value: str | None, today: date, english: bool) -> str:
    """Day and minute of a moment as records keep it: 11月22日 09:00."""
    if not value:
        return "—"
    at = datetime.fromisoformat(value)
    at = at.astimezone(CHINA) if at.tzinfo is not None else at
    return f"{date_words(at.date(), today, english)} {at:%H:%M}"


def ago_words(at_ms: int | None, now_ms: int, english: bool) -> str:
    """刚刚, 5分钟前, 3小时前, 2天前; never a date, so that the eye finds what is old."""
    if not at_ms:
        return "never" if english else "从未"
    minutes = max(now_ms - at_ms, 0) // 60_000
    if minutes < 1:
        return "just now" if english else "刚刚"
    if minutes < 60:
        return f"{minutes} min ago" if english else f"{minutes}分钟前"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago" if english else f"{minutes // 60}小时前"
    return f"{minutes // 1440} days ago" if english else f"{minutes // 1440}天前"


def wait_words(seconds: int, english: bool) -> str:
    """How long until another try: 40秒, 15分钟; never less than it takes."""
    if seconds <= 90:
        return ("1 second" if seconds == 1 else f"{seconds} seconds") if english else f"{seconds}秒"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if english else f"{minutes}分钟"


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_words(agent: str, english: bool) -> str:
    """What people call the browser and the machine: the first that fits, since each claims to be those after it."""
    found = [next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name) or ("Another browser" if english else "其他浏览器")


def count_words(value: int) -> str:
    """Thousands apart, so that long numbers can be read in a column."""
    return f"{value:,}"
