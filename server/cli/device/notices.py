"""Owns the notices of this store's person: reading them, and having read them.

Law: a notice is shown until its reader says it was read. That counts on this computer at once, and at the centre where
the notice can carry it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from server.cli.device.office import Office
from server.cli.device.titles import title_of
from server.domain.check_context import CheckContext
from server.domain.record_fields import text
from sync.core.clock import iso
from sync.device.replica import Draft

_NAME = "read_notices"


class Read(msgspec.Struct, frozen=True):
    """Ids of notices that were read here."""

    notices: list[str] = []


@dataclass(frozen=True)
class Notice:
    """`zh` and `en` are the centre's own words, "" when it only gave a code."""

    id: str
    code: str
    about: str
    title: str
    zh: str
    en: str


def unread(office: Office) -> list[Notice]:
    held = office.remembered(_NAME, Read) or Read()
    return [
        Notice(
            id=seen.record,
            code=text(seen.fields, "code"),
            about=text(seen.fields, "about"),
            title=title_of(office, text(seen.fields, "about")),
            zh=text(seen.fields, "text_zh"),
            en=text(seen.fields, "text_en"),
        )
        for seen in office.replica.see_all("notice")
        if not seen.fields.get("read_at") and seen.record not in held.notices
    ]


def mark_read(office: Office, notices: Sequence[Notice]) -> int:
    """How many were marked."""
    from server.domain.record_checks import check_record  # every rule of every kind, which looking does not need

    drafts = []
    for notice in notices:
        seen = office.replica.see(notice.id)
        now = iso(office.clock.wall_ms())
        if seen is not None and not check_record(
            "notice", {**seen.fields, "read_at": now}, CheckContext(on=office.today, before=seen.fields)
        ):
            drafts.append((Draft("notice", notice.id, "notice.read", set={"read_at": now}), office.new_id()))
    if drafts:
        office.capture(drafts)
    held = office.remembered(_NAME, Read) or Read()
    office.remember(_NAME, Read(sorted({*held.notices, *(notice.id for notice in notices)})))
    return len(notices)
