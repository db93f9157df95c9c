"""A request for a cancelled material is refused, changes nothing, and is counted, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.actions.list_forbidden_requests import count_forbidden_requests, list_forbidden_requests
from server.actions.publish_item import publish_item, seen_of
from server.actions.take_step import read_record
from tests.catalogue_centre import DATABASES, FIELDS, STANDARD, CatalogueCentre, catalogue_centre
from tests.centre import ident
from tests.people import VILLAGE

RESIDENT, CONSENT, CASE = ident("resident"), ident("consent"), ident("case")
DAY_MS = 86_400_000


@pytest.fixture(params=DATABASES, ids=lambda kind: kind.value)
async def at(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CatalogueCentre]:
    async with catalogue_centre(request, tmp_path) as made:
        yield made


async def file_case(at: CatalogueCentre) -> None:
    """What a helper files, as steps of the helper's desk."""
    cancelled = {"no": 2, "name": "户口簿", "necessity": 1, "cancelled": True, "cut": 3, "instead": "共享核验"}
    await publish_item(at.platform, at.reviewer, STANDARD, {"materials": [*FIELDS["materials"], cancelled]})
    consent: dict[str, Any] = {
        "resident": RESIDENT, "items": [STANDARD], "data_kinds": ["name"], "purpose": "代办", "recipients": "民政",
        "means": "signature", "text_hash": "ab" * 32, "signed_at": "2025-11-13T09:00:00+08:00",
        "valid_until": "2025-12-10", "helper": at.helper.id, "village": VILLAGE,
    }  # fmt: skip
    case: dict[str, Any] = {
        "resident": RESIDENT, "item": STANDARD, "item_version": 2, "consent": CONSENT, "village": VILLAGE,
        "state": "submitted",
    }  # fmt: skip
    for name, record, fields in (
        ("resident.register", RESIDENT, {"name": "王秀英", "village": VILLAGE}),
        ("consent.give", CONSENT, consent),
        ("case.submit", CASE, case),
    ):
        taken = await at.step(name, record, fields, by=at.helper)
        assert taken.outcome.code.has_effect, taken.outcome


async def ask_for(at: CatalogueCentre, *numbers: str) -> str:
    standing = await read_record(at.platform, "case", CASE)
    assert standing is not None
    correction = {"materials": [{"no": no, "why": "missing"} for no in numbers], "text": "请补齐"}
    seen = await seen_of(at.platform, standing)
    taken = await at.step("case.return", CASE, {"correction": correction}, by=at.clerk, seen=seen)
    return taken.outcome.reason


async def test_a_request_for_a_cancelled_material_is_refused_and_visible(at: CatalogueCentre) -> None:
    await file_case(at)
    now = at.centre.clock.now
    assert await ask_for(at, "1", "2") == "material_forbidden"
    assert await at.fetch("SELECT state FROM cases WHERE id = ?", CASE) == [("received",)]
    counted = await count_forbidden_requests(at.platform.database, since_ms=now - DAY_MS, until_ms=now + DAY_MS)
    assert dict(counted) == {(VILLAGE, ""): 1}
    [told] = await list_forbidden_requests(at.platform.database, since_ms=now - DAY_MS, until_ms=now + DAY_MS)
    assert (told.place, told.case, told.account) == (VILLAGE, CASE, at.clerk.id)
    span = {"since_ms": now - DAY_MS, "until_ms": now + DAY_MS}
    assert await list_forbidden_requests(at.platform.database, places=["341802001001"], **span) == []
    assert await list_forbidden_requests(at.platform.database, places=[], **span) == []
    assert await list_forbidden_requests(at.platform.database, places=["341802001001", VILLAGE], **span, limit=1) == [
        told
    ], "what lies elsewhere takes nobody's line"
    assert await list_forbidden_requests(at.platform.database, since_ms=now + 1, until_ms=now + DAY_MS) == []


async def test_a_lawful_return_is_no_such_request(at: CatalogueCentre) -> None:
    await file_case(at)
    assert await ask_for(at, "1") == ""
    now = at.centre.clock.now
    assert not await count_forbidden_requests(at.platform.database, since_ms=0, until_ms=now + DAY_MS)


async def test_the_count_reads_along_its_index(at: CatalogueCentre) -> None:
    explain = "EXPLAIN QUERY PLAN" if at.platform.database.engine.value == "sqlite" else "EXPLAIN"
    sql = "SELECT count(*) FROM changes WHERE reason = 'material_forbidden' AND received_at >= 5 AND received_at < 9"
    plan = " ".join(str(cell) for row in await at.fetch(f"{explain} {sql}") for cell in row)
    assert "changes_forbidden" in plan
