"""What waits for a person, the oldest first."""

from __future__ import annotations

from pathlib import Path

from server.actions.list_disputes import LINES, count_disputes, list_conflicts, list_parked
from server.centre import platform_of
from server.domain.people.roles import Scope
from sync.core.changes import Base
from tests.small_centre import HELPER, VILLAGE, small_centre

IN_VILLAGE = Scope(places=frozenset({VILLAGE}))
ELSEWHERE = Scope(places=frozenset({"341802000000"}))


async def test_parked_changes_come_in_pages_without_gap_or_repeat(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        device = await small.enrol(HELPER)
        lines = [
            small.change("resident", "resident.edit", f"{n:032x}", {"address": "x"}, base=Base(change=f"{n:032x}"))
            for n in range(1, LINES + 6)
        ]
        await small.send(device, *lines)
        first = await list_parked(platform, IN_VILLAGE)
        assert len(first.parked) == LINES
        assert first.after is not None
        second = await list_parked(platform, IN_VILLAGE, first.after)
        assert (len(second.parked), second.after) == (5, None)
        assert len({one.id for one in (*first.parked, *second.parked)}) == LINES + 5
        assert all(len(one.waits) == 1 for one in first.parked)
        assert (await list_parked(platform, ELSEWHERE)).parked == ()
        assert await count_disputes(platform, IN_VILLAGE) == (0, LINES + 5)
        assert await count_disputes(platform, ELSEWHERE) == (0, 0)


async def test_no_conflict_is_no_line(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        assert await list_conflicts(platform, IN_VILLAGE) == await list_conflicts(platform, ELSEWHERE)
        assert (await list_conflicts(platform, IN_VILLAGE)).conflicts == ()


async def test_the_lists_are_read_along_their_indexes(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        conflicts = await small.fetch(
            "EXPLAIN QUERY PLAN SELECT c.id FROM conflicts c WHERE c.state = 'open' AND c.bucket IN ('a', 'b')"
        )
        parked = await small.fetch(
            "EXPLAIN QUERY PLAN SELECT id FROM changes WHERE code = 'parked' ORDER BY received_at, id LIMIT 5"
        )
        assert "INDEX conflicts_state_bucket_change" in repr(conflicts)
        assert "INDEX changes_parked" in repr(parked)
