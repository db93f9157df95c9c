"""Tells those at the low end of a frozen month, each alone, and offers help: a task at their own desk.

Laws: nobody else's figures are in it and it stands in no list; only areas are told whose counts leave no doubt. One
task an area and edition, whoever runs this and how often.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from server.actions.centre_writes import write_edits
from server.actions.desk_change import DeskEdit
from server.actions.export_bulletin import shown
from server.actions.platform import Platform
from server.domain.people.entitlement import Directory
from server.domain.people.reach import place_holder, unit_holder
from server.domain.record_fields import text
from server.domain.supervision.bulletins import BEST_COUNTIES, BEST_TOWNS, BEST_UNITS, Span, table_of
from server.domain.supervision.indicators import INDICATORS, Counts, lowest, weakest
from server.domain.supervision.tasks import TaskCode
from sync.central.known import Record
from sync.core.ids import derived_id

_TABLES = (("counties", BEST_COUNTIES), ("units", BEST_UNITS), ("towns", BEST_TOWNS))
"""As many at most as are named best."""
_THERE = "SELECT id FROM tasks WHERE id IN (?*)"


async def tell_low_end(platform: Platform, bulletin: Record) -> int:
    """How many were told now. `bulletin`: the city's, frozen."""
    if text(bulletin.fields, "span") != Span.MONTHLY:
        return 0
    wanted = dict(_tasks(bulletin, await platform.directory()))
    async with platform.database.read() as snapshot:
        there = {row[0] for row in await snapshot.fetch(_THERE, [list(wanted)])} if wanted else set()
    return await write_edits(
        platform,
        [
            (fields["place"], DeskEdit(kind="task", record=task, name="task.open", fields=fields))
            for task, fields in wanted.items()
            if task not in there
        ],
    )


def _tasks(bulletin: Record, directory: Directory) -> Iterator[tuple[str, dict[str, str]]]:
    for name, how_many in _TABLES:
        table = table_of(bulletin.fields, name)
        for area in lowest(table, how_many):
            place = directory.units[area].place if area in directory.units else area
            if place not in directory.places:
                continue
            yield (
                derived_id("task", TaskCode.BULLETIN_HELP, bulletin.id, area),
                {
                    "place": place,
                    "code": TaskCode.BULLETIN_HELP.value,
                    "about": bulletin.id,
                    "about_kind": "bulletin",
                    "text": _said(text(bulletin.fields, "period"), table, area),
                    "holder": unit_holder(area) if area in directory.units else place_holder(area),
                },
            )


def _said(period: str, table: Mapping[str, Counts], area: str) -> str:
    counts = dict(zip(INDICATORS, table[area].pairs, strict=True))
    weak = weakest(table, area)
    zh = "、".join(f"{one.zh}{shown(one, counts[one]).partition(' ')[0]}" for one in weak)
    en = ", ".join(f"{one.en} {shown(one, counts[one]).partition(' ')[0]}" for one in weak)
    return (
        f"{period[:4]}年{period[5:]}月，贵处有指标明显低于多数：{zh}。这只告诉贵处，不公开、不排名。请看看难在哪里、需要什么帮助，"
        f"写在说明里。 In this month some of your figures were clearly below most: {en}. Nobody else is told. "
        "Please say what is hard and what would help."
    )
