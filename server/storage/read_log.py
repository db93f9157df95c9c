"""Owns how looks at records become rows of the read log and come back: its links, its end, what is gone from it.

    link   SHA-256(previous ‖ position, at, account, kind, record ‖ SHA-256(the sealed reason))
    seal   a keyed hash over the log's length, its last link and what is gone

Laws: rows are added at the end, under the log's own lock, and the end is written with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from server.storage.people import lock_of
from server.storage.sealing import Sealing
from server.storage.table_copy import TableShape
from server.storage.unit_of_work import Row, Snapshot, Transaction
from sync.core.chain import content_hash

CHAIN = "reads"
"""How signed ends name this log among the buckets' chains."""
GENESIS = content_hash(b"bangban-reads-1")
READS = TableShape("reads", ("position", "at", "account", "kind", "record", "link", "reason"), ("position",))
_END = "SELECT length, link, gone_upto, gone_link, seal FROM read_log WHERE id = 1"
_WRITE_END = """INSERT INTO read_log (id, length, link, gone_upto, gone_link, seal) VALUES (1, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET length = excluded.length, link = excluded.link,
                gone_upto = excluded.gone_upto, gone_link = excluded.gone_link, seal = excluded.seal"""


class Look(NamedTuple):
    """One look at one record. `at` in ms."""

    at: int
    account: str
    kind: str
    record: str
    reason: str


class ReadEnd(NamedTuple):
    """Where the log ends, and up to which position its beginning was lawfully deleted."""

    length: int = 0
    link: bytes = GENESIS
    gone_upto: int = 0
    gone_link: bytes = GENESIS
    seal: str = ""

    def sealed(self, sealing: Sealing) -> ReadEnd:
        told = f"read-log {self.length} {self.link.hex()} {self.gone_upto} {self.gone_link.hex()}"
        return self._replace(seal=sealing.keyed_index(told))


def reason_place(position: int) -> str:
    """What a reason's seal is bound to."""
    return f"reads/{position}"


def link_of(previous: bytes, position: int, at: int, account: str, kind: str, record: str, kept_reason: bytes) -> bytes:
    """`kept_reason` as it is sealed: so the log can be checked without opening it."""
    told = f"{position}\n{at}\n{account}\n{kind}\n{record}\n".encode()
    return content_hash(previous + told + content_hash(kept_reason))


async def read_end(snapshot: Snapshot) -> ReadEnd:
    row = await snapshot.fetch_one(_END)
    if row is None:
        return ReadEnd()
    length, link, gone_upto, gone_link, seal = row
    return ReadEnd(length, bytes(link), gone_upto, bytes(gone_link), seal)


async def locked_end(tx: Transaction) -> ReadEnd:
    """The end, which nobody else moves until this transaction is over."""
    await tx.lock_keys([lock_of("reads", "")])
    return await read_end(tx)


async def write_end(tx: Transaction, end: ReadEnd, sealing: Sealing) -> None:
    await tx.execute(_WRITE_END, list(end.sealed(sealing)))


async def append_looks(tx: Transaction, looks: Sequence[Look], sealing: Sealing) -> None:
    """Adds the looks in their order."""
    end = await locked_end(tx)
    rows: list[Row] = []
    position, link = end.length, end.link
    for look in looks:
        position += 1
        reason = sealing.seal(reason_place(position), look.reason.encode())
        link = link_of(link, position, look.at, look.account, look.kind, look.record, reason)
        rows.append((position, look.at, look.account, look.kind, look.record, link, reason))
    await tx.insert_many("reads", READS.columns, rows)
    await write_end(tx, end._replace(length=position, link=link), sealing)


def look_of(row: Row, sealing: Sealing) -> Look:
    """A row of READS. Raises SealBroken."""
    position, at, account, kind, record, _link, reason = row
    return Look(at, account, kind, record, sealing.open(reason_place(position), bytes(reason)).decode())
