"""What sites keep and what licences are worth, settled on both databases; and what an edit of a standard costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.actions.publish_item import publish_item, seen_of
from server.actions.take_step import Taken, centre_itself, read_record
from server.domain.catalogue.base_items import base_item_id
from server.domain.catalogue.local_items import local_item_id, shown_item
from server.domain.people.roles import Role
from sync.core.changes import OutcomeCode
from tests.catalogue_centre import CATALOGUE, DATABASES, STANDARD, CatalogueCentre, catalogue_centre
from tests.centre import ident
from tests.people import VILLAGE, VILLAGE_UNIT
from tests.put_record import put_person

LOCAL = local_item_id(VILLAGE_UNIT, STANDARD)
LICENCE, RESIDENT = ident("licence"), ident("resident")
KEPT = {"resident": RESIDENT, "village": VILLAGE, "kind": "身份证", "source": "helper"}


@pytest.fixture(params=DATABASES, ids=lambda kind: kind.value)
async def at(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CatalogueCentre]:
    async with catalogue_centre(request, tmp_path) as made:
        yield made


async def again(at: CatalogueCentre, name: str, record: str, fields: dict[str, Any], by: Any) -> Taken:
    standing = await read_record(at.platform, name.partition(".")[0], record)
    assert standing is not None
    return await at.step(name, record, fields, by=by, seen=await seen_of(at.platform, standing))


async def test_a_site_keeps_five_fields_and_departs_with_a_reason(at: CatalogueCentre) -> None:
    own = {"unit": VILLAGE_UNIT, "item": STANDARD, "hours": "8:00-17:30", "place_text": "胡乐村便民点"}
    kept = await at.step("local_item.set", LOCAL, own, by=at.helper)
    assert kept.outcome.code is OutcomeCode.APPLIED
    bare = await again(at, "local_item.set", LOCAL, {"f.promise_days": 2}, at.helper)
    assert bare.outcome.reason == "departure_reason"
    worse = await again(at, "local_item.set", LOCAL, {"f.promise_days": 9, "why.promise_days": "忙"}, at.helper)
    assert worse.outcome.reason == "departure_worse"
    said = {"f.promise_days": 2, "why.promise_days": "当日上报"}
    assert (await again(at, "local_item.set", LOCAL, said, at.helper)).outcome.code is OutcomeCode.APPLIED
    assert await at.fetch("SELECT unit, item, departs FROM local_items") == [(VILLAGE_UNIT, STANDARD, "promise_days")]
    standard, local = [await read_record(at.platform, *one) for one in (("item", STANDARD), ("local_item", LOCAL))]
    assert standard is not None
    assert local is not None
    shown = shown_item(standard.fields, local.fields)
    assert (shown["promise_days"], shown["hours"], shown["name"]) == (2, "8:00-17:30", "老年人优待证申领")


async def test_a_site_that_names_no_standard_item_or_another_id_is_refused(at: CatalogueCentre) -> None:
    nothing = ident("nothing")
    own = {"unit": VILLAGE_UNIT, "item": nothing, "hours": "x"}
    absent = await at.step("local_item.set", local_item_id(VILLAGE_UNIT, nothing), own, by=at.helper)
    assert absent.outcome.reason == "item_absent"
    assert (await at.step("local_item.set", ident("mine"), own, by=at.helper)).outcome.reason == "wrong_id"
    site = await at.step("local_item.set", local_item_id(VILLAGE_UNIT), {"unit": VILLAGE_UNIT, "hours": "x"})
    assert site.outcome.code is OutcomeCode.APPLIED


async def test_an_edit_of_the_standard_is_one_small_row_for_every_site(at: CatalogueCentre) -> None:
    """However many sites inherit it, the log grows by one change and a phone reads one row."""
    phones = [
        await at.centre.enrol(f"site-{number}", f"catalogue:{CATALOGUE}", role=Role.HELPER) for number in range(3)
    ]
    for phone in phones:
        await phone.read_all()
    head, records = (await at.fetch("SELECT head, row_count FROM buckets WHERE id = ?", f"catalogue:{CATALOGUE}"))[0]
    [[changes]] = await at.fetch("SELECT count(*) FROM changes")
    await publish_item(at.platform, at.reviewer, STANDARD, {"condition": "年满60周岁，本人申请"})
    after = await at.fetch("SELECT head, row_count FROM buckets WHERE id = ?", f"catalogue:{CATALOGUE}")
    assert after == [(head + 1, records)]
    assert await at.fetch("SELECT count(*) FROM changes") == [(changes + 1,)]
    for phone in phones:
        message = phone.request(cursors=list(phone.cursors.values()), tag=phone.tag)
        answer = await phone.exchange.answer(message, phone.caller)
        assert len(answer) < 1_500, "one item's line and an envelope"
        await phone.read_all()
        assert phone.fields(STANDARD)["condition"] == "年满60周岁，本人申请"


async def test_a_helpers_photo_stands_for_a_paper_after_a_desk_saw_the_original(at: CatalogueCentre) -> None:
    await put_person(at.platform, VILLAGE, resident=RESIDENT, case=ident("case"))
    kept = await at.step("licence.keep", LICENCE, KEPT, by=at.helper)
    assert kept.record is not None
    assert kept.record.fields["trust"] == "C"
    use = {"use_case": ident("case"), "use_purpose": "老年人优待证申领"}
    assert (await again(at, "licence.use", LICENCE, use, at.clerk)).outcome.reason == "licence_not_usable"
    verified = await again(at, "licence.verify", LICENCE, {"number": "341881********1234"}, at.clerk)
    assert verified.record is not None
    assert (verified.record.fields["trust"], verified.record.fields["verified_by"]) == ("B", at.clerk.id)
    used = await again(at, "licence.use", LICENCE, use, at.helper)
    assert used.record is not None
    [told] = used.record.fields["uses"]
    assert (told["by"], told["case"], told["purpose"]) == (at.helper.id, ident("case"), "老年人优待证申领")
    assert await at.fetch("SELECT resident, kind, trust, state FROM licences") == [(RESIDENT, "身份证", "B", "held")]


async def test_a_helper_neither_speaks_for_a_desk_nor_writes_the_class(at: CatalogueCentre) -> None:
    await put_person(at.platform, VILLAGE, resident=RESIDENT, case=ident("case"))
    for more, reason in (
        ({"source": "desk"}, "value_unknown"),
        ({"source": "register"}, "value_unknown"),
        ({"trust": "A"}, "computed_field"),
    ):
        taken = await at.step("licence.keep", LICENCE, {**KEPT, **more}, by=at.helper)
        assert taken.outcome.reason == reason


async def test_the_registers_answer_is_the_centres_to_keep_and_class_a(at: CatalogueCentre) -> None:
    centre = await centre_itself(at.platform)
    fields = {**KEPT, "source": "register", "register_ref": "r1", "valid_until": "2030-01-01"}
    taken = await at.step("licence.fetch", LICENCE, fields, by=centre)
    assert taken.record is not None
    assert taken.record.fields["trust"] == "A"


async def test_a_base_item_has_the_id_of_its_level_and_code(at: CatalogueCentre) -> None:
    fields = {"name": "优待证", "code": "992011001000", "level": "6", "catalogue": CATALOGUE}
    wrong = await at.step("base_item.publish", ident("x"), {**fields, "version": 1, "status": "active"})
    assert wrong.outcome.reason == "wrong_id"
    right = await at.step("base_item.publish", base_item_id("6", "992011001000"), fields)
    assert right.record is not None
    assert (right.record.fields["status"], right.record.fields["version"]) == ("active", 1)
