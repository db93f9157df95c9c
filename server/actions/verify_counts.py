"""Checks counts: each kept number against the rows it counts."""

from __future__ import annotations

from server.actions.verify_findings import Findings
from server.storage.counts import read_anew, read_count
from server.storage.schema.counts import COUNTS
from server.storage.unit_of_work import Engine, Snapshot


async def verify_counts(snapshot: Snapshot, engine: Engine, findings: Findings) -> None:
    for count in COUNTS:
        kept, found = await read_count(snapshot, count), await read_anew(snapshot, count, engine)
        for key in sorted(kept.keys() | found.keys()):
            if kept.get(key) != found.get(key):
                where = " ".join(one or "-" for one in key)
                findings.add(
                    "count_differs", where, f"{count.table} {kept.get(key, [0])[0]} of {found.get(key, [0])[0]}"
                )
