"""Puts a record straight into its table, sealed and with its columns, as if its changes had come long ago."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from server.actions.platform import Platform
from server.domain.cases.numbers import official_number, temporary_receipt
from server.storage.counts import added_statements
from server.storage.records import columns_of, row_of
from server.storage.schema.records import KIND_TABLES
from sync.central.known import Record
from sync.core.codec import encode_body
from tests.small_centre import VILLAGE, SmallCentre

RECEIPT = temporary_receipt("0A3K", date(2026, 11, 22), 7)
NUMBER = official_number(VILLAGE, date(2026, 11, 22), 0, 1)


async def put_record(small: SmallCentre, kind: str, record: str, fields: dict[str, Any], *, bucket: str = "") -> None:
    """`bucket`: the kind's own when it is not named."""
    policy = small.centre.policies[kind]
    where = bucket or policy.bucket(fields)
    made = Record(kind, record, 1, where, 1, encode_body(kind, record, 1, dict(fields)), {})
    async with small.centre.database.write() as tx:
        row = row_of(made, policy.columns(fields), small.centre.sealing, plain=not policy.personal)
        shape = KIND_TABLES[kind]
        await tx.insert_many(shape.table, columns_of(shape), [row])
        await tx.batch(added_statements(shape.table, columns_of(shape), [row]))


async def put_person(platform: Platform, village: str, *, resident: str = "1" * 32, case: str = "a" * 32) -> None:
    """A resident of the village with a case, for what may only name those who are there."""
    small = cast(SmallCentre, SimpleNamespace(centre=platform))
    await put_record(small, "resident", resident, {"name": "王秀英", "village": village})
    fields = {"resident": resident, "item": "2" * 32, "item_version": 1, "village": village, "state": "received"}
    await put_record(small, "case", case, fields)


def case_of(small: SmallCentre, **changed: Any) -> dict[str, Any]:
    """A delivered case of the village's first resident, for the first item that a unit implements."""
    return {
        "resident": small.world.residents_of(VILLAGE, 1)[0].id,
        "item": next(small.world.unit_items()).id,
        "item_version": 1,
        "village": VILLAGE,
        "state": "delivered",
        "receipt": RECEIPT,
        "number": NUMBER,
        "phone": "13812345678",
        "received_at": "2026-11-02T09:00:00+08:00",
        "accepted_at": "2026-11-03T09:00:00+08:00",
        "finished_at": "2026-11-10T09:00:00+08:00",
        **changed,
    }
