"""Each filing is noted once, by the time of its capture, without its contents."""

from __future__ import annotations

from pathlib import Path

from server.actions.observe_filings import SETTLED_MS, observe_filings
from sync.core.changes import OutcomeCode
from sync.core.clock import iso
from sync.core.ids import derived_id
from tests.server.actions.test_raise_lights import platform_on
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre

RESIDENT, CONSENT, CASE = (derived_id("of", name) for name in ("resident", "consent", "case"))


async def file_one(small: SmallCentre) -> str:
    """A whole visit from the phone that is told."""
    phone = await small.enrol(HELPER)
    helper = (await small.account(HELPER)).id
    [(item, version), *_] = await small.fetch(
        "SELECT i.id, i.rev FROM items i JOIN grants g ON g.bucket = i.bucket WHERE g.account = ? AND i.name LIKE ?",
        [helper, "%老年卡%"],
    )
    resident = {"name": "王秀英", "village": VILLAGE, "phone": "13900001234", "phone_relation": "self"}
    now = small.centre.clock.wall_ms()
    consent = {
        "resident": RESIDENT, "items": [item], "data_kinds": ["identity"], "purpose": "异地就医备案",
        "recipients": ["医保局"], "retention": "办结后三年", "means": "signature", "read_aloud": True,
        "text_hash": "0" * 64, "signed_at": iso(now), "valid_until": iso(now + 9 * 86_400_000)[:10],
        "helper": helper, "village": VILLAGE, "signature_file": "f" * 32,
    }  # fmt: skip
    case = {"resident": RESIDENT, "item": item, "item_version": version, "consent": CONSENT, "village": VILLAGE}
    written = await small.send(
        phone,
        small.change("resident", "resident.register", RESIDENT, resident),
        small.change("consent", "consent.give", CONSENT, consent),
        small.change("case", "case.submit", CASE, case),
    )
    assert [one.code for one in written.outcomes] == [OutcomeCode.APPLIED] * 3, written.outcomes
    return phone


async def test_a_filing_is_noted_once_it_is_settled_and_not_again(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await file_one(small)
        now = small.centre.clock.wall_ms()
        platform, clock = platform_on(small, now)
        await observe_filings(platform)
        assert await small.fetch("SELECT count(*) FROM observations") == [(0,)]
        clock.wall = now + SETTLED_MS + 5_000
        assert await observe_filings(platform) == 1
        assert await observe_filings(platform) == 0
        [row] = await small.fetch("SELECT case_id, village, person, phone, phone_own, payee FROM observations")
        assert row[:3] == (CASE, VILLAGE, RESIDENT)
        assert row[3] == small.centre.sealing.keyed_index("phone:13900001234")
        assert row[4:] == (1, None)
        [(upto,)] = await small.fetch("SELECT position FROM read_upto")
        assert await small.fetch("SELECT max(position) FROM changes") == [(upto,)]
        assert await small.fetch("SELECT use FROM observed_images") == [("signature",)]
