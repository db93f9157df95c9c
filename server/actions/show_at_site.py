"""Shows a standard item as one site offers it: the standard, with what the site says of its own beside each field.

Law: what a site shows is computed from the standard, the site's own record and the one of this item; nothing is copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.actions.open_campaign import standard_lists
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import read_record
from server.domain.catalogue.local_items import Departure, departures, local_item_id, shown_item
from server.domain.record_fields import Fields, text

SITES_MAX = 12
_BY_NAME = "SELECT id, name, place FROM units WHERE name LIKE ? ORDER BY place, id LIMIT ?"
_BY_ID = "SELECT id, name, place FROM units WHERE id = ?"


@dataclass(frozen=True)
class Site:
    unit: str
    name: str
    place: str


@dataclass(frozen=True)
class AtSite:
    """`shown`: the whole item there; `departures` with their reasons; `own`: what it says of itself."""

    site: Site
    standard: Fields
    shown: Fields
    departures: Sequence[Departure]
    own: Sequence[str]


async def find_sites(platform: Platform, item: str, words: str) -> list[Site]:
    """Units whose name holds the words and who inherit this standard item. Raises NotFound."""
    standard = await _standard(platform, item)
    plain = words.replace("%", "").replace("_", "").strip()
    if not plain:
        return []
    directory = await platform.directory()
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_BY_NAME, [f"%{plain}%", SITES_MAX * 10])
    under = text(standard, "catalogue")
    return [Site(*row) for row in rows if under in standard_lists(row[2], directory)][:SITES_MAX]


async def show_at_site(platform: Platform, item: str, unit: str) -> AtSite:
    """Raises NotFound for what is no standard item, and for a unit that does not inherit it."""
    standard = await _standard(platform, item)
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_BY_ID, [unit])
    if not rows or text(standard, "catalogue") not in standard_lists(rows[0][2], await platform.directory()):
        raise NotFound(f"no site {unit} of this item")
    local = await read_record(platform, "local_item", local_item_id(unit, item))
    whole = await read_record(platform, "local_item", local_item_id(unit))
    local_fields = local.fields if local is not None else {}
    shown = shown_item(standard, local_fields, whole.fields if whole is not None else None)
    return AtSite(
        site=Site(*rows[0]),
        standard=standard,
        shown=shown,
        departures=departures(standard, local_fields),
        own=sorted(name for name, value in shown.items() if standard.get(name) != value),
    )


async def _standard(platform: Platform, item: str) -> Fields:
    held = await read_record(platform, "item", item)
    if held is None or not text(held.fields, "catalogue"):
        raise NotFound(f"no standard item {item}")
    return held.fields
