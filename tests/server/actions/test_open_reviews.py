"""Reviews are opened once, limits are proposed to a person, samples are drawn and nobody can tell which."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.open_reviews import SAMPLE_ONE_IN, ReviewReport, findings_so_far, is_drawn, open_reviews
from server.actions.take_step import read_record
from server.merge_policies.supervision_policies import review_id
from sync.core.clock import from_iso
from sync.core.codec import encode_body
from tests.server.actions.observed import observe
from tests.server.actions.test_raise_lights import platform_on
from tests.small_centre import HELPER, VILLAGE, small_centre

APRIL = from_iso("2026-04-02T03:00:00+08:00")


async def test_a_pattern_of_last_month_is_reviewed_once_and_the_helper_is_asked(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        helper = (await small.account(HELPER)).id
        platform, _ = platform_on(small, APRIL)
        for number in range(7):
            await observe(small, helper, number, f"2026-03-30T10:0{number}:00+08:00", received_at=1)
        assert (await open_reviews(platform)).opened == 1
        assert await open_reviews(platform) == ReviewReport()
        review = await read_record(platform, "review", review_id("AR02", helper, "2026-03-01"))
        assert review is not None
        assert (review.bucket, review.fields["level"]) == (f"desk:{VILLAGE}", "yellow")
        assert (review.fields["measured"], review.fields["threshold"]) == ("7", "6")
        evidence = review.fields["evidence"]
        assert isinstance(evidence, list)
        assert len(evidence) == 7
        [(told,)] = await small.fetch("SELECT count(*) FROM notices WHERE bucket = ?", [f"person:{helper}"])
        assert told == 1


async def test_red_ones_are_called_back_and_one_in_fifty_of_the_rest(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        helper = (await small.account(HELPER)).id
        platform, _ = platform_on(small, from_iso("2026-03-20T03:00:00+08:00"))
        numbers = range(10_000)
        lots = [number for number in numbers if is_drawn(platform, f"{number:032x}")]
        assert len(numbers) // SAMPLE_ONE_IN // 2 < len(lots) < len(numbers) // SAMPLE_ONE_IN * 2
        others = [number for number in numbers if number not in set(lots)][:60]
        cases = [
            await observe(small, helper, number, f"2026-03-{number % 18 + 1:02d}T1{number % 9}:00:00+08:00")
            for number in (*lots[:4], *others)
        ]
        await small.tamper("UPDATE observations SET received_at = ?", [platform.clock.wall_ms()])
        bad = await observe(small, helper, 10_001, "2026-03-01T10:00:00+08:00", flags="late")
        drawn = set(cases[:4])
        assert (await open_reviews(platform)).samples == len(drawn) + 1
        assert (await open_reviews(platform)).samples == 0
        tasks = {about for (about,) in await small.fetch("SELECT about FROM tasks WHERE code = 'call_back'")}
        assert tasks == drawn | {bad}


async def test_two_confirmed_are_put_to_a_person_and_nothing_happens_to_the_account(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        helper = (await small.account(HELPER)).id
        platform, _ = platform_on(small, APRIL)
        body = encode_body("review", "0" * 32, 1, {"place": VILLAGE})
        sql = (
            "INSERT INTO reviews (id, bucket, version, rev, state, code, level, account, finding, opened_at, found_at, "
            "natural_keys, stamps, body) VALUES (?, ?, ?, 1, 'found', 'AR02', 'red', ?, ?, '2026-03-01', "
            "'2026-03-05T10:00:00+08:00', '', x'', ?)"
        )
        for number, finding in enumerate(("confirmed", "unfounded", "unclear")):
            await small.tamper(sql, [f"{number:032x}", f"desk:{VILLAGE}", number, helper, finding, body])
        assert (await open_reviews(platform)).proposals == 0
        await small.tamper(sql, ["9" * 32, f"desk:{VILLAGE}", 9, helper, "confirmed", body])
        assert (await open_reviews(platform)).proposals == 1
        assert (await open_reviews(platform)).proposals == 0
        assert await small.fetch("SELECT status FROM accounts WHERE id = ?", [helper]) == [("active",)]
        async with small.centre.database.read() as snapshot:
            found = await findings_so_far(snapshot)
        assert found == {"AR02": {"confirmed": 2, "unfounded": 1, "unclear": 1}}


@pytest.mark.parametrize("count", [0, 3])
async def test_without_filings_nothing_is_opened(tmp_path: Path, count: int) -> None:
    async with small_centre(tmp_path) as small:
        platform, _ = platform_on(small, APRIL)
        for number in range(count):
            await observe(small, "a" * 32, number, f"2026-03-0{number + 1}T10:00:00+08:00", received_at=1)
        assert await open_reviews(platform) == ReviewReport()
