"""A picture is reached through its case alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from server.actions.refusals import NotFound
from server.actions.show_case import show_case
from server.actions.show_file import show_file
from server.centre import platform_of
from server.storage.blobs import new_key, open_blobs
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.small_centre import SmallCentre, small_centre

FILE, ORIGINAL, JPEG = "f" * 32, b"original", b"re-encoded"


async def put_picture(small: SmallCentre, folder: Path) -> None:
    """A stored file with its rendition, named by the case."""
    blobs = open_blobs(f"file://{folder}/blobs", small.centre.sealing)
    key = new_key(bytes(16))
    await blobs.put(key, JPEG)
    sha, made = hashlib.sha256(ORIGINAL).hexdigest(), hashlib.sha256(JPEG).hexdigest()
    [[account]] = await small.fetch("SELECT account FROM changes WHERE record = ? LIMIT 1", [CASE])
    kinds = {row[1]: row[2] for row in await small.fetch("PRAGMA table_info(files)")}
    values = {name: 0 if "INT" in kinds[name] else "" for name in kinds}
    values |= {"id": FILE, "upload": "u", "account": account, "sha256": sha, "state": "stored", "blob": "b"}
    columns, marks = ", ".join(kinds), ", ".join("?" * len(kinds))
    await small.tamper(f"INSERT INTO files ({columns}) VALUES ({marks})", list(values.values()))
    await small.tamper(
        """INSERT INTO blobs (blob, scope, sha256, size, type, object, refs, rendition_state, rendition,
           rendition_sha256, created_at, damaged_at)
           VALUES ('b', '', ?, 8, 'image/jpeg', 'o', 1, 'made', ?, ?, 0, 0)""",
        [sha, key, made],
    )


async def test_a_file_that_the_case_does_not_name_is_absent_and_logs_no_look(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await file_case(small)
        platform = platform_of(small.centre, small.writer)
        blobs = open_blobs(f"file://{tmp_path}/blobs", small.centre.sealing)
        for case, file in ((CASE, FILE), ("0" * 32, FILE)):
            with pytest.raises(NotFound):
                await show_file(platform, blobs, await clerk_of(small), case, file)
        assert await small.fetch("SELECT 1 FROM reads WHERE kind = 'file'") == []


async def test_the_rendition_is_shown_and_the_look_logged(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        sha = hashlib.sha256(ORIGINAL).hexdigest()
        await file_case(small, material={"state": "attached", "file": FILE, "sha256": sha})
        platform = platform_of(small.centre, small.writer)
        blobs = open_blobs(f"file://{tmp_path}/blobs", small.centre.sealing)
        clerk = await clerk_of(small)
        assert await show_file(platform, blobs, clerk, CASE, FILE) is None
        await put_picture(small, tmp_path)
        assert await show_file(platform, blobs, clerk, CASE, FILE) == JPEG
        assert (FILE,) in await small.fetch("SELECT record FROM reads WHERE kind = 'file'")


async def test_a_further_page_is_reached_like_the_first_and_listed_with_its_material(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        front = {"file": "e" * 32, "sha256": "0" * 64}
        back = {"file": FILE, "sha256": hashlib.sha256(ORIGINAL).hexdigest()}
        await file_case(small, material={"state": "attached", **front, "pages": [back]})
        platform = platform_of(small.centre, small.writer)
        blobs = open_blobs(f"file://{tmp_path}/blobs", small.centre.sealing)
        clerk = await clerk_of(small)
        await put_picture(small, tmp_path)
        assert await show_file(platform, blobs, clerk, CASE, FILE) == JPEG
        page = await show_case(platform, clerk, CASE, "核对材料")
        assert [(one.file, one.pages) for one in page.materials if one.file] == [("e" * 32, (FILE,))]
