"""Lists the broken promises (容缺失信) that stand, for whoever supervises the places where they were made.

Laws: the case and its days, and nobody's name; who it is about is on the case's own page, whose look is logged. Found
along the keys that the cases hold while it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.cases.credit import CREDIT_KEY
from server.domain.people.reach import place_in_scope
from server.domain.people.roles import may_read
from server.domain.record_fields import text
from server.storage.people import AccountRow
from server.storage.records import place_of
from sync.core.codec import read_fields

ROWS_MAX = 200
# One case holds one key. The range of keys is an index's; what they name is looked up one by one.
_STANDING = """SELECT k.id, c.id, c.bucket, c.number, c.receipt, c.body FROM natural_keys k
               JOIN cases c ON c.id = k.record WHERE k.id > ? AND k.id < ? ORDER BY k.id LIMIT ?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRow:
    """`until`: the last day on which it bars. `reason`: late or false. `key`: where the next page begins after it."""

    case: str
    place: str
    number: str
    on: str
    until: str
    reason: str
    key: str


async def list_credit(platform: Platform, account: AccountRow, *, after: str = "") -> list[CreditRow]:
    """Those of the account's places, in the order of their keys; at most ROWS_MAX are looked at."""
    if not may_read(account.role, "case"):
        raise NotFound("no such list")
    directory = await platform.directory()
    end = CREDIT_KEY[:-1] + chr(ord(CREDIT_KEY[-1]) + 1)
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_STANDING, [max(after, CREDIT_KEY), end, ROWS_MAX])
    found = []
    for key, case, bucket, number, receipt, body in rows:
        place = bucket.partition(":")[2]
        if not place_in_scope(account.scope, place, directory):
            continue
        credit = read_fields(platform.sealing.open(place_of("cases", case), bytes(body))).get("credit")
        said = credit if isinstance(credit, dict) else {}
        found.append(
            CreditRow(
                case=case,
                place=place,
                number=number or receipt or "",
                on=text(said, "on"),
                until=text(said, "until"),
                reason=text(said, "reason"),
                key=key,
            )
        )
    return found
