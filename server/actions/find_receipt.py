"""Tells how a case stands to whoever holds one of its numbers and the last four signs of the citizen id.

Law: the signs are compared with what the centre holds now; a case whose resident has no id number is told to nobody.
"""

from __future__ import annotations

import hmac

from server.domain.record_fields import text
from server.storage.records import record_of, records_query
from server.storage.sealing import Sealing
from server.storage.unit_of_work import Database
from sync.core.codec import read_fields


async def find_receipt(database: Database, sealing: Sealing, number: str, last4: str) -> str | None:
    """The case's state. `number` is a receipt or an official number in its canonical spelling."""
    async with database.read() as snapshot:
        found = await snapshot.fetch("SELECT id, resident FROM cases WHERE number = ? OR receipt = ?", [number, number])
        for case, resident in found:
            [[case_row], resident_rows] = await snapshot.fetch_each(
                [records_query("case", [case]), records_query("resident", [resident or ""])]
            )
            for row in resident_rows:
                held = text(read_fields(record_of("resident", row, sealing).body), "citizen_id").upper()
                if len(held) >= 4 and hmac.compare_digest(held[-4:].encode(), last4.encode()):
                    return text(read_fields(record_of("case", case_row, sealing).body), "state")
    return None
