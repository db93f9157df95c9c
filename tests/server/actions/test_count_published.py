"""How many lists were published by a day that is over, whatever happened to them since."""

from __future__ import annotations

from server.actions.count_outcomes import count_outcomes
from server.actions.count_published import count_published
from server.actions.take_snapshots import read_days, take_snapshots
from server.domain.supervision.indicators import CODES
from sync.core.clock import from_iso
from tests.server.actions.rounds import CAMPAIGN, Round, round_of
from tests.small_centre import HELPER, TOWN, SmallCentre

OCTOBER, NOVEMBER, DECEMBER = "2020-10-01", "2020-11-01", "2020-12-01"


async def dated(small: SmallCentre, claim: str, name: str, day: str) -> None:
    """As if this step had been taken that day."""
    moment = f"{day}T10:00:00+08:00"
    await small.tamper("UPDATE claims SET state_since = ? WHERE id = ?", [moment, claim])
    await small.tamper(
        "UPDATE changes SET received_at = ? WHERE record = ? AND name = ?", [from_iso(moment), claim, name]
    )


async def published(work: Round, *days: str) -> list[str]:
    device = await work.small.enrol(HELPER)
    found = []
    for number, day in enumerate(days):
        claim = await work.claim(device, number)
        await work.publish(claim)
        await dated(work.small, claim, "claim.publish", day)
        found.append(claim)
    return found


async def counted(work: Round, before: str) -> int:
    async with work.platform.database.read() as snapshot:
        return (await count_published(snapshot, CAMPAIGN, before)).get(work.unit, 0)


async def test_what_was_published_or_opened_again_since_makes_no_difference(either: SmallCentre) -> None:
    work = round_of(either)
    await work.open()
    first, _, third = await published(work, "2020-11-10", "2020-11-11", "2020-12-03")
    assert [await counted(work, day) for day in (NOVEMBER, DECEMBER, "2020-12-04")] == [0, 2, 3]
    reviewer, _ = await work.reviewers()
    worker = await either.account(HELPER)
    taken = await work.step(worker, "claim", first, "amend", {"amend_reason": "电话变更"})
    assert taken.outcome.code.has_effect, taken.outcome
    await dated(either, first, "claim.amend", "2020-12-05")
    await work.step(reviewer, "claim", third, "suspend", {"stop_reason": "依据修订"})
    await dated(either, third, "claim.suspend", "2020-12-06")
    assert [await counted(work, day) for day in (NOVEMBER, DECEMBER, "2020-12-04")] == [0, 2, 3], "as it was then"
    assert await counted(work, "2020-12-07") == 2, "the first is in work again, the third is only suspended"


async def test_a_period_of_which_no_day_was_kept_is_counted_as_it_ended(either: SmallCentre) -> None:
    work = round_of(either)
    await either.tamper("DELETE FROM campaigns")
    opened = await work.open(start="2020-11-02", end="2099-12-31")
    await published(work, "2020-11-10", "2020-12-03")
    assert await either.fetch("SELECT count(*) FROM snapshots") == [(0,)]

    async def claims(since: str, before: str) -> tuple[int, int]:
        figures = await count_outcomes(work.platform, since, before)
        return figures.towns[TOWN].pairs[CODES.index("claims")]

    asked = (await claims(NOVEMBER, DECEMBER))[1]
    assert 0 < asked <= opened.asked
    assert await claims(NOVEMBER, DECEMBER) == (1, asked)
    assert await claims(DECEMBER, "2021-01-01") == (2, asked)
    assert await claims(OCTOBER, NOVEMBER) == (0, 0), "the round was still to come"


async def test_a_day_that_was_kept_in_another_month_is_not_this_months(either: SmallCentre) -> None:
    work = round_of(either)
    await either.tamper("DELETE FROM campaigns")
    await work.open(start="2019-01-01")
    await take_snapshots(work.platform)
    await published(work, "2020-11-10")
    await either.tamper("UPDATE snapshots SET day = '2020-10-31'")
    figures = await count_outcomes(work.platform, NOVEMBER, DECEMBER)
    assert figures.towns[TOWN].pairs[CODES.index("claims")][0] == 1


async def test_a_round_that_closes_before_any_day_was_kept_keeps_its_end(either: SmallCentre) -> None:
    work = round_of(either)
    await work.open()
    await published(work, "2020-11-10")
    await either.tamper("UPDATE campaigns SET state = 'planned' WHERE id <> ?", [CAMPAIGN])
    reviewer, _ = await work.reviewers()
    closed = await work.step(reviewer, "campaign", CAMPAIGN, "close", {"closed_why": "完成"})
    assert closed.record is not None
    assert closed.record.fields["closed_at"]
    assert await take_snapshots(work.platform) > 0
    assert await take_snapshots(work.platform) == 0
    (row,) = (await read_days(work.platform, CAMPAIGN, list((await work.platform.directory()).places))).values()
    assert row.published == 1
