"""A resident's licences as a desk sees them: class, last day and uses, on both databases."""

from __future__ import annotations

from datetime import date

from server.actions.list_licences import USES_TOLD_MAX, list_licences
from server.centre import platform_of
from tests.put_record import put_record
from tests.server.actions.test_expire_licences import licence_of
from tests.small_centre import SmallCentre

TODAY = date(2026, 11, 22)


async def test_each_is_told_with_its_class_and_what_it_was_used_for(either: SmallCentre) -> None:
    uses = [{"at": f"2026-10-{n:02}", "by": "a" * 32, "case": "c" * 32, "purpose": f"用途{n}"} for n in range(1, 26)]
    card = licence_of(either, until="2036-01-01")
    await put_record(either, "licence", "a" * 32, {**card, "trust": "A", "number": "341881X", "uses": uses})
    await put_record(either, "licence", "b" * 32, {**card, "kind": "户口簿", "trust": "C", "source": "helper"})
    await put_record(either, "licence", "d" * 32, {**card, "kind": "户口簿", "valid_until": "2026-11-21"})
    platform = platform_of(either.centre, either.writer)
    told = await list_licences(platform, card["resident"], TODAY)
    assert [(one.kind, one.trust, one.usable, one.used) for one in told] == [
        ("户口簿", "C", False, 0),
        ("户口簿", "B", False, 0),
        ("身份证", "A", True, 25),
    ]
    assert [one.purpose for one in told[2].uses] == [f"用途{n}" for n in range(25, 25 - USES_TOLD_MAX, -1)]
    assert "341881X" not in str(told), "the number stays in the record"
    assert list(await list_licences(platform, "e" * 32, TODAY)) == list(await list_licences(platform, "", TODAY)) == []
