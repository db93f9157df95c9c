"""Owns how changes become rows of the log and come back: the change itself, what waits, what a record was.

Laws: a change's line is kept as it came. Its outcome alone may still be altered. History keeps every body that was
replaced under its kind, record and rev.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from server.storage.schema.records import KIND_TABLES
from server.storage.sealing import Sealing
from server.storage.unit_of_work import Query, Row, Statement
from sync.central.known import KnownChange, PastBody
from sync.central.plan import ChainedEntry
from sync.core.changes import OutcomeCode

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_CODES = {code.value: code for code in OutcomeCode}

KNOWN_COLUMNS = """id, account, device, chain_epoch, seq, hash, kind, name, record, received_at, code, bucket, version,
    base_rev, rev, conflict, reason, detail"""
_KNOWN_OF_C = ", ".join(f"c.{column.strip()}" for column in KNOWN_COLUMNS.split(","))

INSERT_COLUMNS = (
    "id",
    "reused",
    "device",
    "chain_epoch",
    "seq",
    "hash",
    "kind",
    "name",
    "record",
    "account",
    "code",
    "reason",
    "bucket",
    "version",
    "base_rev",
    "rev",
    "conflict",
    "detail",
    "received_at",
    "captured_wall",
    "carrier",
    "log_bucket",
    "place",
    "link",
    "salt",
    "line",
)


def changes_query(ids: Sequence[str]) -> Query:
    return f"SELECT {KNOWN_COLUMNS} FROM changes WHERE reused = 0 AND id IN (?*)", (list(ids),)  # noqa: S608


def stored_query(device: str, chain_epoch: int, first_seq: int, last_seq: int) -> Query:
    return (
        f"""SELECT {KNOWN_COLUMNS} FROM changes
            WHERE device = ? AND chain_epoch = ? AND seq BETWEEN ? AND ?""",  # noqa: S608
        (device, chain_epoch, first_seq, last_seq),
    )


def waiting_query(what: Sequence[str]) -> Query:
    """What waits, oldest first: (what, line, the known change's columns)."""
    return (
        f"""SELECT w.what, c.line, {_KNOWN_OF_C} FROM waits w JOIN changes c ON c.id = w.change AND c.reused = 0
            WHERE w.what IN (?*) ORDER BY c.position""",  # noqa: S608
        (list(what),),
    )


def waited_for_queries(accounts: Collection[str] | None) -> list[Query]:
    """Records that changes of these accounts (None: of all) wait for, and that are there and theirs; one a kind."""
    whose = "" if accounts is None else " AND c.account IN (?*)"
    parameters: tuple[object, ...] = () if accounts is None else (sorted(accounts),)
    return [
        (
            f"""SELECT w.what FROM waits w JOIN changes c ON c.id = w.change AND c.reused = 0
                JOIN {table.table} r ON r.id = w.what
                JOIN grants g ON g.account = c.account AND g.bucket = r.bucket AND g.ended_at IS NULL
                WHERE c.code = 'parked'{whose}""",  # noqa: S608
            parameters,
        )
        for table in KIND_TABLES.values()
    ]


def history_query(places: Sequence[str]) -> Query:
    return "SELECT at, hash, body FROM history WHERE at IN (?*)", (list(places),)


def keys_query(keys: Sequence[str]) -> Query:
    return "SELECT id, record FROM natural_keys WHERE id IN (?*)", (list(keys),)


def known_of(row: Row, sealing: Sealing) -> KnownChange:
    """A row of KNOWN_COLUMNS."""
    detail: Any = _decode(sealing.open(f"detail/{row[0]}", bytes(row[17]))) if row[17] is not None else {}
    return KnownChange(
        id=row[0],
        account=row[1],
        device=row[2],
        chain_epoch=row[3],
        seq=row[4],
        hash=bytes(row[5]),
        kind=row[6],
        name=row[7],
        record=row[8],
        received_at=row[9],
        code=_CODES[row[10]],
        bucket=row[11],
        version=row[12],
        base_rev=row[13],
        rev=row[14],
        conflict=row[15],
        reason=row[16],
        detail=detail,
    )


def line_place(change: str) -> str:
    """What a line's seal is bound to."""
    return f"changes/{change}"


def history_place(kind: str, record: str, rev: int) -> str:
    """The key of a body that was replaced, and what its seal is bound to."""
    return f"{kind}/{record}/{rev}"


def entry_row(chained: ChainedEntry, sealing: Sealing, *, plain: bool) -> tuple[object, ...]:
    """In the order of INSERT_COLUMNS."""
    entry, change = chained.entry, chained.entry.change
    line = Sealing.keep_plain(entry.line) if plain else sealing.seal(line_place(change.id), entry.line)
    return (
        change.id,
        int(entry.reused),
        change.device,
        change.chain_epoch,
        change.seq,
        change.hash,
        change.kind,
        change.name,
        change.record,
        entry.author.account,
        change.code.value,
        change.reason,
        change.bucket,
        change.version,
        change.base_rev,
        change.rev,
        change.conflict,
        _kept_detail(change, sealing),
        entry.received_at,
        entry.captured_wall,
        entry.carrier,
        entry.bucket,
        chained.position,
        chained.hash,
        chained.salt,
        line,
    )


def _kept_detail(change: KnownChange, sealing: Sealing) -> bytes | None:
    return sealing.seal(f"detail/{change.id}", _encode(change.detail)) if change.detail else None


def outcome_statements(released: Sequence[KnownChange], sealing: Sealing) -> list[Statement]:
    """New outcomes of changes that are in the log already; nothing waits for anything in their name any more."""
    if not released:
        return []
    rows = [
        (
            one.code.value,
            one.reason,
            one.bucket,
            one.version,
            one.base_rev,
            one.rev,
            one.conflict,
            _kept_detail(one, sealing),
            one.id,
        )
        for one in released
    ]
    return [
        (
            """UPDATE changes SET code = ?, reason = ?, bucket = ?, version = ?, base_rev = ?, rev = ?, conflict = ?,
               detail = ? WHERE id = ? AND reused = 0""",
            rows,
        ),
        ("DELETE FROM waits WHERE change = ?", [(one.id,) for one in released]),
    ]


def waiting_statements(
    parked: Iterable[tuple[str, frozenset[str]]], rewaits: Mapping[str, frozenset[str]]
) -> list[Statement]:
    """`parked`: changes that wait from now on; `rewaits`: changes that wait for something else from now on."""
    waits = {change: what for change, what in parked if what and change not in rewaits}
    found: list[Statement] = []
    if rewaits:
        found.append(("DELETE FROM waits WHERE change = ?", [(change,) for change in rewaits]))
        waits |= rewaits
    rows = [(what, change) for change, all_of_it in waits.items() for what in sorted(all_of_it)]
    if rows:
        found.append(("INSERT INTO waits (what, change) VALUES (?, ?)", rows))
    return found


def history_rows(past: Iterable[tuple[str, str, PastBody]], sealing: Sealing, plain: frozenset[str]) -> list[Row]:
    rows = []
    for kind, record, body in past:
        place = history_place(kind, record, body.rev)
        kept = Sealing.keep_plain(body.body) if kind in plain else sealing.seal(place, body.body)
        rows.append((place, body.hash, kept))
    return rows


def key_statements(keys: Mapping[str, tuple[str, str] | None]) -> list[Statement]:
    held = [(key, *holder) for key, holder in keys.items() if holder is not None]
    let_go = [(key,) for key, holder in keys.items() if holder is None]
    found: list[Statement] = []
    if let_go:
        found.append(("DELETE FROM natural_keys WHERE id = ?", let_go))
    if held:
        found.append(
            (
                """INSERT INTO natural_keys (id, kind, record) VALUES (?, ?, ?)
                   ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, record = excluded.record""",
                held,
            )
        )
    return found
