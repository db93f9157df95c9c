"""Whoever gives themselves a role, a scope or a bucket beside the program is found."""

from pathlib import Path

import pytest

from tests.small_centre import HELPER, small_centre
from tests.tampering import Table, codes_after, verified, worked_in

ME = f"(SELECT id FROM accounts WHERE login = '{HELPER}')"
TAMPERING: Table = {
    "a helper becomes a supervisor": (
        {"account_differs"}, [(f"UPDATE accounts SET role = 'city_supervisor' WHERE login = '{HELPER}'", ())],
    ),
    "a scope grows": (
        {"account_differs"},
        [("UPDATE accounts SET scope = ? WHERE login = ?", ('{"places":["341800000000"],"units":[]}', HELPER))],
    ),
    "a closed account opens": (
        {"account_differs"}, [(f"UPDATE accounts SET status = 'closed' WHERE login = '{HELPER}'", ())],
    ),
    "an account is made up": (
        {"account_differs"},
        [("INSERT INTO accounts SELECT 'ffff', 'x', name, role, scope, site, status, password_hash, created_at "
          "FROM accounts LIMIT 1", ())],
    ),
    "a bucket is granted": (
        {"grant_differs"},
        [(f"INSERT INTO grants (account, bucket, generation, since) VALUES ({ME}, 'place:341881107201', 1, 1)", ())],
    ),
    "a grant is taken away": ({"grant_differs"}, [(f"DELETE FROM grants WHERE account = {ME}", ())]),
    "the log of accounts is altered": (
        {"account_link"}, [("UPDATE account_log SET digest = zeroblob(32) WHERE position = 3", ())],
    ),
    "the log of accounts is cut": (
        {"account_differs", "signed_end"},
        [("DELETE FROM account_log WHERE position = (SELECT max(position) FROM account_log)", ())],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
async def test_it_is_found_when(tmp_path: Path, what: str) -> None:
    codes, statements = TAMPERING[what]
    async with small_centre(tmp_path) as small:
        await worked_in(small)
        assert (await verified(small)).is_whole
        assert codes <= await codes_after(small, statements)
