"""What the centre does for running rounds: leases end by themselves, claims hear of a base item that changed."""

from __future__ import annotations

from pathlib import Path

from server.actions.keep_campaigns import end_leases, rebase_claims
from server.actions.take_step import read_record
from server.domain.catalogue.base_items import base_item_id
from sync.core.clock import iso
from tests.server.actions.rounds import CAMPAIGN, Round, round_of
from tests.small_centre import HELPER, small_centre


async def test_a_lease_whose_time_is_over_is_ended_once(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        device = await small.enrol(HELPER)
        account = (await small.account(HELPER)).id
        until = iso(small.centre.clock.wall_ms() - 1_000)  # its worker had no network all that time
        lease = {"unit": work.unit, "campaign": CAMPAIGN, "account": account, "claims": ["1" * 32], "until": until}
        await small.send(device, small.change("lease", "lease.take", "e" * 32, lease))
        assert await end_leases(work.platform) == 1
        assert await end_leases(work.platform) == 0
        assert await small.fetch("SELECT 1 FROM natural_keys WHERE record = ?", ["e" * 32]) == []


async def test_a_claim_is_told_once_of_each_version_of_its_base_item(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        await publish_base(work, "老年优待证办理")
        await work.open()
        claim = await work.claim(await small.enrol(HELPER))
        assert await rebase_claims(work.platform) == 0
        await publish_base(work, "老年人优待证办理")
        assert await rebase_claims(work.platform) == 1
        assert await rebase_claims(work.platform) == 0
        held = await read_record(work.platform, "claim", claim)
        assert held is not None
        base = await read_record(work.platform, "base_item", base_item_id("6", work.codes[0]))
        assert base is not None
        assert held.fields["base_version"] == base.rev
        (told,) = held.fields["rebased"]
        assert (told["field"], told["was"], told["now"], told["own"]) == (
            *("name", "老年优待证办理", "老年人优待证办理", "事项0"),
        )
        notices = await small.fetch("SELECT id FROM notices WHERE bucket = ?", [f"person:{await account_of(work)}"])
        assert len(notices) == 1


async def account_of(work: Round) -> str:
    return (await work.small.account(HELPER)).id


async def publish_base(work: Round, name: str) -> None:
    code = work.codes[0]
    fields = {
        "code": code,
        "level": "6",
        "name": name,
        "type": code[2:4],
        "catalogue": "all:341800",
        "status": "active",
    }
    reviewer = (await work.reviewers())[0]
    taken = await work.step(reviewer, "base_item", base_item_id("6", code), "publish", {**fields, "version": 1})
    assert taken.outcome.code.has_effect, taken.outcome
