"""Owns claiming and filling on a device: what a unit may claim, what a claim inherits, and the changes of both.

Laws: a claim's id follows from campaign, unit and base item, so that colleagues who work without a network meet in one
record. Only what a person set is written; the rest of the list is inherited from the item. What was copied from a
neighbour is never the five local fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from server.cli.device.failures import NotLawful, Stopped
from server.cli.device.finding import matches_words
from server.cli.device.office import Office
from server.domain.catalogue.campaigns import in_scope, is_open_on
from server.domain.catalogue.claim_fields import CLAIM_FIELDS, LOCAL_FIELDS, PREFIX
from server.domain.catalogue.claims import ClaimState, advise_claim, next_state, parse_state
from server.domain.catalogue.items import ItemState, item_state
from server.domain.check_context import CheckContext
from server.domain.places import is_place
from server.domain.problems import Problem, problem
from server.domain.record_checks import check_record
from server.domain.record_fields import Fields, family, groups, text
from server.merge_policies.claim_policy import claim_id
from sync.device.replica import Draft, Sighting

# What an item's record says of a field of the implementation list: claim field → item field.
_INHERITED = {
    "name": "name",
    "type": "type",
    "level": "level",
    "code": "code",
    "dept_name": "dept",
    "legal_basis": "basis",
    "project_type": "project_type",
    "legal_days": "legal_days",
    "promise_days": "promise_days",
    "scene_num": "visits",
    "conditions": "condition",
    "served": "target",
    "result_name": "result",
    "address": "where",
    "hours": "hours",
    "consult_phone": "consult_phone",
    "complain_phone": "complain_phone",
}


_PLACE = "unit_place"


class UnitPlace(msgspec.Struct, frozen=True):
    """Where a claim worker's unit is, said once."""

    place: str


@dataclass(frozen=True)
class Claimable:
    """One item of a unit, and its claim as far as there is one."""

    claim: str
    campaign: str
    unit: str
    place: str
    base_item: str
    name: str
    item: Fields
    state: ClaimState
    claimed_by: str


def open_campaign(office: Office) -> Sighting | None:
    """The campaign that runs today, the latest first."""
    running = [seen for seen in office.replica.see_all("campaign") if is_open_on(seen.fields, office.today)]
    return max(running, key=lambda seen: text(seen.fields, "start"), default=None)


def needs_place(office: Office) -> bool:
    """Whether some unit's place has to be told once: the standard list does not say where a unit is."""
    claims = [seen.fields for seen in office.replica.see_all("claim")]
    known = _places_of_units(office, claims)
    return any(unit not in known for unit in office.units())


def remember_place(office: Office, place: str) -> None:
    """Raises Stopped: answer_wrong."""
    if not is_place(place):
        raise Stopped("answer_wrong", what="--place", why="12 digits")
    office.remember(_PLACE, UnitPlace(place))


def claimables(office: Office, campaign: Sighting) -> list[Claimable]:
    """Every item of own units, and the standard list where this store knows its place."""
    held = {seen.record: seen.fields for seen in office.replica.see_all("claim")}
    places = _places_of_units(office, held.values())
    found: dict[str, Claimable] = {}
    for item in office.replica.see_all("item"):
        if item_state(item.fields) is ItemState.CANCELLED or not text(item.fields, "base_item"):
            continue
        own = text(item.fields, "unit")
        for unit in office.units():
            if own not in ("", unit):
                continue
            where = text(item.fields, "place") or places.get(unit, "")
            if where and in_scope(campaign.fields, unit, where):
                one = _claimable(campaign.record, unit, where, item.fields, held)
                found.setdefault(one.claim, one)
    return sorted(found.values(), key=lambda one: (one.state is not ClaimState.FREE, one.name))


def _places_of_units(office: Office, claims: Iterable[Fields]) -> dict[str, str]:
    """A unit's place: as its person said, or as its own items or a colleague's claim tell it. A helper has one village
    and one unit.
    """
    told = office.remembered(_PLACE, UnitPlace)
    villages = office.villages()
    only = told.place if told else villages[0] if len(villages) == 1 else ""
    places = dict.fromkeys(office.units(), only) if only else {}
    items = (seen.fields for seen in office.replica.see_all("item"))
    for fields in (*items, *claims):
        unit, place = text(fields, "unit"), text(fields, "place")
        if unit and place:
            places[unit] = place
    return places


def _claimable(campaign: str, unit: str, place: str, item: Fields, held: Mapping[str, Fields]) -> Claimable:
    base_item = text(item, "base_item")
    claim = claim_id(campaign, unit, base_item)
    fields = held.get(claim, {})
    return Claimable(
        claim=claim,
        campaign=campaign,
        unit=unit,
        place=place,
        base_item=base_item,
        name=text(item, "name"),
        item=item,
        state=parse_state(text(fields, "state")) or ClaimState.FREE,
        claimed_by=text(fields, "claimed_by"),
    )


def find_claimables(all_of_them: Sequence[Claimable], words: str) -> list[Claimable]:
    """By base code, claim id, or words of the name."""
    return [one for one in all_of_them if words in (one.base_item, one.claim) or matches_words(one.name, words)]


def take_claims(office: Office, chosen: Sequence[Claimable]) -> list[str]:
    """Claims all of them in one go; what is claimed already is passed over. The ids of the changes."""
    drafts = []
    for one in chosen:
        if one.state is not ClaimState.FREE:
            continue
        fields: dict[str, object] = {
            "campaign": one.campaign,
            "unit": one.unit,
            "base_item": one.base_item,
            "place": one.place,
            "state": ClaimState.CLAIMED.value,
            "claimed_by": office.identity.account,
        }
        _check(fields, office)
        drafts.append((Draft("claim", one.claim, "claim.take", set=fields), office.new_id()))
    office.capture(drafts)
    return [change for _, change in drafts]


def _check(fields: Fields, office: Office) -> None:
    found = check_record("claim", fields, CheckContext(on=office.today))
    if found:
        raise NotLawful([{"code": one.code, "field": one.field, "zh": one.zh, "en": one.en} for one in found])


def inherited_from(item: Fields) -> dict[str, object]:
    """What the standard list says of a claim's fields, in the claim's own names."""
    values: dict[str, object] = {
        name: item[source] for name, source in _INHERITED.items() if item.get(source) not in (None, "")
    }
    if materials := groups(item, "materials"):
        values["materials"] = "、".join(text(row, "name") for row in materials if row.get("cancelled") is not True)
    return values


def own_values(claim: Fields) -> dict[str, object]:
    """What people set in the claim itself, without prefix."""
    return {name: value for name, value in family(claim, PREFIX).items() if value not in (None, "")}


def copied_from(neighbour: Fields) -> dict[str, object]:
    """What may be taken over from a neighbour's list: everything but what names the neighbour's own place."""
    return {name: value for name, value in own_values(neighbour).items() if name not in LOCAL_FIELDS}


def advice_on(item: Fields, claim: Fields) -> list[Problem]:
    """Why a reviewer would return it as it stands."""
    return advise_claim(claim, inherited_from(item))


def fill_claim(
    office: Office, claim: Sighting, values: Mapping[str, object], *, submit: bool = False, withdraw: bool = False
) -> tuple[list[str], int]:
    """Writes only what differs from what the claim holds; submits or withdraws it afterwards when asked to. The ids of
    the changes and how many fields were written.
    """
    unknown = [name for name in values if name not in CLAIM_FIELDS and name != "remark"]
    if unknown:
        raise Stopped("nothing_found", what=", ".join(unknown))
    state = parse_state(text(claim.fields, "state"))
    held = own_values(claim.fields)
    changed: dict[str, object] = {
        PREFIX + name: value for name, value in values.items() if held.get(name) != value and value != ""
    }
    drafts = []
    if changed:
        after = _step("claim.fill", state)
        drafts.append(
            (Draft("claim", claim.record, "claim.fill", set={"state": after.value, **changed}), office.new_id())
        )
        state = after
    if submit or withdraw:
        name = "claim.withdraw" if withdraw else "claim.submit"
        after = _step(name, state)
        left: dict[str, object] = {"state": after.value, **({"claimed_by": ""} if withdraw else {})}
        drafts.append((Draft("claim", claim.record, name, set=left), office.new_id()))
    office.capture(drafts)
    return [change for _, change in drafts], len(changed)


def _step(name: str, state: ClaimState | None) -> ClaimState:
    after = next_state(name, state)
    if after is None:
        told = problem("state_step", "state", before=state or ClaimState.FREE, after=name)
        raise NotLawful([{"code": told.code, "field": told.field, "zh": told.zh, "en": told.en}])
    return after


def read_value(name: str, said: str) -> object:
    """A field's value as it is kept: whole numbers as numbers."""
    field = CLAIM_FIELDS.get(name)
    if field is not None and field.number and said.isascii() and said.isdecimal():
        return int(said)
    return said
