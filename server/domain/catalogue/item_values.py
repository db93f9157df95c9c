"""Owns the two names of one thing: what a claim's list calls a field (claim_fields) and what an item's record calls it.

Law: a list read from an item and written back is the same item; a name without a row here is the same on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.catalogue.claim_fields import CLAIM_FIELDS
from server.domain.catalogue.consistency import number
from server.domain.record_fields import KINDS, Fields, groups, text

# claim field → item field, where they differ
ITEM_NAMES: Mapping[str, str] = {
    "dept_name": "dept",
    "legal_basis": "basis",
    "scene_num": "visits",
    "scene_reason": "visits_reason",
    "conditions": "condition",
    "served": "target",
    "result_name": "result",
    "address": "where",
}
_NUMBERS = frozenset({"legal_days", "promise_days", "review_days", "visits"})


def item_name(claim_field: str) -> str:
    return ITEM_NAMES.get(claim_field, claim_field)


def list_values(item: Fields) -> dict[str, object]:
    """What an item says of a list's fields, in the claim's own names; what it says nothing of is left out."""
    return {name: item[item_name(name)] for name in CLAIM_FIELDS if item.get(item_name(name)) not in (None, "", [])}


def inherited_words(item: Fields) -> dict[str, object]:
    """The same for a screen: materials as their names, the cancelled ones left out."""
    values = list_values(item)
    if materials := groups(item, "materials"):
        values["materials"] = "、".join(text(row, "name") for row in materials if row.get("cancelled") is not True)
    return values


def item_fields(values: Fields) -> dict[str, object]:
    """A list's values as an item's record keeps them. Materials in words stay with the list: an item's are groups."""
    found: dict[str, object] = {}
    for name, value in values.items():
        own = item_name(name)
        if name not in CLAIM_FIELDS or own not in KINDS["item"].fields or value in (None, ""):
            continue
        if own == "materials" and not isinstance(value, list):
            continue
        days = number(values, name) if own in _NUMBERS else None
        found[own] = value if days is None else days
    return found
