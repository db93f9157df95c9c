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
from server.cli.device.office import DAY_MS, Office
from server.domain.catalogue.campaigns import in_scope, is_open_on
from server.domain.catalogue.claim_fields import CLAIM_FIELDS, LOCAL_FIELDS, PREFIX
from server.domain.catalogue.claim_item import own_values
from server.domain.catalogue.claims import ClaimState, advise_claim, next_state, parse_state
from server.domain.catalogue.item_values import inherited_words
from server.domain.catalogue.items import ItemState, item_state
from server.domain.catalogue.leases import DAYS_MAX, LeaseState, is_held
from server.domain.check_context import CheckContext
from server.domain.places import is_place
from server.domain.problems import Problem, problem
from server.domain.record_checks import check_record
from server.domain.record_fields import Fields, text, texts
from server.merge_policies.claim_policy import claim_id
from sync.core.clock import iso
from sync.device.replica import Draft, Sighting

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
    item_record: str
    state: ClaimState
    claimed_by: str

    @property
    def is_standard(self) -> bool:
        """Inherited from the standard list, so that only the local fields are the unit's to say."""
        return not text(self.item, "unit")


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
                one = _claimable(campaign.record, unit, where, item, held)
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


def _claimable(campaign: str, unit: str, place: str, item: Sighting, held: Mapping[str, Fields]) -> Claimable:
    base_item = text(item.fields, "base_item")
    claim = claim_id(campaign, unit, base_item)
    fields = held.get(claim, {})
    return Claimable(
        claim=claim,
        campaign=campaign,
        unit=unit,
        place=place,
        base_item=base_item,
        name=text(item.fields, "name"),
        item=item.fields,
        item_record=item.record,
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
            "item": one.item_record,
            "state": ClaimState.CLAIMED.value,
            "claimed_by": office.identity.account,
        }
        _check(fields, office)
        drafts.append((Draft("claim", one.claim, "claim.take", set=fields), office.new_id()))
    office.capture(drafts)
    return [change for _, change in drafts]


def decline_claims(office: Office, chosen: Sequence[Claimable], reason: str) -> list[str]:
    """Says of each that the unit does not take it, and why. The ids of the changes."""
    drafts = []
    for one in chosen:
        if next_state("claim.decline", one.state) is None:
            continue
        fields: dict[str, object] = {
            "campaign": one.campaign,
            "unit": one.unit,
            "base_item": one.base_item,
            "place": one.place,
            "state": ClaimState.DECLINED.value,
            "claimed_by": office.identity.account,
            "decline_reason": reason,
        }
        _check(fields, office)
        drafts.append((Draft("claim", one.claim, "claim.decline", set=fields), office.new_id()))
    office.capture(drafts)
    return [change for _, change in drafts]


def lease_claims(office: Office, chosen: Sequence[Claimable], days: int) -> list[str]:
    """Takes them out as a batch, one lease a unit, so that colleagues see who works on them until when."""
    if not 1 <= days <= DAYS_MAX:
        raise Stopped("answer_wrong", what="--lease", why=f"1–{DAYS_MAX}")
    by_unit: dict[str, list[Claimable]] = {}
    for one in chosen:
        by_unit.setdefault(one.unit, []).append(one)
    drafts = []
    for unit, claims in by_unit.items():
        fields: dict[str, object] = {
            "unit": unit,
            "campaign": claims[0].campaign,
            "account": office.identity.account,
            "claims": [one.claim for one in claims],
            "until": iso(office.now_ms + days * DAY_MS),
            "state": LeaseState.HELD.value,
        }
        drafts.append((Draft("lease", office.new_id(), "lease.take", set=fields), office.new_id()))
    office.capture(drafts)
    return [change for _, change in drafts]


def give_back(office: Office) -> list[str]:
    """Gives every batch of one's own back. The ids of the changes."""
    own = [
        seen.record
        for seen in office.replica.see_all("lease")
        if text(seen.fields, "account") == office.identity.account and text(seen.fields, "state") == LeaseState.HELD
    ]
    drafts = [(Draft("lease", one, "lease.give_back", set={"state": "returned"}), office.new_id()) for one in own]
    office.capture(drafts)
    return [change for _, change in drafts]


def taken_out(office: Office) -> dict[str, str]:
    """Claim → who has taken it out just now."""
    now = iso(office.now_ms)
    return {
        claim: text(seen.fields, "account")
        for seen in office.replica.see_all("lease")
        if is_held(seen.fields, now)
        for claim in texts(seen.fields, "claims")
    }


def neighbour_of(office: Office, one: Claimable, words: str) -> Fields | None:
    """Another unit's list of the same base item, by that unit or its place."""
    for seen in office.replica.see_all("claim"):
        same = text(seen.fields, "base_item") == one.base_item and seen.record != one.claim
        if same and words in (text(seen.fields, "unit"), text(seen.fields, "place")) and own_values(seen.fields):
            return seen.fields
    return None


def _check(fields: Fields, office: Office) -> None:
    found = check_record("claim", fields, CheckContext(on=office.today))
    if found:
        raise NotLawful([{"code": one.code, "field": one.field, "zh": one.zh, "en": one.en} for one in found])


def copied_from(neighbour: Fields) -> dict[str, object]:
    """What may be taken over from a neighbour's list: everything but what names the neighbour's own place."""
    return {name: value for name, value in own_values(neighbour).items() if name not in LOCAL_FIELDS}


def advice_on(item: Fields, claim: Fields) -> list[Problem]:
    """Why a reviewer would return it as it stands."""
    return advise_claim(claim, inherited_words(item))


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
