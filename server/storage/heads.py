"""Owns the rows of buckets and of devices' chains: where each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.storage.unit_of_work import Engine, Query, Row, Statement
from sync.central.known import ChainState
from sync.central.plan import EMPTY_HEAD, Head

_HEAD = "head, sum, row_count, log_hash, log_length"


def heads_query(buckets: Sequence[str], engine: Engine, *, lock: bool) -> Query:
    """In the order of their ids, so that nobody who locks them can wait in a circle."""
    end = " FOR UPDATE" if lock and engine is Engine.POSTGRES else ""
    return f"SELECT id, {_HEAD} FROM buckets WHERE id IN (?*) ORDER BY id{end}", (sorted(buckets),)  # noqa: S608


def head_of(row: Row) -> Head:
    """A row of head, sum, row_count, log_hash, log_length."""
    head, total, count, log_hash, log_length = row
    return Head(head, int.from_bytes(total, "big"), count, bytes(log_hash), log_length)


def entitled_query(account: str) -> Query:
    """(bucket, generation, head's columns) of what an account may read now. A bucket without rows has none of these."""
    return (
        """SELECT g.bucket, g.generation, b.head, b.sum, b.row_count, b.log_hash, b.log_length
           FROM grants g LEFT JOIN buckets b ON b.id = g.bucket
           WHERE g.account = ? AND g.ended_at IS NULL ORDER BY g.bucket""",
        (account,),
    )


def head_or_empty(row: Row) -> Head:
    return head_of(row) if row[0] is not None else EMPTY_HEAD


def head_statements(heads: Mapping[str, Head]) -> list[Statement]:
    rows = [
        (bucket, head.version, head.sum.to_bytes(16, "big"), head.rows, head.log_hash, head.log_length)
        for bucket, head in sorted(heads.items())
    ]
    if not rows:
        return []
    return [
        (
            f"""INSERT INTO buckets (id, {_HEAD}) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET head = excluded.head, sum = excluded.sum,
                row_count = excluded.row_count, log_hash = excluded.log_hash, log_length = excluded.log_length""",  # noqa: S608
            rows,
        )
    ]


def chain_statements(chains: Mapping[str, ChainState]) -> list[Statement]:
    rows = [(device, chain.epoch, chain.last_seq, chain.hash) for device, chain in chains.items()]
    if not rows:
        return []
    return [
        (
            """INSERT INTO chains (device, chain_epoch, last_seq, hash) VALUES (?, ?, ?, ?)
               ON CONFLICT (device, chain_epoch) DO UPDATE SET last_seq = excluded.last_seq, hash = excluded.hash""",
            rows,
        )
    ]
