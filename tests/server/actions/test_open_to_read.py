"""The one way to a person's record: what is not there, what is not one's own, and the look that is logged."""

from dataclasses import replace

import pytest

from server.actions.open_to_read import open_to_read, reach_record
from server.actions.recall_reason import recall_reason
from server.actions.refusals import NotFound, ReasonMissing
from server.actions.search_logs import search_looks
from server.actions.show_file import show_file
from server.centre import platform_of
from server.domain.supervision.reads import REASON_HOLDS_MS
from server.storage.blobs import open_blobs
from tests.aid_scene import CASE, PICTURE, put_matter
from tests.people import HandClock
from tests.put_record import put_record
from tests.server.actions.test_list_followup import clerk_of, login_of
from tests.small_centre import VILLAGE, SmallCentre

KINDS = ("case", "consent", "ticket", "rating", "task", "conflict", "licence", "bundle", "service_log", "resident")
WHY = "核对材料"


def login_elsewhere(small: SmallCentre) -> str:
    """A clerk's of another town."""
    return next(
        one.login
        for one in small.world.accounts
        if one.role == "desk_clerk"
        and one.scope_places
        and all(place[6:9] not in ("000", VILLAGE[6:9]) for place in one.scope_places)
    )


async def looks(small: SmallCentre) -> list[tuple[object, ...]]:
    return list(await small.fetch("SELECT kind, record FROM reads ORDER BY position"))


async def test_whatever_leads_to_social_aid_wants_a_reason_and_nothing_is_logged_without(either: SmallCentre) -> None:
    ids = await put_matter(either, VILLAGE, aid=True)
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    for kind in KINDS:
        with pytest.raises(ReasonMissing):
            await open_to_read(platform, clerk, kind, ids[kind])
    assert await looks(either) == []
    for kind in KINDS:
        assert (await open_to_read(platform, clerk, kind, ids[kind], WHY)).id == ids[kind]
    assert await looks(either) == [(kind, ids[kind]) for kind in KINDS]


async def test_what_does_not_is_opened_without_one_and_logged_too(either: SmallCentre) -> None:
    ids = await put_matter(either, VILLAGE, aid=False)
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    for kind in (*KINDS, "light"):
        await open_to_read(platform, clerk, kind, ids[kind])
    assert await looks(either) == [(kind, ids[kind]) for kind in (*KINDS, "light")]


async def test_absent_foreign_and_forbidden_are_the_same_and_no_look(either: SmallCentre) -> None:
    ids = await put_matter(either, VILLAGE, aid=False)
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    reviewer = await either.account(login_of(either, "catalogue_reviewer", VILLAGE))
    far = await either.account(login_elsewhere(either))
    for account, kind, record in (
        (clerk, "case", "0" * 32),
        (clerk, "case", "../" + CASE),
        (far, "case", CASE),
        (far, "consent", ids["consent"]),
        (reviewer, "case", CASE),
        (clerk, "review", ids["review"]),
    ):
        with pytest.raises(NotFound):
            await open_to_read(platform, account, kind, record, WHY)
        with pytest.raises(NotFound):
            await reach_record(platform, account, kind, record)
    assert await looks(either) == []


async def test_a_conflict_is_read_by_who_may_read_what_it_is_over(either: SmallCentre) -> None:
    ids = await put_matter(either, VILLAGE, aid=False)
    platform = platform_of(either.centre, either.writer)
    reviewer = await either.account(login_of(either, "catalogue_reviewer", VILLAGE))
    place = sorted(reviewer.scope.places)[0]
    over = {"record": ids["case"], "kind": "case", "fields": ["address"], "state": "open", "change": "4" * 32}
    fields = {**over, "authors": ["x"], "bucket": f"place:{place}"}
    await put_record(either, "conflict", "5" * 32, fields, bucket=f"place:{place}")
    await put_record(either, "conflict", "6" * 32, {**fields, "kind": "claim"}, bucket=f"place:{place}")
    with pytest.raises(NotFound):
        await open_to_read(platform, reviewer, "conflict", "5" * 32, WHY)
    assert (await open_to_read(platform, reviewer, "conflict", "6" * 32, WHY)).id == "6" * 32


async def test_a_picture_is_covered_by_the_reason_that_its_case_was_just_opened_for(
    either: SmallCentre, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await put_matter(either, VILLAGE, aid=True)
    clock, clerk = HandClock(), await clerk_of(either)
    platform = replace(platform_of(either.centre, either.writer), clock=clock)
    lead = await either.account(login_of(either, "town_lead", VILLAGE))
    blobs = open_blobs(f"file://{tmp_path_factory.mktemp('b')}/blobs", either.centre.sealing)
    with pytest.raises(ReasonMissing):
        await show_file(platform, blobs, clerk, CASE, PICTURE)
    await open_to_read(platform, clerk, "case", CASE, WHY, unmasked=True)
    assert await recall_reason(platform, clerk, "case", CASE) == WHY
    assert await show_file(platform, blobs, clerk, CASE, PICTURE) is None, "not here yet, and no longer refused"
    [look, *_] = await search_looks(platform, account=clerk.id)
    assert (look.kind, look.record, look.said) == ("file", PICTURE, f"{CASE} {WHY}")
    with pytest.raises(ReasonMissing):
        await show_file(platform, blobs, lead, CASE, PICTURE)
    clock.advance(REASON_HOLDS_MS)
    with pytest.raises(ReasonMissing):
        await show_file(platform, blobs, clerk, CASE, PICTURE)
    assert await show_file(platform, blobs, clerk, CASE, PICTURE, "再看一次") is None
