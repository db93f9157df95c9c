"""Owns how a record becomes a row of its kind's table and comes back, and how devices read along a bucket.

Laws: the body goes in and out as the exact line; only its envelope differs by kind. Stamps are kept grouped by the
change that set them and read only when merge asks, since most records are loaded to be looked at, not to be merged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter

import msgspec

from server.storage.schema.records import KIND_TABLES, KindTable
from server.storage.sealing import Sealing
from server.storage.store import FeedRow
from server.storage.unit_of_work import Engine, Query, Row, Snapshot, Statement
from sync.central.known import Record, Stamp
from sync.central.plan import Exit

_BASE = ("id", "bucket", "version", "rev")
_LAST = ("natural_keys", "stamps", "body")

_Groups = list[tuple[int, str, str, list[str]]]  # rev, identity, change, the fields it set
_read_groups = msgspec.json.Decoder(_Groups)
_encode = msgspec.json.Encoder().encode


class KeptStamps(Mapping[str, Stamp]):
    """A record's stamps as they were kept, read when somebody looks."""

    __slots__ = ("_kept", "_stamps")

    def __init__(self, kept: bytes) -> None:
        self._kept = kept
        self._stamps: dict[str, Stamp] | None = None

    def _read(self) -> dict[str, Stamp]:
        if self._stamps is None:
            self._stamps = {
                name: Stamp(rev, identity, change)
                for rev, identity, change, names in _read_groups.decode(self._kept)
                for name in names
            }
        return self._stamps

    def __getitem__(self, name: str) -> Stamp:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def encode_stamps(stamps: Mapping[str, Stamp]) -> bytes:
    """Grouped, since one change sets many fields at once."""
    groups: dict[Stamp, list[str]] = {}
    last, names = None, []
    for name, stamp in stamps.items():
        if stamp is not last:  # neighbours mostly come from one change
            last, names = stamp, groups.setdefault(stamp, [])
        names.append(name)
    return _encode([(*stamp, names) for stamp, names in groups.items()])


def place_of(table: str, record: str) -> str:
    """What a row's seal is bound to."""
    return f"{table}/{record}"


def records_query(kind: str, ids: Sequence[str]) -> Query:
    table = KIND_TABLES[kind].table
    return (
        f"SELECT id, bucket, version, rev, natural_keys, stamps, body FROM {table} WHERE id IN (?*)",  # noqa: S608
        (list(ids),),
    )


def kinds_query(ids: Sequence[str], engine: Engine) -> Query:
    """(kind, id) of every record under one of these ids, in one statement whatever the number of kinds."""
    if engine is Engine.SQLITE:
        return _kinds_on_sqlite(), (_encode(ids).decode(),)
    return f"SELECT kind, id FROM ({_every_id()}) AS everything WHERE id IN (?*)", (list(ids),)  # noqa: S608


@cache
def _every_id() -> str:
    return " UNION ALL ".join(f"SELECT '{one.kind}' AS kind, id FROM {one.table}" for one in KIND_TABLES.values())  # noqa: S608


@cache
def _kinds_on_sqlite() -> str:
    """SQLite would build the list of ids anew for each table; read from one list they cost a quarter."""
    parts = " UNION ALL ".join(
        f"SELECT '{one.kind}', wanted.id FROM wanted CROSS JOIN {one.table} AS there ON there.id = wanted.id"  # noqa: S608
        for one in KIND_TABLES.values()
    )
    return f"WITH wanted AS MATERIALIZED (SELECT value AS id FROM json_each(?)) {parts}"  # noqa: S608


def record_of(kind: str, row: Row, sealing: Sealing) -> Record:
    ident, bucket, version, rev, keys, stamps, body = row
    line = sealing.open(place_of(KIND_TABLES[kind].table, ident), bytes(body))
    held = frozenset(keys.split("\n")) if keys else frozenset()
    return Record(kind, ident, rev, bucket, version, line, KeptStamps(bytes(stamps)), held)


def columns_of(table: KindTable) -> tuple[str, ...]:
    return (*_BASE, *table.columns, *_LAST)


def row_of(record: Record, derived: Mapping[str, object], sealing: Sealing, *, plain: bool) -> tuple[object, ...]:
    """In the order of `columns_of`."""
    table = KIND_TABLES[record.kind]
    body = Sealing.keep_plain(record.body) if plain else sealing.seal(place_of(table.table, record.id), record.body)
    return (
        record.id,
        record.bucket,
        record.version,
        record.rev,
        *[derived.get(column) for column in table.columns],
        "\n".join(sorted(record.keys)),
        encode_stamps(record.stamps),
        body,
    )


@cache
def update_sql(table: KindTable) -> str:
    """Takes a row of `columns_of`, then its id again."""
    assignments = ", ".join(f"{column} = ?" for column in columns_of(table))
    return f"UPDATE {table.table} SET {assignments} WHERE id = ?"  # noqa: S608


def exit_statements(exits: Iterable[Exit], moved_to: Collection[tuple[str, str]]) -> list[Statement]:
    """`moved_to`: (bucket, record) of records that came into a bucket, perhaps back: their old exits there go."""
    found: list[Statement] = []
    if moved_to:
        found.append(("DELETE FROM exits WHERE bucket = ? AND record = ?", [tuple(one) for one in moved_to]))
    rows = [(one.bucket, one.record, one.version, one.kind) for one in exits]
    if rows:
        found.append(
            (
                """INSERT INTO exits (bucket, record, version, kind) VALUES (?, ?, ?, ?)
                   ON CONFLICT (bucket, record) DO UPDATE SET version = excluded.version, kind = excluded.kind""",
                rows,
            )
        )
    return found


_BEYOND = "bucket = ? AND (version, {id}) > (?, ?) AND version <= ?"
_HAS = "SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table} WHERE " + _BEYOND + ")"  # noqa: S608
_PART = "SELECT {id}, version, {body} FROM {table} WHERE " + _BEYOND + " ORDER BY version, {id} LIMIT ?"  # noqa: S608
_EXITS = "exits"


@cache
def _sources_sql() -> str:
    """Which tables have anything for a reader: one look into each one's own index."""
    return " UNION ALL ".join(
        _HAS.format(table=source, id=_id_column(source))
        for source in (*(one.table for one in KIND_TABLES.values()), _EXITS)
    )


@cache
def _part_sql(source: str) -> str:
    """Keeps to the source's own index and ends after as many rows as the page may have."""
    body = "CAST(NULL AS BYTEA)" if source == _EXITS else "body"
    return _PART.format(table=source, id=_id_column(source), body=body)


def _id_column(source: str) -> str:
    return "record" if source == _EXITS else "id"


async def read_rows(
    snapshot: Snapshot, bucket: str, after: tuple[int, str], upto: int, limit: int, sealing: Sealing
) -> list[FeedRow]:
    """Rows and exits after (version, record), up to version `upto`.

    A bucket has rows in a few tables of many. To ask all of them in one statement, ordered together, took five times as
    long: every body was copied twice and sorted.
    """
    part = (bucket, *after, upto)
    sources = [row[0] for row in await snapshot.fetch(_sources_sql(), part * (len(KIND_TABLES) + 1))]
    found = await snapshot.fetch_each([(_part_sql(source), (*part, limit)) for source in sources]) if sources else []
    rows = [
        (version, ident, source, body)
        for source, some in zip(sources, found, strict=True)
        for ident, version, body in some
    ]
    if len(sources) > 1:
        rows.sort(key=itemgetter(0, 1))
    return [
        FeedRow(ident, version, sealing.open(place_of(source, ident), bytes(body)) if body is not None else None)
        for version, ident, source, body in rows[:limit]
    ]
