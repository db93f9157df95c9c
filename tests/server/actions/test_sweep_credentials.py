"""What opens nothing any more goes; what might still be asked about stays."""

from pathlib import Path

from server.actions.sweep_credentials import CODES_KEPT_MS, TICKETS_KEPT_MS, sweep_credentials
from tests.small_centre import HELPER, small_centre

NOW = 10 * CODES_KEPT_MS


async def test_only_what_is_long_over_goes(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        device = await small.enrol(HELPER)
        account = (await small.account(HELPER)).id
        async with small.centre.database.write() as tx:
            columns: tuple[str, ...] = ("ticket_hash", "device", "session", "expires_at")
            over = NOW - TICKETS_KEPT_MS
            await tx.insert_many("live_tickets", columns, [(b"a", device, 1, over - 1), (b"b", device, 1, over)])
            columns = ("code_hash", "account", "created_at", "expires_at")
            over = NOW - CODES_KEPT_MS
            await tx.insert_many("activation_codes", columns, [(b"a", account, 0, over - 1), (b"b", account, 0, over)])
        assert await sweep_credentials(small.centre.database, now_ms=NOW) == 2
        assert await small.fetch("SELECT ticket_hash FROM live_tickets") == [(b"b",)]
        assert await small.fetch("SELECT code_hash FROM activation_codes") == [(b"b",)]
        assert await sweep_credentials(small.centre.database, now_ms=NOW) == 0
