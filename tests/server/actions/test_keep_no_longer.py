"""What is old goes, what is not stays, and verifying finds nothing."""

from __future__ import annotations

from dataclasses import replace

from server.actions.erase_resident import erase_resident
from server.actions.keep_no_longer import DAY_MS, Due, keep_no_longer, retention_due
from server.actions.log_heads import SignedHeads, read_signed_heads, sign_heads, signing_key
from server.actions.platform import Platform
from server.actions.take_step import read_record
from server.centre import platform_of
from server.domain.supervision.retention import KEPT
from server.storage.read_log import Look, append_looks
from tests.people import HandClock
from tests.server.actions.observed import observe
from tests.server.actions.test_erase_resident import withdrawn
from tests.server.actions.test_observe_filings import RESIDENT, file_one
from tests.small_centre import SmallCentre
from tests.tampering import verified


def heads(small: SmallCentre) -> SignedHeads:
    centre = small.centre
    return read_signed_heads(centre.settings.backup_folder, signing_key(centre.secrets).public_key())


async def sign(small: SmallCentre, now: int) -> None:
    centre = small.centre
    await sign_heads(centre.database, centre.settings.backup_folder, signing_key(centre.secrets), now_ms=now)


def platform_at(small: SmallCentre, days: int) -> Platform:
    clock = HandClock(wall=small.centre.clock.wall_ms() + days * DAY_MS)
    return replace(platform_of(small.centre, small.writer), clock=clock)


async def look(small: SmallCentre, at: int) -> None:
    async with small.centre.database.write() as tx:
        await append_looks(tx, [Look(at, "a" * 32, "case", "c" * 32, "审核")] * 3, small.centre.sealing)


def told(found: list[Due]) -> dict[str, tuple[int, int]]:
    return {one.code: (one.due, one.deleted) for one in found if one.due}


async def test_old_looks_go_from_the_beginning_and_the_log_is_whole(either: SmallCentre) -> None:
    now = either.centre.clock.wall_ms()
    await look(either, now)
    await sign(either, now)
    late = platform_at(either, KEPT["reads"].days + 1)
    assert told(await retention_due(late, heads(either))) == {}
    await look(either, late.clock.wall_ms())
    await sign(either, late.clock.wall_ms())
    assert told(await keep_no_longer(late, heads(either))) == {"reads": (3, 3)}
    assert await either.fetch("SELECT min(position), max(position) FROM reads") == [(4, 6)]
    report = await verified(either)
    assert report.is_whole, report.findings.found
    assert told(await keep_no_longer(late, heads(either))) == {}
    assert await either.fetch("SELECT verb, detail FROM account_events") == [("retention", '{"reads":3}')]


async def test_a_resident_goes_three_years_after_the_last_case_was_over(either: SmallCentre) -> None:
    await withdrawn(either, await file_one(either))
    await sign(either, either.centre.clock.wall_ms())
    assert "residents" not in told(await keep_no_longer(platform_at(either, 3 * 365 - 2), heads(either)))
    assert told(await keep_no_longer(platform_at(either, 3 * 366 + 1), heads(either)))["residents"] == (1, 1)
    resident = await read_record(platform_of(either.centre, either.writer), "resident", RESIDENT)
    assert resident is not None
    assert resident.fields["name"] == "已删除"
    assert (await verified(either)).is_whole


async def test_what_an_old_phone_brings_after_an_erasure_is_emptied_by_the_next_run(either: SmallCentre) -> None:
    phone = await file_one(either)
    await withdrawn(either, phone)
    platform = platform_at(either, 0)
    await erase_resident(platform, RESIDENT, why="本人申请", actor="operator")
    await either.send(phone, either.change("resident", "resident.register", RESIDENT, {"name": "王秀英"}))
    assert told(await keep_no_longer(platform, heads(either))) == {"late_lines": (1, 1)}
    assert (await verified(either)).is_whole


async def test_facts_of_filings_go_after_their_time(either: SmallCentre) -> None:
    await observe(either, "a" * 32, 1, "2020-01-01T10:00:00+08:00")
    case = await observe(either, "a" * 32, 2, "2020-01-01T10:00:00+08:00", received_at=either.centre.clock.wall_ms())
    assert told(await keep_no_longer(platform_at(either, 1), heads(either))) == {"observations": (1, 1)}
    assert await either.fetch("SELECT case_id FROM observations") == [(case,)]
