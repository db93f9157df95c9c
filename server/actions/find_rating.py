"""Finds the rating of a case that counts, and where the next one would have its place.

Law: a case has one rating, and one more where the first was set aside; whoever gives one finds the same place for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.platform import Platform
from server.actions.take_step import read_record
from server.domain.cases.ratings import RatingState, rating_id
from server.domain.record_fields import text
from sync.central.known import Record
from sync.core.changes import Fields


@dataclass(frozen=True)
class RatingPlace:
    """`standing`: the last word on the case, None while it may still be rated. `record`: the id that a rating has which
    is given now; `instead_of`: the first one in whose place it stands, "" when it is the first.
    """

    standing: Record | None
    record: str
    instead_of: str = ""

    @property
    def names(self) -> Fields:
        """What a second rating says beside its own."""
        return {"instead_of": self.instead_of} if self.instead_of else {}


async def find_rating(platform: Platform, case: str) -> RatingPlace:
    """Who may see it is for the caller to judge."""
    ident = rating_id(case)
    first = await read_record(platform, "rating", ident)
    if first is None or text(first.fields, "state") != RatingState.SET_ASIDE:
        return RatingPlace(first, ident)
    second = rating_id(case, again=True)
    return RatingPlace(await read_record(platform, "rating", second), second, ident)
