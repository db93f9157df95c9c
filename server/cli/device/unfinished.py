"""Owns the drafts of visits: as far as a visit went, kept in the encrypted store after every answer.

Law: a draft is lost neither to a kill nor to a closed window; it goes away when its visit is captured or when a person
throws it away.
"""

from __future__ import annotations

import msgspec

from server.cli.device.office import Office
from server.cli.device.said import Visit

_NAME = "drafts"


class Unfinished(msgspec.Struct, kw_only=True):
    """One visit that was not captured yet. `title` is what a person knows it by."""

    id: str
    title: str
    at: int
    visit: Visit


class Drafts(msgspec.Struct):
    """All of a store's."""

    drafts: list[Unfinished] = []


def drafts_of(office: Office) -> list[Unfinished]:
    """The latest last."""
    held = office.remembered(_NAME, Drafts)
    return sorted(held.drafts, key=lambda draft: draft.at) if held else []


def keep_draft(office: Office, draft: Unfinished) -> None:
    draft.at = office.clock.wall_ms()
    others = [one for one in drafts_of(office) if one.id != draft.id]
    office.remember(_NAME, Drafts([*others, draft]))


def drop_draft(office: Office, draft_id: str) -> None:
    office.remember(_NAME, Drafts([one for one in drafts_of(office) if one.id != draft_id]))
