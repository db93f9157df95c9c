"""Freezes a period's bulletin, the towns' own with it: what was looked at, whole, or nothing.

Laws: the city's and every town's draft are frozen in one transaction, each in the very state that was read; whoever
builds anew meanwhile is not frozen unseen, also where the city's figures came out equal: a town's own may not have.
What does not follow from its own rows is not frozen, nor what is beside it; nor is a period that is not over. A half
that an earlier fault left is completed by freezing again.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.build_bulletin import edit_of, read_bulletin, read_edition
from server.actions.centre_writes import write_together
from server.actions.platform import Platform
from server.actions.refusals import ActionRefused, NotFound
from server.domain.record_fields import integer, text
from server.domain.supervision.bulletins import BulletinState, differences, is_over
from server.merge_policies.judging import china_day
from server.storage.people import AccountRow
from sync.central.known import Record


@dataclass(frozen=True)
class Seen:
    """The draft a person looked at: its number, the fingerprint of its data, and which build of it."""

    edition: int
    data_hash: str
    build: str

    @staticmethod
    def of(bulletin: Record) -> Seen:
        fields = bulletin.fields
        return Seen(integer(fields, "edition"), text(fields, "data_hash"), text(fields, "build"))


class BulletinMoved(Exception):
    """It is not what was looked at any more."""


class BulletinUnfinished(ActionRefused):
    """Its month or day is not over."""

    code = "bulletin_unfinished"

    def __init__(self, period: str) -> None:
        super().__init__(f"{period} is not over: freeze it after its last day. 这一期还没有结束，结束后再定稿")


class BulletinUnfounded(Exception):
    """`fields`: what in the drafts does not follow from their own rows."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


async def freeze_bulletin(
    platform: Platform, period: str, *, seen: Seen | None = None, by: AccountRow | None = None
) -> Record:
    """Freezes the latest draft. `seen`: what was looked at, None for whatever the centre has just built; `by`: who says
    so. Raises NotFound when there is no draft, BulletinMoved, BulletinUnfinished or BulletinUnfounded.
    """
    latest = await read_bulletin(platform, period)
    if latest is None or text(latest.fields, "state") != BulletinState.DRAFT:
        raise NotFound(f"no draft of {period}")
    if not is_over(period, china_day(platform.clock.wall_ms())):
        raise BulletinUnfinished(period)
    edition = await read_edition(platform, period, integer(latest.fields, "edition"))
    drafts = [(held, base) for held, base in edition if text(held.fields, "state") == BulletinState.DRAFT]
    if not drafts or drafts[0][0].id != latest.id or (seen is not None and Seen.of(drafts[0][0]) != seen):
        raise BulletinMoved(period)
    unfounded = sorted({name for held, _ in drafts for name in differences(held.fields)})
    if unfounded:
        raise BulletinUnfounded(unfounded)
    edits = [(text(held.fields, "place"), edit_of(held, base, "bulletin.freeze", {})) for held, base in drafts]
    outcomes = await write_together(platform, edits, by=by)
    if not all(outcome.code.has_effect for outcome in outcomes):
        raise BulletinMoved(period)
    frozen = await read_bulletin(platform, period, edition=integer(latest.fields, "edition"))
    assert frozen is not None, "it was there before it was frozen"
    return frozen
