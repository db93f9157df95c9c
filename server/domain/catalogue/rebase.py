"""Owns what a new version of a base item means for a claim that was filled against the old one.

Laws: what the unit wrote itself stays; it is shown beside what was and what is now. A claim that is rebased twice is
told both: nothing in the list is dropped until the unit submits again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from server.domain.catalogue.claim_fields import CLAIM_FIELDS
from server.domain.catalogue.consistency import PREFIX
from server.domain.record_fields import Fields, family, groups, text

BASE_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "name",
        "type": "type",
        "level": "level",
        "basis": "legal_basis",
        "dept": "dept_name",
        "legal_days": "legal_days",
        "condition": "conditions",
        "target": "served",
        "result": "result_name",
    }
)
"""Base item field → claim field; others of the base item do not show in a list."""
KEPT_MAX = 200


@dataclass(frozen=True)
class Difference:
    """One field of the base item that changed. `own` is what the unit wrote over it, None when it inherits."""

    field: str
    was: object
    now: object
    own: object = None

    @property
    def inherits(self) -> bool:
        """The new value simply shows; otherwise a person must look."""
        return self.own is None

    def as_value(self) -> dict[str, object]:
        """The group that the claim's field `rebased` lists."""
        label = CLAIM_FIELDS[self.field].zh if self.field in CLAIM_FIELDS else self.field
        group: dict[str, object] = {"field": self.field, "label": label, "was": _flat(self.was), "now": _flat(self.now)}
        return group if self.inherits else {**group, "own": _flat(self.own)}


def differences(claim: Fields, old: Fields, new: Fields) -> tuple[Difference, ...]:
    """What changed between two versions of a base item, field by field in the order of the table."""
    own = family(claim, PREFIX)
    return tuple(
        Difference(field, old.get(name), new.get(name), own.get(field))
        for name, field in BASE_FIELDS.items()
        if old.get(name) != new.get(name)
    )


def rebase(claim: Fields, old: Fields, new: Fields, version: int) -> dict[str, object]:
    """What to write on the claim so that it stands on `version`."""
    told = [one.as_value() for one in differences(claim, old, new)]
    return {"base_version": version, "rebased": [*groups(claim, "rebased"), *told][-KEPT_MAX:]}


def needs_a_look(claim: Fields) -> tuple[str, ...]:
    """The fields where the unit's own value stands beside one that changed."""
    return tuple(text(group, "field") for group in groups(claim, "rebased") if "own" in group)


def _flat(value: object) -> object:
    """A list inside a group inside a list would be deeper than records go."""
    return "、".join(map(str, value)) if isinstance(value, list) else value
