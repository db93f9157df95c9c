"""Raises, changes and clears lights, so that each clock that should shine does, once, and no other.

Laws: everything goes through the write path, as the centre's own changes. What shines already as it should is not
written again, so a run in which nothing happened writes nothing; two runs at once raise each light once, since its id
follows from what it is about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.actions.centre_writes import standing_of, write_edits
from server.actions.desk_change import DeskEdit
from server.actions.light_sources import PAGE, Looked, Wanted, wanted_lights
from server.actions.platform import Platform
from server.actions.whom_to_tell import Listeners, read_listeners
from server.domain.record_fields import Fields, integer, text
from server.domain.supervision.lights import LEVELS_TOLD, Level, LightState, with_repeats
from server.domain.supervision.orders import ORDERED
from sync.core.clock import iso

_ABOUT = "SELECT id, state, code FROM lights WHERE about IN (?*)"
_OPEN = "SELECT id FROM lights WHERE state = ? AND id > ? ORDER BY id LIMIT ?"
_REDS = """SELECT holder, count(*) FROM lights WHERE level IN ('red', 'red_plus') AND level_since >= ?
           AND holder IS NOT NULL GROUP BY holder"""
_LIT = (LightState.LIT.value, LightState.EXPLAINED.value)


@dataclass
class LightReport:
    raised: int = 0
    changed: int = 0
    cleared: int = 0


async def raise_lights(platform: Platform) -> LightReport:
    """One look at everything that a clock can reach."""
    report, directory = LightReport(), await platform.directory()
    month = iso(platform.clock.wall_ms())[:7]
    async with platform.database.read() as snapshot:
        listeners = await read_listeners(snapshot, directory)
        reds: dict[str, int] = dict(await snapshot.fetch(_REDS, [month]))
    seen: set[str] = set()
    async for looked in wanted_lights(platform, directory):
        seen.update(one.id for one in looked.wanted)
        await _settle_group(platform, looked, reds, listeners, report)
    await _clear_unseen(platform, seen, report)
    return report


async def _settle_group(
    platform: Platform,
    looked: Looked,
    reds: Mapping[str, int],
    listeners: Listeners,
    report: LightReport,
) -> None:
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_ABOUT, [list(looked.about)]) if looked.about else []
        known = {row[0]: row[1] for row in rows if row[2] in looked.codes}
        due = {one.id: one for one in looked.wanted}
        there = await standing_of(snapshot, platform, "light", [light for light in known if light in due])
        gone = [light for light, state in known.items() if light not in due and state in _LIT]
    raises, changes, unordered = [], [], []
    for light, one in due.items():
        base, standing = there.get(light, (None, {}))
        lit = text(standing, "state") in _LIT
        fields = _fields_of(one, standing if lit else {}, reds, listeners)
        if not lit:
            raises.append(
                (one.place, DeskEdit(kind="light", record=light, name="light.raise", fields=fields, base=base))
            )
            continue
        differing = {name: value for name, value in fields.items() if _differs(name, value, standing)}
        if differing.keys() & {"level", "holder", "due"}:  # the count alone moves all day long
            edit = DeskEdit(kind="light", record=light, name="light.change", fields=differing, base=base)
            changes.append((text(standing, "place"), edit))
        elif fields["level"] in ORDERED and not text(standing, "order"):
            told: dict[str, Any] = {name: fields[name] for name in ("told", "watchers") if name in fields}
            edit = DeskEdit(kind="light", record=light, name="light.order", fields=told, base=base)
            unordered.append((text(standing, "place"), edit))
    report.raised += await write_edits(platform, raises)
    report.changed += await write_edits(platform, changes) + await write_edits(platform, unordered)
    await _clear(platform, gone, report)


def _fields_of(one: Wanted, standing: Fields, reds: Mapping[str, int], listeners: Listeners) -> dict[str, object]:
    level = one.level
    if not one.holder.startswith("account:"):  # how often a unit is late is looked at, how often a person is, is not
        own = text(standing, "level") in (Level.RED, Level.RED_PLUS) and text(standing, "holder") == one.holder
        level = with_repeats(level, reds.get(one.holder, 0) - own)
    fields: dict[str, object] = {
        "place": one.place,
        "about": one.about,
        "about_kind": one.about_kind,
        "code": one.code,
        "level": level.value,
        "holder": one.holder,
        "due": one.due,
        "number": one.number,
        "count": one.count,
    }
    told = listeners.of(one.holder) if level in LEVELS_TOLD or one.holder.startswith("account:") else ()
    if level is not Level.UNKNOWN:
        fields["told"] = list(told)
    if level in ORDERED:
        fields["watchers"] = list(listeners.watching(one.place))
    return {name: value for name, value in fields.items() if value not in ("", 0)}


def _differs(name: str, value: object, standing: Fields) -> bool:
    if name == "count":
        return integer(standing, name) != value
    return standing.get(name) != value


async def _clear_unseen(platform: Platform, seen: Collection[str], report: LightReport) -> None:
    """What shines and should no more, because what it is about is out of reach now: paused, over, or in contact."""
    for state in _LIT:
        after = ""
        while True:
            async with platform.database.read() as snapshot:
                rows = [row[0] for row in await snapshot.fetch(_OPEN, [state, after, PAGE])]
            await _clear(platform, [light for light in rows if light not in seen], report)
            if len(rows) < PAGE:
                break
            after = rows[-1]


async def _clear(platform: Platform, lights: Sequence[str], report: LightReport) -> None:
    async with platform.database.read() as snapshot:
        there = await standing_of(snapshot, platform, "light", lights)
    edits = [
        (text(fields, "place"), DeskEdit(kind="light", record=light, name="light.clear", fields={}, base=base))
        for light, (base, fields) in there.items()
    ]
    report.cleared += await write_edits(platform, edits)
