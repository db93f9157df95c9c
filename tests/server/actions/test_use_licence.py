"""A licence is used instead of a paper: the one at hand, or what a register finds; on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.actions.local_register import LocalRegister
from server.actions.publish_item import seen_of
from server.actions.refusals import NotFound
from server.actions.show_case import show_case
from server.actions.take_step import read_record
from server.actions.use_licence import use_licence
from server.adapters.licences import FoundLicence, LicenceQuery
from tests.catalogue_centre import CATALOGUE, DATABASES, STANDARD, CatalogueCentre, catalogue_centre
from tests.centre import ident
from tests.people import SIBLING, VILLAGE

RESIDENT, CONSENT, CASE, LICENCE = (ident(one) for one in ("resident", "consent", "case", "licence"))
PERSON = "341802193507020027"
PURPOSE = "老年人优待证申领"


class Register:
    """One that has an answer ready and remembers what it was asked."""

    name = "test"

    def __init__(self, found: FoundLicence | None) -> None:
        self.found = found
        self.asked: list[LicenceQuery] = []

    async def find(self, query: LicenceQuery, now_ms: int) -> FoundLicence | None:
        self.asked.append(query)
        return self.found


@pytest.fixture(params=DATABASES, ids=lambda kind: kind.value)
async def at(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CatalogueCentre]:
    async with catalogue_centre(request, tmp_path) as made:
        await file_case(made)
        yield made


async def file_case(at: CatalogueCentre) -> None:
    consent: dict[str, Any] = {
        "resident": RESIDENT, "items": [STANDARD], "data_kinds": ["name"], "purpose": "代办", "recipients": "民政",
        "means": "signature", "text_hash": "ab" * 32, "signed_at": "2025-11-13T09:00:00+08:00",
        "valid_until": "2025-12-10", "helper": at.helper.id, "village": VILLAGE,
    }  # fmt: skip
    case = {"resident": RESIDENT, "item": STANDARD, "item_version": 1, "consent": CONSENT, "village": VILLAGE}
    for name, record, fields in (
        ("resident.register", RESIDENT, {"name": "汪秀英", "village": VILLAGE, "citizen_id": PERSON}),
        ("consent.give", CONSENT, consent),
        ("case.submit", CASE, {**case, "state": "submitted"}),
    ):
        assert (await at.step(name, record, fields, by=at.helper)).outcome.code.has_effect


async def test_what_a_register_finds_is_kept_as_class_a_and_its_use_recorded(at: CatalogueCentre) -> None:
    register = Register(FoundLicence(ref="A-1", number=PERSON, issuer="公安", valid_until="2036-01-01"))
    taken = await use_licence(at.platform, register, at.clerk, case=CASE, kind="身份证", purpose=PURPOSE)
    assert taken is not None
    assert taken.record is not None
    assert (taken.record.fields["trust"], taken.record.bucket) == ("A", f"place:{VILLAGE}")
    assert [one["purpose"] for one in taken.record.fields["uses"]] == [PURPOSE]
    assert [(one.person, one.kind, one.case) for one in register.asked] == [(PERSON, "身份证", CASE)]
    again = await use_licence(at.platform, register, at.helper, case=CASE, kind="身份证", purpose=PURPOSE)
    assert again is not None
    assert again.record is not None
    assert [one["by"] for one in again.record.fields["uses"]] == [at.clerk.id, at.helper.id]
    assert len(register.asked) == 1, "what is at hand is not asked for again"
    assert await at.fetch("SELECT count(*) FROM reads") == [(2,)]


async def test_without_a_licence_there_is_none_and_nothing_is_kept(at: CatalogueCentre) -> None:
    assert await use_licence(at.platform, Register(None), at.clerk, case=CASE, kind="户口簿", purpose=PURPOSE) is None
    assert await at.fetch("SELECT count(*) FROM licences") == [(0,)]


async def test_a_case_out_of_reach_is_absent(at: CatalogueCentre) -> None:
    for account, case in ((at.reviewer, CASE), (at.clerk, ident("no case"))):
        with pytest.raises(NotFound):
            await use_licence(at.platform, Register(None), account, case=case, kind="身份证", purpose=PURPOSE)


async def test_the_own_register_knows_the_person_in_another_village_once_a_desk_verified(at: CatalogueCentre) -> None:
    """The same person was registered by a neighbour village too; their papers were seen there."""
    elsewhere = ident("elsewhere")
    fields = {"name": "汪秀英", "village": SIBLING, "citizen_id": PERSON}
    await at.step("resident.register", elsewhere, fields, by=at.clerk)
    kept = {"resident": elsewhere, "village": SIBLING, "kind": "户口簿", "source": "helper", "number": "H-1"}
    await at.step("licence.keep", LICENCE, kept, by=at.clerk)
    register = LocalRegister(at.platform.database, at.platform.sealing)
    asked = {"case": CASE, "kind": "户口簿", "purpose": PURPOSE}
    assert await use_licence(at.platform, register, at.clerk, **asked) is None
    standing = await read_record(at.platform, "licence", LICENCE)
    assert standing is not None
    seen = await seen_of(at.platform, standing)
    await at.step("licence.verify", LICENCE, {}, by=at.clerk, seen=seen)
    taken = await use_licence(at.platform, register, at.clerk, **asked)
    assert taken is not None
    assert taken.record is not None
    assert taken.record.id != LICENCE
    assert (taken.record.fields["trust"], taken.record.fields["number"]) == ("B", "H-1")
    assert taken.record.bucket == f"place:{VILLAGE}"


FORMED = ident("item with a form")
PAPERS = [
    {"no": 1, "name": "居民身份证", "necessity": 1, "form": "原件", "copies": 1, "licence": ["身份证"]},
    {"no": 2, "name": "申请表", "necessity": 1, "form": "原件", "copies": 1, "cut": 6, "instead": "免填单"},
    {"no": 3, "name": "照片", "necessity": 1, "form": "原件", "copies": 1},
]


async def file_formed(at: CatalogueCentre, **more: Any) -> str:
    """A case of an item with a form, a paper for which a licence may stand, and one for which none does."""
    form = [{"name": "bank", "label": "开户行", "type": "text", "required": True}]
    said = {
        "name": "补贴",
        "status": "active",
        "version": 1,
        "catalogue": CATALOGUE,
        "materials": PAPERS,
        "fields": form,
    }
    case, consent = ident("formed"), ident("formed consent")
    given: dict[str, Any] = {
        "resident": RESIDENT, "items": [FORMED], "data_kinds": ["name"], "purpose": "代办", "recipients": "民政",
        "means": "signature", "text_hash": "ab" * 32, "signed_at": "2025-11-13T09:00:00+08:00",
        "valid_until": "2025-12-10", "helper": at.helper.id, "village": VILLAGE,
    }  # fmt: skip
    filing = {"resident": RESIDENT, "item": FORMED, "item_version": 1, "consent": consent, "village": VILLAGE, **more}
    for name, record, fields, by in (
        ("item.publish", FORMED, said, at.reviewer),
        ("consent.give", consent, given, at.helper),
        ("case.submit", case, {**filing, "state": "submitted"}, at.helper),
    ):
        taken = await at.step(name, record, fields, by=by)
        assert taken.outcome.code.has_effect, taken.outcome
    return case


async def at_desk(at: CatalogueCentre, name: str, record: str, fields: dict[str, Any]) -> list[tuple[str, str]]:
    """The clerk's step with what stands; the reasons for which it is refused."""
    standing = await read_record(at.platform, name.partition(".")[0], record)
    assert standing is not None
    taken = await at.step(name, record, fields, by=at.clerk, seen=await seen_of(at.platform, standing))
    return [(one["code"], one["field"]) for one in taken.outcome.detail.get("problems", [])]


def returning(*numbers: str) -> dict[str, Any]:
    return {"correction": {"text": "请补齐", "materials": [{"no": no, "why": "missing"} for no in numbers]}}


async def test_a_paper_for_which_a_licence_at_hand_stands_is_not_asked_for(at: CatalogueCentre) -> None:
    case = await file_formed(at, **{"form.bank": "农商行", "material.3": {"state": "paper"}})
    kept = {"resident": RESIDENT, "village": VILLAGE, "kind": "身份证", "source": "helper", "valid_until": "2025-12-01"}
    assert (await at.step("licence.keep", LICENCE, kept, by=at.helper)).outcome.code.has_effect
    assert await at_desk(at, "case.accept", case, {}) == [("accept_incomplete", "material.1")]
    assert await at_desk(at, "licence.verify", LICENCE, {}) == []
    page = await show_case(at.platform, at.clerk, case)
    assert page.to_ask_for == ()
    assert [(one.no, one.ask) for one in page.materials] == [("1", "covered"), ("2", "covered"), ("3", "ask")]
    assert await at_desk(at, "case.return", case, returning("1")) == [("material_forbidden", "material.1")]
    assert await at_desk(at, "case.accept", case, {}) == [("accept_licence", "material.1")]
    at.centre.clock.now += 20 * 86_400_000  # the licence's last day has gone by, and nobody has marked it yet
    page = await show_case(at.platform, at.clerk, case)
    assert [one["no"] for one in page.to_ask_for] == ["1"]
    assert await at_desk(at, "case.accept", case, {"material.1": {"state": "paper"}}) == []


async def test_a_licence_that_was_declared_void_stands_for_nothing_and_its_place_is_free(at: CatalogueCentre) -> None:
    case = await file_formed(at, **{"form.bank": "农商行", "material.3": {"state": "paper"}})
    kept = {"resident": RESIDENT, "village": VILLAGE, "kind": "身份证", "source": "desk"}
    for record in (LICENCE, ident("renewed"), ident("third")):
        assert (await at.step("licence.keep", record, kept, by=at.clerk)).outcome.code.has_effect
    for record in (LICENCE, ident("renewed"), ident("third")):
        assert await at_desk(at, "case.return", case, returning("1")) == [("material_forbidden", "material.1")]
        assert await at_desk(at, "licence.void", record, {"void_reason": "已换领"}) == []
        if record == ident("renewed"):  # the third had no place; it takes one with its next step
            assert await at_desk(at, "licence.verify", ident("third"), {}) == []
    assert await at_desk(at, "case.return", case, returning("1")) == []


async def test_a_form_whose_answers_are_here_is_not_asked_for_on_paper(at: CatalogueCentre) -> None:
    case = await file_formed(at, **{"material.1": {"state": "paper"}, "material.3": {"state": "paper"}})
    assert await at_desk(at, "case.accept", case, {}) == [("accept_incomplete", "material.2")]
    filled = await file_again(at)
    assert await at_desk(at, "case.return", filled, returning("2")) == [("material_forbidden", "material.2")]
    assert await at_desk(at, "case.accept", filled, {}) == []


async def file_again(at: CatalogueCentre) -> str:
    """The same filing with its form answered."""
    case = ident("formed")
    standing = await read_record(at.platform, "case", case)
    assert standing is not None
    answered = {"form.bank": "农商行"}
    taken = await at.step("case.edit", case, answered, by=at.helper, seen=await seen_of(at.platform, standing))
    assert taken.outcome.code.has_effect, taken.outcome
    return case
