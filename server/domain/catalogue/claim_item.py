"""Owns what a published claim makes of the catalogue: its unit's own item, or what its site keeps beside a standard.

Laws: only what the unit itself said is written; what it inherits stays the standard's, which is held once. A list
written as words does not replace an item's rows of materials: words say neither original nor copies.
"""

from __future__ import annotations

from server.domain.catalogue.claim_fields import CLAIM_FIELDS
from server.domain.catalogue.consistency import PREFIX, material_names
from server.domain.catalogue.item_life import ItemState
from server.domain.catalogue.item_values import item_fields, item_name
from server.domain.catalogue.local_items import DEPARTABLE, DEPARTURE, LOCAL_FIELDS, REASON
from server.domain.record_fields import Fields, family, integer, text

REVIEWED = "认领填报，审核通过"
"""Why a site departs from its standard, where its worker said nothing."""
_LOCAL_NAMES = {shown: name for name, shown in LOCAL_FIELDS.items()}


def own_values(claim: Fields) -> dict[str, object]:
    """What people set in the claim itself, without prefix."""
    return {name: value for name, value in family(claim, PREFIX).items() if value not in (None, "")}


def published_item(claim: Fields, standing: Fields | None) -> dict[str, object]:
    """The fields to write on the unit's own item: all that a new one needs, or the next version of one that stands."""
    said = own_values(claim)
    values = item_fields(said)
    if standing is not None:
        return {**values, "version": integer(standing, "version") + 1, "status": ItemState.ACTIVE.value}
    names = material_names(said)
    if "materials" not in values and names:
        values["materials"] = [{"no": str(no), "name": name, "necessity": "1"} for no, name in enumerate(names, 1)]
    return {
        "name": text(claim, "base_item"),
        **values,
        "version": 1,
        "status": ItemState.ACTIVE.value,
        "base_item": text(claim, "base_item"),
        "unit": text(claim, "unit"),
        "place": text(claim, "place"),
    }


def published_local(claim: Fields, standard: Fields) -> dict[str, object]:
    """The fields to write on what a site keeps beside a standard item: its local fields, and where it departs."""
    values: dict[str, object] = {}
    why = text(claim, "amend_reason") or text(claim, PREFIX + "remark") or REVIEWED
    for name, value in item_fields(own_values(claim)).items():
        if name in _LOCAL_NAMES:
            values[_LOCAL_NAMES[name]] = value
        elif name in DEPARTABLE and value != standard.get(name):
            values |= {DEPARTURE + name: value, REASON + name: why}
    return values


def not_carried(claim: Fields, standard: Fields) -> tuple[str, ...]:
    """The claim's fields in which no site may differ from the standard, and this one says something else."""
    said = item_fields(own_values(claim))
    return tuple(
        name
        for name in CLAIM_FIELDS
        if (own := item_name(name)) in said
        and own not in DEPARTABLE
        and own not in _LOCAL_NAMES
        and said[own] != standard.get(own)
    )


def stopped_item(standing: Fields, state: ItemState, reason: str, day: str) -> dict[str, object]:
    """A suspension, a cancellation or its end, as the next version."""
    values: dict[str, object] = {
        "version": integer(standing, "version") + 1,
        "status": state.value,
        "status_reason": reason,
    }
    return {**values, "cancelled_on": day} if state is ItemState.CANCELLED else values
