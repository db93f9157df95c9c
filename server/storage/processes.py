"""Keeps what each process of the server last told of itself: a row a process, and none of one that ended well.

Law: a row holds numbers and no name of a person. One that was not renewed is only old, and is swept.
"""

from __future__ import annotations

from typing import NamedTuple

from server.storage.unit_of_work import Snapshot, Transaction

_COLUMNS = "id, host, pid, started_at, seen_at, memory, pages, sockets, slowed, refused, put_off"
_KEEP = f"""INSERT INTO processes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, memory = excluded.memory, pages = excluded.pages,
            sockets = excluded.sockets, slowed = excluded.slowed, refused = excluded.refused,
            put_off = excluded.put_off"""  # noqa: S608


class ProcessRow(NamedTuple):
    """Times in ms, memory in bytes, the most there ever was. `pages` and `sockets`: live ones that are open now.
    Since it began, `slowed`: sign-ins and look-ups that had to wait; `refused`: requests over their rate; `put_off`:
    devices that were told a time to come.
    """

    id: str
    host: str
    pid: int
    started_at: int
    seen_at: int
    memory: int
    pages: int
    sockets: int
    slowed: int
    refused: int
    put_off: int


async def keep_process(tx: Transaction, row: ProcessRow) -> None:
    await tx.execute(_KEEP, list(row))


async def processes(snapshot: Snapshot) -> list[ProcessRow]:
    """The longest running first."""
    rows = await snapshot.fetch(f"SELECT {_COLUMNS} FROM processes ORDER BY started_at, id")  # noqa: S608
    return [ProcessRow(*row) for row in rows]


async def drop_process(tx: Transaction, process: str) -> None:
    await tx.execute("DELETE FROM processes WHERE id = ?", [process])


async def sweep_processes(tx: Transaction, before: int) -> int:
    """Those not heard of since."""
    return await tx.execute("DELETE FROM processes WHERE seen_at < ?", [before])
