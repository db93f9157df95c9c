"""Turns the domain's checks into verdicts: which records a check may see, and what its problems mean for a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache

from server.domain.check_context import CheckContext
from server.domain.problems import Problem
from server.domain.record_checks import check_record
from server.domain.record_fields import text
from sync.central.known import Record
from sync.central.policies import Accept, Refuse, Situation, Verdict
from sync.core.changes import Fields

PROBLEMS_TOLD_MAX = 20
_DAY_MS = 24 * 3600 * 1000
_CHINA_MS = 8 * 3600 * 1000  # China keeps one offset all year
_FIRST_DAY = date(1970, 1, 1).toordinal()


def china_day(wall_ms: int) -> date:
    """The calendar day in China; a device's clock may be anywhere, so it is held to the years we know."""
    held = 0 if wall_ms < 0 else min(wall_ms, 4_102_444_800_000)
    return _day((held + _CHINA_MS) // _DAY_MS)


@lru_cache(maxsize=16)
def centre_day(now: int) -> date:
    """The same for the moment of a decision: all that is decided in one transaction is decided at one."""
    return china_day(now)


@lru_cache(maxsize=1024)
def _day(number: int) -> date:
    return date.fromordinal(_FIRST_DAY + number)


def context_of(situation: Situation, records: Mapping[str, Fields]) -> CheckContext:
    """What the domain's check may look at."""
    return CheckContext(
        on=centre_day(situation.centre.now),
        captured_on=china_day(situation.change.captured.wall),
        before=situation.before.fields if situation.before is not None else None,
        records=records,
    )


def refuse_for(problems: Iterable[Problem]) -> Refuse | None:
    """The first problem is the reason, all are told. Whoever wrote meanwhile may be the cause, hence `illegal`."""
    found = list(problems)[:PROBLEMS_TOLD_MAX]
    if not found:
        return None
    told = [{"code": one.code, "field": one.field, "zh": one.zh, "en": one.en} for one in found]
    return Refuse(reason=found[0].code, detail={"problems": told}, illegal=True)


def settle_by_check(kind: str) -> Callable[[Situation], Verdict]:
    """A kind whose record only has to be lawful in itself."""

    def settle(situation: Situation) -> Verdict:
        return refuse_for(check_record(kind, situation.fields, context_of(situation, {}))) or Accept()

    return settle


def readable(situation: Situation, kind: str, record: str) -> Record | None:
    """A record the author may point at: a foreign one is as good as absent."""
    found = situation.known.record(kind, record)
    if found is None or not situation.author.may_write(found.bucket, situation.centre.now):
        return None
    return found


def named(fields: Fields, name: str) -> str:
    """The record id a field names, "" when it names none."""
    return text(fields, name)
