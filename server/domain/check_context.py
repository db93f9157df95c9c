"""Owns what a check may look at besides the record itself: the day, the record before, and the records it names.

Law: a check is a function of the record and this context alone; what is not in `records` is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from server.domain.calendar import NO_OVERRIDES
from server.domain.record_fields import Fields, text

_NO_RECORDS: Mapping[str, Fields] = MappingProxyType({})


class CheckContext(NamedTuple):
    """`on` is the day of receipt at the centre. `captured_on` is the day by the device: evidence that a consent
    was valid at the visit; never later than `on`, since a clock that runs ahead proves nothing.
    """

    on: date
    captured_on: date | None = None
    before: Fields | None = None
    records: Mapping[str, Fields] = _NO_RECORDS
    overrides: Mapping[date, bool] = NO_OVERRIDES

    @property
    def visit_day(self) -> date:
        return min(self.captured_on or self.on, self.on)

    @property
    def state_before(self) -> str:
        """The state before this change, "" when there was no record."""
        return text(self.before, "state") if self.before is not None else ""

    def record(self, record_id: str) -> Fields | None:
        return self.records.get(record_id)
