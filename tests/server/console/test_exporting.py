"""What every export keeps to: a reason that says something, and a file that leaves nothing behind on the disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.console.pages import PAGES
from server.console.rows import Level
from tests.server.actions.test_list_followup import clerk_of
from tests.server.console.office import Office, office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


def test_every_export_wants_a_fresh_factor() -> None:
    exports = [row for row in PAGES if row.path.endswith("/export")]
    assert len(exports) == 2
    assert {(row.method, row.level) for row in exports} == {("POST", Level.STEPPED_UP)}


async def test_a_file_that_was_sent_or_failed_lies_nowhere(
    desk: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    await clerk.get("/console/desk")
    for why, status in (("x", 422), ("月度核对", 200)):
        assert (await clerk.post("/console/desk/export", why=why)).status_code == status
    monkeypatch.setattr("server.console.pages.exports.list_cases", None)
    assert (await clerk.post("/console/desk/export", why="月度核对")).status_code == 500
    assert not [one for one in os.listdir(tmp_path) if one.startswith("bangban-export-")]
