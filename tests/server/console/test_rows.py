"""The table of pages."""

from __future__ import annotations

from collections import Counter

from server.console.pages import PAGES
from server.console.rows import Level


def test_a_method_of_an_address_has_one_row() -> None:
    assert [key for key, count in Counter((row.method, row.path) for row in PAGES).items() if count > 1] == []


def test_only_the_way_in_is_open() -> None:
    assert {row.path for row in PAGES if row.level is Level.OPEN} <= {
        *("/sign-in", "/sign-in/passkey", "/password", "/language"),
    }
