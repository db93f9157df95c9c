"""The logs are searched by account or record, the newest first."""

from __future__ import annotations

from pathlib import Path

from server.actions.log_read import log_read
from server.actions.search_logs import list_apps, list_epochs, search_changes, search_looks, size_of_logs
from server.centre import platform_of
from tests.small_centre import HELPER, small_centre


async def test_looks_come_with_their_reason_and_changes_with_their_step(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform, helper = platform_of(small.centre, small.writer), await small.account(HELPER)
        record = "c" * 32
        await small.register(await small.enrol(HELPER), record=record)
        await log_read(platform, helper, "resident", record, "核对电话")
        await log_read(platform, helper, "resident", record)
        by_record = await search_looks(platform, record=record)
        assert [one.said for one in by_record] == ["", "核对电话"]
        assert await search_looks(platform, account=helper.id) == by_record
        assert await search_looks(platform, record=record, before=by_record[-1].position) == []
        [change] = await search_changes(platform, record)
        assert (change.said, change.code, change.account_name) == ("resident.register", "applied", helper.name)
        assert await size_of_logs(platform, account=helper.id) == 2
        assert await size_of_logs(platform, record=record) == 3
        assert [(one.version, one.devices) for one in await list_apps(platform)] == [("1", 1)]
        assert len(await list_epochs(platform)) == 1
