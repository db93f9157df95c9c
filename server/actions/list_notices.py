"""Lists what a person at a desk was told: their own notices, the newest first.

Law: nobody's but one's own; a notice names no resident, so its list is no look at anybody's record.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.list_followup import PAGE_ROWS_MAX
from server.actions.platform import Platform
from server.domain.record_fields import text
from server.domain.supervision.notices import notice_bucket
from server.storage.people import AccountRow
from server.storage.records import record_of, records_query
from sync.core.chain import encode_hash

OWN = """SELECT id, version FROM notices WHERE bucket = ? AND version <= ? AND (version < ? OR id < ?)
         ORDER BY version DESC, id DESC LIMIT ?"""
_NEWEST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """`about_kind` and `about`: the record it is about. `key`: what to give for the next page. `epoch`, `rev` and
    `hash` are what a step with it names as seen.
    """

    id: str
    code: str
    about_kind: str
    about: str
    text_zh: str
    text_en: str
    asks: bool
    answer: str
    is_read: bool
    epoch: str
    rev: int
    hash: str
    key: str


async def list_notices(platform: Platform, account: AccountRow, *, after: str = "", limit: int = 50) -> list[NoticeRow]:
    """`after`: the key of the last row of the page before."""
    version, ident = _after(after)
    most = min(max(limit, 1), PAGE_ROWS_MAX)
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(OWN, [notice_bucket(account.id), version, version, ident, most])
        bodies = await snapshot.fetch(*records_query("notice", [row[0] for row in rows])) if rows else []
        [[epoch]] = await snapshot.fetch("SELECT epoch FROM centre WHERE id = 1")
    held = {one.id: one for one in (record_of("notice", body, platform.sealing) for body in bodies)}
    found = []
    for ident, place in rows:
        record, fields = held[ident], held[ident].fields
        found.append(
            NoticeRow(
                id=ident,
                code=text(fields, "code"),
                about_kind=text(fields, "about_kind"),
                about=text(fields, "about"),
                text_zh=text(fields, "text_zh"),
                text_en=text(fields, "text_en"),
                asks=bool(text(fields, "asks")),
                answer=text(fields, "answer"),
                is_read=bool(text(fields, "read_at")),
                epoch=epoch,
                rev=record.rev,
                hash=encode_hash(record.hash),
                key=f"{place}~{ident}",
            )
        )
    return found


def _after(key: str) -> tuple[int, str]:
    """Where the next page begins; the newest for what is no key."""
    version, mark, ident = key.partition("~")
    if not mark or not version.isascii() or not version.isdigit() or len(version) > 18:
        return _NEWEST, ""
    return int(version), ident[:32]
