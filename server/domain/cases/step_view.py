"""Owns what the rule of one step sees: the case before and after it, the item, the day, the centre's own working days.

Law: a rule is a function of this alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from server.domain.calendar import NO_OVERRIDES
from server.domain.cases.clocks import CaseClock, answer_due, answer_from, parse_clock
from server.domain.cases.materials import Collected, Material, collected, is_form_filled, parse_materials
from server.domain.record_fields import Fields


@dataclass(frozen=True, kw_only=True)
class StepView:
    """`before` and `fields` are the whole case, `touched` what the step sets; `item` is {} when there is none."""

    name: str
    before: Fields
    fields: Fields
    touched: frozenset[str] = frozenset()
    item: Fields = field(default_factory=dict)
    on: date
    overrides: Mapping[date, bool] = field(default_factory=lambda: NO_OVERRIDES)
    barred: bool = False
    """Whether a broken promise of this person stands."""
    licences: frozenset[str] = frozenset()
    """Kinds of the resident's licences that stand for a paper on the day; only the steps that ask for papers look."""

    @property
    def clock(self) -> CaseClock | None:
        return parse_clock(self.before.get("clock"))

    @property
    def materials(self) -> tuple[Material, ...]:
        return parse_materials(self.item)

    @property
    def have(self) -> dict[str, Collected]:
        return collected(self.fields)

    @property
    def form_filled(self) -> bool:
        """Whether the answers make the form that a material of the list would be."""
        return is_form_filled(self.item, self.fields)

    @property
    def received_on(self) -> date:
        """The day the time to answer counts from."""
        return answer_from(self.before) or self.on

    @property
    def answer_is_late(self) -> bool:
        """Whether the time to ask for what is missing has gone by, so that the filing counts as accepted."""
        return self.on > answer_due(self.received_on, self.overrides).date

    def group(self, name: str) -> Mapping[str, object]:
        """A field that is a group of values; an empty one when it is none."""
        value = self.fields.get(name)
        return value if isinstance(value, Mapping) else {}
