"""A reason covers what its page names, for its own account, its own record, and a while."""

from dataclasses import replace

from server.actions.log_read import log_read
from server.actions.recall_reason import recall_reason
from server.centre import platform_of
from server.domain.supervision.reads import REASON_HOLDS_MS
from tests.people import HandClock
from tests.server.actions.test_list_followup import clerk_of
from tests.small_centre import HELPER, SmallCentre

CASE, OTHER = "c" * 32, "d" * 32


async def test_the_newest_reason_of_the_account_for_the_record_counts_for_a_while(either: SmallCentre) -> None:
    clock, clerk = HandClock(), await clerk_of(either)
    helper = await either.account(HELPER)
    platform = replace(platform_of(either.centre, either.writer), clock=clock)
    assert await recall_reason(platform, clerk, "case", CASE) == ""
    await log_read(platform, clerk, "case", CASE, "核对材料")
    clock.advance(1_000)
    await log_read(platform, clerk, "case", CASE, "再核对", unmasked=True)
    await log_read(platform, clerk, "case", CASE)
    assert await recall_reason(platform, clerk, "case", CASE) == "再核对"
    for account, kind, record in ((helper, "case", CASE), (clerk, "case", OTHER), (clerk, "consent", CASE)):
        assert await recall_reason(platform, account, kind, record) == ""
    clock.advance(REASON_HOLDS_MS)
    assert await recall_reason(platform, clerk, "case", CASE) == ""
