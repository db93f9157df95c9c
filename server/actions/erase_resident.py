"""Empties everything that the centre holds about one resident, and leaves the chain of the log whole.

Laws: bodies are emptied by changes, so devices are told; then former bodies, lines of the log, files and observations
go, while every link stays and verifying finds nothing. It can be begun again after a crash. Whoever still has a case
open is not erased: the case is withdrawn or finished first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.actions.centre_writes import EDITS_MAX, standing_of
from server.actions.desk_change import DeskEdit, desk_change
from server.actions.platform import Platform
from server.actions.take_step import centre_itself
from server.domain.cases.lifecycle import CaseState, needs_holder, parse_state
from server.domain.cases.materials import pages_of
from server.domain.record_fields import Fields, family, text
from server.merge_policies.erasure import ERASED_AT, OUTCOMES, STAYS, erase_name
from server.storage.change_log import history_place
from server.storage.file_rows import erase_files
from server.storage.people import record_event
from server.storage.records import place_of
from server.storage.schema.records import KIND_TABLES
from server.storage.sealing import SealBroken
from server.storage.table_copy import TableShape, rows_of
from server.storage.unit_of_work import Snapshot
from sync.core.codec import read_fields
from sync.core.ids import timed_id

_NAMED: tuple[tuple[str, str], ...] = (("consent", "resident"), ("case", "resident"), ("ticket", "resident"))
_SCANNED = ("service_log", "licence", "notice")
_GROUP = 500
_EMPTY_LINES = """UPDATE changes SET line = NULL, salt = NULL, detail = NULL WHERE record IN (?*)
                  AND line IS NOT NULL AND code <> 'parked' AND name NOT LIKE '%.erase'"""
_TOLD = "SELECT o.id, c.record FROM changes c JOIN outcomes o ON o.id = c.id WHERE c.record IN (?*)"


class ResidentUnknown(Exception):
    """There is no such resident."""


class CasesOpen(Exception):
    """A case of the resident is not over."""


@dataclass(frozen=True)
class ErasureReport:
    """`waiting`: lines of changes that wait for something else and are emptied once they are settled."""

    records: int
    lines: int
    files: int
    waiting: int


async def erase_resident(platform: Platform, resident: str, *, why: str, actor: str) -> ErasureReport:
    """`why` and `actor` go into the log of account events. Raises ResidentUnknown or CasesOpen."""
    async with platform.database.read() as snapshot:
        found = await records_about(platform, snapshot, resident)
        files = await _files_of(platform, snapshot, found)
    now = platform.clock.wall_ms()
    async with platform.database.write() as tx:
        await tx.execute_many(
            "INSERT INTO erasures (record, kind, resident, at, why) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(record, kind, resident, now, why[:200]) for kind, records in found.items() for record in records],
        )
    emptied = 0
    for kind, records in found.items():
        emptied += await _empty(platform, kind, records)
    lines, waiting = await empty_the_log(platform, found)
    async with platform.database.write() as tx:
        for file in files:
            await erase_files(tx, file)
        await record_event(
            tx,
            event=timed_id(now, platform.randomness(10)),
            at_ms=now,
            actor=actor,
            verb="erase_resident",
            account="",
            detail={"resident": resident, "why": why, "records": emptied, "lines": lines, "files": len(files)},
        )
    return ErasureReport(emptied, lines, len(files), waiting)


async def records_about(platform: Platform, snapshot: Snapshot, resident: str) -> dict[str, list[str]]:
    """Kind → records about the resident, the resident first."""
    there = await standing_of(snapshot, platform, "resident", [resident])
    if not there:
        raise ResidentUnknown(f"there is no resident {resident}")
    found: dict[str, list[str]] = {"resident": [resident]}
    for kind, column in _NAMED:
        table = KIND_TABLES[kind].table
        rows = await snapshot.fetch(f"SELECT id FROM {table} WHERE {column} = ? ORDER BY id", [resident])  # noqa: S608
        found[kind] = [row[0] for row in rows]
    states = await _pairs(snapshot, "SELECT id, state FROM cases WHERE id IN (?*)", found["case"])
    if open_cases := [case for case, state in states if _is_open(state)]:
        raise CasesOpen(f"{len(open_cases)} cases are not over: {', '.join(open_cases[:5])}")
    found["rating"] = [
        row[0] for row in await _pairs(snapshot, "SELECT id, state FROM ratings WHERE of_case IN (?*)", found["case"])
    ]
    about = {record for records in found.values() for record in records}
    found["conflict"] = [
        row[0] for row in await _pairs(snapshot, "SELECT id, state FROM conflicts WHERE record IN (?*)", sorted(about))
    ]
    about.update(found["conflict"])
    for kind in _SCANNED:
        found[kind] = [
            record
            async for record, fields in _bodies(platform, snapshot, kind)
            if text(fields, "resident") == resident or text(fields, "about") in about
        ]
    return found


def _is_open(state: str | None) -> bool:
    parsed = parse_state(state or "")
    return parsed is not None and parsed is not CaseState.DRAFT and needs_holder(parsed)


async def _pairs(snapshot: Snapshot, sql: str, ids: Sequence[str]) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for start in range(0, len(ids), _GROUP):
        found += [(row[0], row[1]) for row in await snapshot.fetch(sql, [list(ids[start : start + _GROUP])])]
    return found


async def _bodies(platform: Platform, snapshot: Snapshot, kind: str) -> AsyncIterator[tuple[str, Fields]]:
    table = KIND_TABLES[kind].table
    async for rows in rows_of(snapshot, TableShape(table, ("id", "body"), ("id",))):
        for record, body in rows:
            try:
                yield record, read_fields(platform.sealing.open(place_of(table, record), bytes(body)))
            except SealBroken:
                continue  # verifying tells of it


async def _files_of(platform: Platform, snapshot: Snapshot, found: dict[str, list[str]]) -> list[str]:
    files: set[str] = set()
    for kind in ("case", "consent", "licence"):
        for _, fields in (await standing_of(snapshot, platform, kind, found.get(kind, []))).values():
            files.update(_files_in(fields))
    return sorted(files)


def _files_in(fields: Fields) -> Iterator[str]:
    for group in (fields, fields.get("promise"), *family(fields, "material.").values()):
        yield from (file for file, _ in pages_of(group))
        if isinstance(group, Mapping):
            yield from filter(None, (text(group, "signature_file"),))


async def _empty(platform: Platform, kind: str, records: Sequence[str]) -> int:
    """As changes of the centre, each naming the state it empties; what is empty already is left."""
    assert kind in STAYS, f"{kind} is not about a person"
    count = 0
    for start in range(0, len(records), EDITS_MAX):
        some = records[start : start + EDITS_MAX]
        table = KIND_TABLES[kind].table
        async with platform.database.read() as snapshot:
            there = await standing_of(snapshot, platform, kind, some)
            buckets = await snapshot.fetch(f"SELECT DISTINCT bucket FROM {table} WHERE id IN (?*)", [list(some)])  # noqa: S608
            told: dict[str, list[str]] = {}
            for outcome, record in await snapshot.fetch(_TOLD, [list(some)]):
                told.setdefault(record, []).append(outcome)
        edits = [
            DeskEdit(
                kind=kind, record=record, name=erase_name(kind), fields={OUTCOMES: told.get(record, [])}, base=base
            )
            for record, (base, fields) in there.items()
            if not text(fields, ERASED_AT)
        ]
        if not edits:
            continue
        written = await desk_change(
            platform.database,
            platform.writer,
            await centre_itself(platform),
            edits,
            buckets={row[0] for row in buckets},
            now_ms=platform.clock.wall_ms(),
            randomness=platform.randomness,
        )
        count += sum(outcome.code.has_effect for outcome in written.outcomes)
    return count


async def empty_the_log(platform: Platform, found: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """Former bodies, lines, details and observations of these records. (lines emptied, lines that still wait)"""
    lines = waiting = 0
    for kind, records in found.items():
        for start in range(0, len(records), _GROUP):
            some = list(records[start : start + _GROUP])
            async with platform.database.write() as tx:
                revs = await tx.fetch(f"SELECT id, rev FROM {KIND_TABLES[kind].table} WHERE id IN (?*)", [some])  # noqa: S608
                places = [(history_place(kind, record, one),) for record, rev in revs for one in range(1, rev)]
                await tx.execute_many("UPDATE history SET body = NULL WHERE at = ? AND body IS NOT NULL", places)
                lines += await tx.execute(_EMPTY_LINES, [some])
                await tx.execute("DELETE FROM observed_images WHERE case_id IN (?*)", [some])
                await tx.execute("DELETE FROM observations WHERE case_id IN (?*)", [some])
                [(parked,)] = await tx.fetch(
                    "SELECT count(*) FROM changes WHERE record IN (?*) AND code = 'parked'", [some]
                )
                waiting += parked
    return lines, waiting
