"""Opens a round of claiming: counts what is asked of whom, freezes the list, and lets the claiming begin.

Laws: the frozen list and the opening are one decision of the write path, so that no claim is made against half a list.
What is asked follows from the scope's rule and the catalogue as it stands: a unit's own items, and for a village's or
a town's unit the standard list of its level, which is held once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from server.actions.desk_change import DeskEdit, desk_change
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import read_record
from server.domain.catalogue.baseline import baseline_hash, baseline_lines, parts_of
from server.domain.catalogue.campaigns import in_scope
from server.domain.people.entitlement import Directory, NotListed
from server.domain.people.reach import desk_bucket
from server.domain.people.roles import may_change
from server.domain.places import Level
from server.domain.record_fields import text
from server.merge_policies.campaign_policies import baseline_id
from server.storage.people import AccountRow
from server.storage.unit_of_work import Snapshot
from server.write import Written
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields

_OWN = "SELECT unit, base_item, rev FROM items WHERE unit > '' AND base_item > '' AND status <> 'cancelled'"
_STANDARD = """SELECT catalogue, base_item, rev FROM items
               WHERE catalogue > '' AND base_item > '' AND status <> 'cancelled'"""
_BASE = "SELECT code, max(rev) FROM base_items GROUP BY code"


@dataclass
class Asked:
    """`items`: base code → version. `units`: unit → how many are asked of it."""

    items: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)

    def add(self, unit: str, code: str, version: int) -> None:
        self.units[unit] = self.units.get(unit, 0) + 1
        self.items[code] = max(version, self.items.get(code, 0))


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What became of it, with how many units and base items it asks."""

    written: Written
    units: int
    base_codes: int
    asked: int


async def open_campaign(
    platform: Platform, account: AccountRow, campaign: str, fields: Fields, *, is_centre: bool = False
) -> Opened:
    """`fields`: what the round is, or what of a planned one changes; `catalogue` says whose it is. Raises NotFound for
    who may not open rounds there.
    """
    directory = await platform.directory()
    standing = await read_record(platform, "campaign", campaign)
    whole: Fields = {**(standing.fields if standing is not None else {}), **fields}
    kept_under = text(whole, "catalogue").rpartition(":")[2]
    # Who moves a planned round to another catalogue must reach both.
    under = {text(one, "catalogue").rpartition(":")[2] for one in (whole, standing.fields if standing else whole)}
    reaches = under <= {place[:6] for place in account.scope.places}
    if not is_centre and not (may_change(account.role, "campaign.open") and reaches):
        raise NotFound(f"no campaign {campaign}")
    place = kept_under.ljust(12, "0")
    async with platform.database.read() as snapshot:
        asked = await read_asked(snapshot, whole, directory)
        [[epoch]] = await snapshot.fetch("SELECT epoch FROM centre WHERE id = 1")
    lines = baseline_lines(asked.items, asked.units)
    parts = parts_of(lines)
    frozen: Fields = {
        "baseline_hash": baseline_hash(lines),
        "baseline_parts": len(parts),
        "units": len(asked.units),
        "base_codes": len(asked.items),
    }
    base = Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash)) if standing is not None else None
    opening = DeskEdit(kind="campaign", record=campaign, name="campaign.open", fields={**fields, **frozen}, base=base)
    written = await desk_change(
        platform.database,
        platform.writer,
        account,
        [opening, *_parts(campaign, place, parts, str(frozen["baseline_hash"]))],
        buckets={f"catalogue:{text(whole, 'catalogue')}", desk_bucket(place), *([standing.bucket] if standing else [])},
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
        computed=True,
    )
    return Opened(written=written, units=len(asked.units), base_codes=len(asked.items), asked=sum(asked.units.values()))


def _parts(campaign: str, place: str, parts: Iterable[list[str]], list_hash: str) -> Iterable[DeskEdit]:
    for number, lines in enumerate(parts, 1):
        fields: Fields = {"campaign": campaign, "part": number, "place": place, "lines": list(lines)}
        fields["list_hash"] = list_hash
        yield DeskEdit(kind="baseline", record=baseline_id(campaign, number), name="baseline.freeze", fields=fields)


async def read_asked(snapshot: Snapshot, campaign: Mapping[str, object], directory: Directory) -> Asked:
    """What this round asks, by its scope and the catalogue of this moment."""
    own, standard, base = await snapshot.fetch_each([(_OWN, ()), (_STANDARD, ()), (_BASE, ())])
    versions: dict[str, int] = dict(base)
    asked = Asked()

    def ask(unit: str, place: str, code: str, rev: int) -> None:
        if in_scope(campaign, unit, place, code):
            asked.add(unit, code, versions.get(code, rev))

    for unit, code, rev in own:
        if unit in directory.units:
            ask(unit, directory.units[unit].place, code, rev)
    by_catalogue: dict[str, list[tuple[str, int]]] = {}
    for catalogue, code, rev in standard:
        by_catalogue.setdefault(catalogue, []).append((code, rev))
    for listed in directory.units.values():
        for catalogue in standard_lists(listed.place, directory):
            for code, rev in by_catalogue.get(catalogue, ()):
                ask(listed.id, listed.place, code, rev)
    return asked


def standard_lists(place: str, directory: Directory) -> tuple[str, ...]:
    """The standard lists that a unit of this place inherits: its level's, of the city and of its own county. A county's
    and the city's departments have their own items.
    """
    try:
        level = directory.place(place).level
        if level not in (Level.TOWN, Level.VILLAGE):
            return ()
        kept_under = dict.fromkeys((directory.city_of(place), directory.county_of(place)))
    except NotListed:
        return ()
    return tuple(f"{level.name.lower()}:{under}" for under in kept_under)
