"""The world is in the log like any change, and what verifying finds."""

from pathlib import Path

import pytest

from server.actions.load_world import NotEmpty, WorldContent, load_world
from server.actions.verify import verify
from server.cli.world import content_of, records_in
from server.domain.check_context import CheckContext
from server.domain.people.entitlement import buckets_of
from server.domain.record_checks import check_record
from server.merge_policies.judging import china_day
from server.storage.people import AccountRow
from server.storage.places import read_directory
from tests.small_centre import HELPER, SmallCentre, small_centre, small_world


async def test_a_loaded_world_is_whole(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        centre = small.centre
        report = await verify(centre.database, centre.sealing, centre.policies, blobs=None)
        assert report.is_whole, report.findings.found
        world = small.world
        assert report.records == records_in(world, 3)
        assert report.changes == report.buckets


async def test_every_loaded_record_would_pass_its_check(tmp_path: Path) -> None:
    async with small_centre(tmp_path, load=False) as small:
        context = CheckContext(
            on=china_day(small.centre.clock.wall_ms()),
            captured_on=china_day(small.centre.clock.wall_ms()),
            before=None,
            records={},
        )
        for record in content_of(small_world(), residents=5).records:
            assert check_record(record.kind, record.fields, context) == [], record


async def test_an_items_rev_is_its_version(tmp_path: Path) -> None:
    for record in content_of(small_world(), residents=0).records:
        if record.kind == "item":
            assert record.rev == record.fields["version"]


async def test_a_helper_is_granted_the_village_and_its_catalogues(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        account = await small.account(HELPER)
        async with small.centre.database.read() as snapshot:
            wanted = buckets_of(account.id, account.role, account.scope, await read_directory(snapshot))
        granted = {
            bucket for (bucket,) in await small.fetch("SELECT bucket FROM grants WHERE account = ?", [account.id])
        }
        assert granted == wanted
        assert {"catalogue:village:341800", "catalogue:all:341800", "place:341881106200"} <= granted


async def test_a_second_world_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        before = await small.fetch("SELECT id, head, sum FROM buckets ORDER BY id")
        with pytest.raises(NotEmpty):
            await _load(small, content_of(small_world()))
        assert await small.fetch("SELECT id, head, sum FROM buckets ORDER BY id") == before


async def test_a_load_that_fails_leaves_nothing(tmp_path: Path) -> None:
    content = content_of(small_world(), residents=1)
    twins = WorldContent(
        content.places, content.units, [*content.accounts, _twin(content.accounts[0])], content.records
    )
    async with small_centre(tmp_path, load=False) as small:
        with pytest.raises(Exception, match="exists"):
            await _load(small, twins)
        for table in ("places", "accounts", "items", "buckets", "changes"):
            assert await small.fetch(f"SELECT 1 FROM {table}") == []


def _twin(account: AccountRow) -> AccountRow:
    return AccountRow("f" * 32, account.login, account.name, account.role, account.scope, account.site)


async def _load(small: SmallCentre, content: WorldContent) -> None:
    centre = small.centre
    await load_world(
        centre.database,
        content,
        policies=centre.policies,
        sealing=centre.sealing,
        now_ms=centre.clock.wall_ms(),
        randomness=centre.randomness,
    )
