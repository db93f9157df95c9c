"""One case on one page: what it is, who may see it, what is due, what can be done now; and its history from the log."""

from __future__ import annotations

from typing import Any

import pytest

from server.actions.case_history import case_history
from server.actions.refusals import NotFound
from server.actions.show_case import show_case
from server.actions.take_step import read_record, take_step
from server.centre import platform_of
from sync.core.chain import encode_hash
from sync.core.changes import Base
from sync.core.clock import iso
from tests.put_record import case_of, put_record
from tests.server.actions.test_list_followup import clerk_of, login_of
from tests.small_centre import HELPER, VILLAGE, SmallCentre

RESIDENT, CONSENT, CASE = "7" * 32, "8" * 32, "9" * 32


async def file_case(
    small: SmallCentre,
    *,
    material: dict[str, Any] | None = None,
    typed: dict[str, Any] | None = None,
    known: dict[str, Any] | None = None,
) -> str:
    """A filing for the first village item that asks for nothing special, with what more was typed, and what more is
    `known` of the resident; its id.
    """
    device = await small.enrol(HELPER)
    item = next(one for one in small.world.standard_items if one.key == "V01")
    await small.register(device, record=RESIDENT, **(known or {}))
    signed = small.centre.clock.wall_ms()
    consent = {
        "resident": RESIDENT,
        "items": [item.id],
        "data_kinds": ["name"],
        "purpose": "办理老年优待证",
        "recipients": ["民政局"],
        "means": "signature",
        "text_hash": "0" * 64,
        "signed_at": iso(signed),
        "valid_until": iso(signed + 10 * 86_400_000)[:10],
        "helper": (await small.account(HELPER)).id,
        "village": VILLAGE,
    }
    fields: dict[str, Any] = {
        "resident": RESIDENT,
        "item": item.id,
        "item_version": 1,
        "consent": CONSENT,
        "village": VILLAGE,
        "state": "submitted",
        "material.1": material or {"state": "licence"},
        **(typed or {}),
    }
    written = await small.send(
        device,
        small.change("consent", "consent.give", CONSENT, consent),
        small.change("case", "case.submit", CASE, fields),
    )
    assert [one.code.value for one in written.outcomes] == ["applied", "applied"], written.outcomes
    return CASE


async def step(small: SmallCentre, verb: str, **fields: Any) -> str:
    platform = platform_of(small.centre, small.writer)
    standing = await read_record(platform, "case", CASE)
    assert standing is not None
    epoch = (await small.fetch("SELECT epoch FROM centre"))[0][0]
    taken = await take_step(
        platform,
        await clerk_of(small),
        kind="case",
        record=CASE,
        name=f"case.{verb}",
        fields=fields,
        seen=Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash)),
    )
    return taken.outcome.code.value


async def test_a_page_tells_what_is_missing_what_is_due_and_what_can_be_done(either: SmallCentre) -> None:
    await file_case(either)
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    page = await show_case(platform, clerk, CASE)
    assert page.record.fields["state"] == "received"
    assert page.resident["name"] == "王秀英"
    assert [due.code for due in page.dues] == ["answer"]
    assert [one["no"] for one in page.to_ask_for] == ["2"]
    assert "material_missing" in {one.code for one in page.advice}
    assert "case.accept" in page.steps
    assert "case.submit" not in page.steps
    assert page.consent is not None
    assert (page.consent.as_signed, page.consent.problems) == (True, ())


@pytest.mark.parametrize(
    ("birth", "hukou", "received", "pays"),
    [
        ("1941-05-01", VILLAGE, "2026-11-02", "每月40元"),  # the county's own row goes before the general one
        ("1941-05-01", VILLAGE, "2026-06-30", "每月30元"),  # which did not hold yet
        ("1941-05-01", "341802000000", "2026-11-02", "每月30元"),
        ("1931-05-01", VILLAGE, "2026-11-02", "每月60元"),
        ("1950-05-01", VILLAGE, "2026-11-02", ""),
        ("", VILLAGE, "2026-11-02", ""),
    ],
)
async def test_a_desk_sees_what_the_item_pays_this_person_by_county_and_day(
    either: SmallCentre, birth: str, hukou: str, received: str, pays: str
) -> None:
    item = next(one for one in either.world.standard_items if one.key == "V03")
    known = {"name": "王秀英", "village": VILLAGE, "hukou": hukou, **({"birth": birth} if birth else {})}
    await put_record(either, "resident", RESIDENT, known)
    at = f"{received}T09:00:00+08:00"
    case = case_of(either, state="received", finished_at="", item=item.id, resident=RESIDENT, received_at=at)
    await put_record(either, "case", CASE, case)
    page = await show_case(platform_of(either.centre, either.writer), await clerk_of(either), CASE, "核对")
    assert page.pays[0] == pays
    assert bool(page.pays[1]) is bool(pays)


async def test_who_filed_a_case_is_told_that_a_colleague_takes_it_on(either: SmallCentre) -> None:
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    await put_record(either, "case", CASE, case_of(either, state="received", helper=clerk.id))
    page = await show_case(platform, clerk, CASE)
    assert not {"case.accept", "case.refuse"} & {*page.steps}
    assert {"case.precheck", "case.return", "case.transfer"} <= {*page.steps}
    assert [one.zh for one in page.advice if one.code == "own_filing"]
    await put_record(either, "case", "a" * 32, case_of(either, state="received", number="", receipt=""))
    of_another = await show_case(platform, clerk, "a" * 32)
    assert "case.accept" in of_another.steps
    assert "own_filing" not in {one.code for one in of_another.advice}


async def test_the_history_tells_every_step_with_what_it_moved_and_what_had_no_effect(either: SmallCentre) -> None:
    await file_case(either)
    assert await step(either, "accept") == "refused"
    assert await step(either, "accept", **{"material.2": {"state": "paper"}}) == "applied"
    history = await case_history(platform_of(either.centre, either.writer), CASE)
    assert [(one.step, one.code, one.state) for one in history] == [
        ("case.submit", "applied", "received"),
        ("case.accept", "refused", ""),
        ("case.accept", "applied", "accepted"),
    ]
    assert history[1].reason == "accept_incomplete"
    assert history[1].fields == ()
    assert {"accepted_at", "clock", "material.2", "state"} <= {*history[2].fields}
    assert history[0].account_name
    assert [one for one in history if not one.at] == []


async def test_each_look_is_logged_and_out_of_reach_is_absent(either: SmallCentre) -> None:
    await file_case(either)
    platform = platform_of(either.centre, either.writer)
    await show_case(platform, await clerk_of(either), CASE, "核对材料")
    assert await either.fetch("SELECT count(*) FROM reads WHERE record = ?", [CASE]) == [(1,)]
    stranger = await either.account(login_of(either, "catalogue_reviewer", VILLAGE))
    for account, record in ((stranger, CASE), (await clerk_of(either), "f" * 32)):
        with pytest.raises(NotFound):
            await show_case(platform, account, record)


async def test_a_case_is_passed_to_a_listed_unit_and_to_no_other(either: SmallCentre) -> None:
    await file_case(either)
    with pytest.raises(NotFound):
        await step(either, "transfer", transfer={"to": "unit:nobody", "reason": "试试"})
    unit = next(iter(either.world.units)).id
    assert await step(either, "transfer", transfer={"to": f"unit:{unit}", "reason": "属该单位"}) == "applied"
    standing = await read_record(platform_of(either.centre, either.writer), "case", CASE)
    assert standing is not None
    assert standing.fields["holder"] == f"unit:{unit}"


async def test_a_broken_promise_of_the_same_person_is_told_before_a_desk_accepts(either: SmallCentre) -> None:
    await file_case(either)
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    assert "promise_barred" not in {one.code for one in (await show_case(platform, clerk, CASE)).advice}
    key = f"credit:{RESIDENT}:2"
    await either.tamper("INSERT INTO natural_keys (id, kind, record) VALUES (?, 'case', ?)", [key, "a" * 32])
    assert "promise_barred" in {one.code for one in (await show_case(platform, clerk, CASE)).advice}
