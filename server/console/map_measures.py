"""Owns what the map of places can show: open cases, lights, who was not heard of, how far claiming is.

Law: what a role may not open as a list it does not see as a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.actions.count_contacts import Contact
from server.actions.list_claims import CampaignRow
from server.actions.list_watching import LightCount, summed
from server.actions.overview import Overview
from server.console.navigation import CASE_DESKS, PEOPLE, readers
from server.console.tile_map import Band, Tile
from server.console.visit import Visit
from server.domain.catalogue.progress import Progress
from server.domain.people.roles import Role

MEASURES: Mapping[str, tuple[str, str]] = {
    "open": ("在办", "Open cases"),
    "lights": ("红黄灯", "Lights"),
    "contact": ("久未联系", "Not heard of"),
    "claims": ("认领进度", "Claiming"),
}
ROLES: Mapping[str, frozenset[Role]] = {
    "open": CASE_DESKS,
    "lights": readers("light"),
    "contact": PEOPLE,
    "claims": readers("claim"),
}


@dataclass(frozen=True)
class Standing:
    """What the page tells: None where the role opens no list of it."""

    overview: Overview
    lights: list[LightCount] | None = None
    contacts: Mapping[str, Contact] | None = None
    disputes: tuple[int, int] | None = None
    campaign: CampaignRow | None = None
    progress: Mapping[str, Progress] | None = None
    whole_progress: Progress | None = None


def bands_of(standing: Standing, shown: str, visit: Visit) -> list[Band]:
    """The map's bands. A place's own desk has a tile only when something lies there."""
    overview, tell = standing.overview, _TELLERS[shown](visit, standing)
    bands = []
    for block in overview.blocks:
        tiles = []
        for place in block.places:
            told = tell(place.code)
            own = place.code == block.code and len(block.places) > 1
            if own and not told.amount and not told.mark:
                continue
            tiles.append(
                Tile(
                    name=visit.t("本级", "desk") if own else place.name,
                    address=f"/console/?place={place.code}&show={shown}",
                    value=told.value,
                    amount=told.amount,
                    words=f"{place.name}{visit.t('：', ': ')}{told.words}",
                    mark=told.mark,
                )
            )
        if tiles:
            address = "" if block.code == overview.top else f"/console/?place={block.code}&show={shown}"
            bands.append(Band(block.name, address, tiles))
    return bands


@dataclass(frozen=True)
class Told:
    """`value` is written large, the colour follows `amount`, `mark` is written beside it; `words` say all of it."""

    value: str
    amount: int
    words: str
    mark: str = ""


def _marked(sign: str, number: int) -> str:
    return f"{sign}{number:,}" if number else ""


def _tell_open(visit: Visit, standing: Standing) -> Callable[[str], Told]:
    tallies = {place.code: place.tally for block in standing.overview.blocks for place in block.places}

    def tell(code: str) -> Told:
        tally = tallies[code]
        words = visit.t(
            f"在办 {tally.open:,} 件，超期 {tally.overdue:,} 件", f"{tally.open:,} open, {tally.overdue:,} late"
        )
        return Told(f"{tally.open:,}", tally.open, words, _marked("■", tally.overdue))

    return tell


def _tell_lights(visit: Visit, standing: Standing) -> Callable[[str], Told]:
    found: dict[str, list[LightCount]] = {}
    for one in standing.lights or ():
        found.setdefault(standing.overview.owner.get(one.area, ""), []).append(one)

    def tell(code: str) -> Told:
        levels = summed(found.get(code, ()))
        red = levels["red"] + levels["red_plus"]
        lit = red + levels["yellow"]
        words = visit.t(f"红灯 {red:,}，黄灯 {levels['yellow']:,}", f"{red:,} red, {levels['yellow']:,} yellow")
        return Told(f"{lit:,}", lit, words, _marked("■", red))

    return tell


def _tell_contact(visit: Visit, standing: Standing) -> Callable[[str], Told]:
    found: dict[str, Contact] = {}
    for site, contact in (standing.contacts or {}).items():
        owner = standing.overview.owner[site]
        found[owner] = found.get(owner, Contact()) + contact

    def tell(code: str) -> Told:
        one = found.get(code, Contact())
        words = visit.t(
            f"{one.people:,} 人中 {one.silent:,} 人久未联系，{one.unsent:,} 项没有送出",
            f"{one.silent:,} of {one.people:,} people not heard of, {one.unsent:,} unsent",
        )
        return Told(f"{one.silent:,}/{one.people:,}", one.silent, words, _marked("↑", one.unsent))

    return tell


def _tell_claims(visit: Visit, standing: Standing) -> Callable[[str], Told]:
    found: dict[str, Progress] = {}
    for area, row in (standing.progress or {}).items():
        owner = standing.overview.owner.get(area, "")
        found[owner] = found.get(owner, Progress()) + row

    def tell(code: str) -> Told:
        row = found.get(code, Progress())
        if not row.asked:
            return Told("–", 0, visit.t("没有要认领的", "nothing asked for"))
        share = row.claimed * 100 // row.asked
        words = visit.t(
            f"应认领 {row.asked:,} 项，已认领 {row.claimed:,} 项，已发布 {row.published:,} 项，逾期 {row.overdue:,} 项",
            f"{row.asked:,} asked for, {row.claimed:,} claimed, {row.published:,} published, {row.overdue:,} overdue",
        )
        return Told(
            "<1%" if row.claimed and not share else f"{share}%",
            max(share, int(row.claimed > 0)),
            words,
            _marked("■", row.overdue),
        )

    return tell


_TELLERS: Mapping[str, Callable[[Visit, Standing], Callable[[str], Told]]] = {
    "open": _tell_open,
    "lights": _tell_lights,
    "contact": _tell_contact,
    "claims": _tell_claims,
}
