"""The centre's own register of licences: what its desks have verified and other registers have told so far.

Laws: it knows the same person in any village by the index of the id number. Only that there is a licence, its number
and its days go from village to village; never the picture, and never what nobody verified.
"""

from __future__ import annotations

from server.adapters.licences import FoundLicence, LicenceQuery
from server.domain.catalogue.licences import Source, is_usable
from server.domain.record_fields import Fields, text
from server.merge_policies.judging import china_day
from server.storage.records import record_of, records_query
from server.storage.sealing import Sealing
from server.storage.unit_of_work import Database

_OF_PERSON = "SELECT id FROM residents WHERE person = ?"
# Asked apart: PostgreSQL compares a record's id by bytes, and reads no index of another order when it joins by it.
_HELD = "SELECT id FROM licences WHERE resident IN (?*) AND kind = ? AND state = 'held' AND trust IN ('A', 'B')"


class LocalRegister:
    """A licences.LicenceRegister that asks nobody outside."""

    name = "local"

    def __init__(self, database: Database, sealing: Sealing) -> None:
        self._database = database
        self._sealing = sealing

    async def find(self, query: LicenceQuery, now_ms: int) -> FoundLicence | None:
        async with self._database.read() as snapshot:
            people = await snapshot.fetch(_OF_PERSON, [self._sealing.keyed_index(query.person)])
            ids = await snapshot.fetch(_HELD, [[row[0] for row in people], query.kind]) if people else []
            rows = await snapshot.fetch(*records_query("licence", [row[0] for row in ids])) if ids else []
        held = [record_of("licence", row, self._sealing) for row in rows]
        usable = [one for one in held if is_usable(one.fields, china_day(now_ms))]
        best = min(usable, key=lambda one: (text(one.fields, "trust"), one.id), default=None)
        return _found(best.id, best.fields) if best is not None else None


def _found(record: str, fields: Fields) -> FoundLicence:
    source = Source.REGISTER if text(fields, "trust") == "A" else Source.DESK
    told = {name: text(fields, name) for name in ("number", "issuer", "issued_on", "valid_until")}
    return FoundLicence(ref=text(fields, "register_ref") or record, source=source, **told)
