"""A resident's licences on a case's page: a helper's photo is C until the original was seen; a use says what for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.actions.take_step import read_record
from server.adapters.licences import FoundLicence, LicenceQuery, RegisterUnavailable
from tests.put_record import put_record
from tests.server.actions.test_list_followup import clerk_of, login_of
from tests.server.actions.test_show_case import CASE, RESIDENT, file_case
from tests.server.console.office import Browser, Office, office
from tests.server.console.pages.test_desk import PAGE, hidden
from tests.small_centre import VILLAGE

CARD = "c" * 32
PHOTO = {
    "state": "held", "resident": RESIDENT, "village": VILLAGE, "kind": "身份证", "source": "helper", "trust": "C",
    "number": "341881193507020027",
}  # fmt: skip
USE = {"in.kind": "身份证", "in.purpose": "老年人优待证申领"}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small)
        yield made


async def clerk_at(desk: Office) -> Browser:
    browser = await desk.sign_in((await clerk_of(desk.small)).login)
    await browser.get(PAGE)
    return browser


async def fields_of(desk: Office, kind: str, record: str) -> dict[str, Any]:
    found = await read_record(desk.platform, kind, record)
    assert found is not None
    return dict(found.fields)


async def seen(desk: Office, record: str = CARD) -> dict[str, str]:
    base = await desk.small.seen("licence", record)
    return {"epoch": base.epoch or "", "rev": str(base.rev), "hash": base.hash or ""}


async def test_a_helpers_photo_is_shown_as_c_and_stands_for_no_paper_until_a_desk_saw_the_original(
    desk: Office,
) -> None:
    clerk = await clerk_at(desk)
    assert "报称电子证照，本库未查到" in (await clerk.get(PAGE)).text, "the helper said so, and nothing shows it"
    await put_record(desk.small, "licence", CARD, PHOTO)
    page = " ".join((await clerk.get(PAGE)).text.split())
    assert "C 照片，待核验原件" in page
    assert PHOTO["number"] not in page
    assert "报称电子证照，本库未查到" in page
    assert (await clerk.post(f"{PAGE}/licence/use", **USE)).status_code == 409, "a photo is no licence"
    verified = await clerk.post(f"{PAGE}/licence/{CARD}/verify", **await seen(desk))
    assert verified.status_code == 303, verified.text
    assert (await fields_of(desk, "licence", CARD))["trust"] == "B"
    page = " ".join((await clerk.get(PAGE)).text.split())
    assert "B 窗口已核验，可重复使用" in page
    assert "电子证照 B类" in page


async def test_a_use_is_kept_with_its_purpose_and_shown_with_it(desk: Office) -> None:
    await put_record(desk.small, "licence", CARD, {**PHOTO, "trust": "B", "source": "desk"})
    clerk = await clerk_at(desk)
    nameless = await clerk.post(f"{PAGE}/licence/use", **{"in.kind": "身份证"})
    assert (nameless.status_code, "写明用途" in nameless.text) == (422, True)
    assert (await clerk.post(f"{PAGE}/licence/use", **USE)).status_code == 303
    [used] = (await fields_of(desk, "licence", CARD))["uses"]
    assert (used["purpose"], used["case"]) == ("老年人优待证申领", CASE)
    assert "老年人优待证申领（本件）" in (await clerk.get(PAGE)).text


async def test_what_was_used_for_this_case_is_taken_in_as_a_licence_and_not_on_paper(desk: Office) -> None:
    standing = await fields_of(desk, "case", CASE)
    await desk.small.tamper("DELETE FROM cases WHERE id = ?", [CASE])
    await put_record(desk.small, "case", CASE, {k: v for k, v in standing.items() if k != "material.1"})
    await put_record(desk.small, "licence", CARD, {**PHOTO, "trust": "A", "source": "register"})
    clerk = await clerk_at(desk)
    await clerk.post(f"{PAGE}/licence/use", **USE)
    page = (await clerk.get(PAGE)).text
    here = {"in.material.1": "yes", "in.material.2": "yes"}
    assert (await clerk.post(f"{PAGE}/accept", **hidden(page), **here)).status_code == 303
    case = await fields_of(desk, "case", CASE)
    assert (case["material.1"], case["material.2"]) == ({"state": "licence"}, {"state": "paper"})


async def test_a_licence_seen_at_the_desk_is_registered_as_b_and_declared_void_with_a_reason(desk: Office) -> None:
    clerk = await clerk_at(desk)
    said = {"in.kind": "户口簿", "in.number": "H-1", "in.valid_until": "2036-01-01"}
    assert (await clerk.post(f"{PAGE}/licence/keep", **said)).status_code == 303
    [(record,)] = await desk.small.fetch("SELECT id FROM licences")
    made = await fields_of(desk, "licence", record)
    assert (made["trust"], made["resident"], made["source"]) == ("B", RESIDENT, "desk")
    page = f"{PAGE}/licence/{record}/void"
    assert (await clerk.post(page, **await seen(desk, record))).status_code == 409, "without a reason"
    assert (await clerk.post(page, **await seen(desk, record), **{"in.void_reason": "录错"})).status_code == 303
    assert (await fields_of(desk, "licence", record))["state"] == "void"


async def test_what_is_anothers_or_not_this_roles_is_not_there(desk: Office) -> None:
    await put_record(desk.small, "licence", CARD, {**PHOTO, "resident": "d" * 32})
    clerk = await clerk_at(desk)
    for record, verb in ((CARD, "verify"), ("e" * 32, "verify"), (CARD, "burn")):
        assert (await clerk.post(f"{PAGE}/licence/{record}/{verb}", **await seen(desk))).status_code == 404
    supervisor = await desk.sign_in(login_of(desk.small, "county_supervisor", VILLAGE))
    assert "查用电子证照" not in (await supervisor.get(PAGE)).text
    assert (await supervisor.post(f"{PAGE}/licence/use", **USE)).status_code == 404


class Away:
    name = "away"

    async def find(self, query: LicenceQuery, now_ms: int) -> FoundLicence | None:
        raise RegisterUnavailable("down")


async def test_a_register_that_does_not_answer_stops_nobody(tmp_path: Path) -> None:
    async with office(tmp_path, licences=Away()) as made:
        await file_case(made.small, known={"citizen_id": "341802193507020027"})
        clerk = await clerk_at(made)
        answer = await clerk.post(f"{PAGE}/licence/use", **USE)
        assert (answer.status_code, "先收原件办理" in answer.text) == (503, True)
