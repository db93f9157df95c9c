"""A picture is reached through its case alone, and only where whoever named it could have brought it. On both engines,
since who wrote what is asked of the database.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from server.actions.refusals import NotFound
from server.actions.show_case import show_case
from server.actions.show_file import show_file
from server.centre import platform_of
from server.storage.blobs import new_key, open_blobs
from server.storage.file_rows import Arrived, FileRow, Owner, Quota, UploadState, announce_files, keep_files, upload_key
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, CONSENT, RESIDENT, file_case
from tests.small_centre import HELPER, VILLAGE, SmallCentre

FILE, ORIGINAL, JPEG = "f" * 32, b"original", b"re-encoded"
SHA = hashlib.sha256(ORIGINAL).hexdigest()
PICTURED = {"state": "attached", "file": FILE, "sha256": SHA}


async def put_picture(small: SmallCentre, folder: Path, login: str = HELPER) -> None:
    """A file that this person's phone sent, stored and with its rendition."""
    blobs = open_blobs(f"file://{folder}/blobs", small.centre.sealing)
    key = new_key(bytes(16))
    await blobs.put(key, JPEG)
    account, now = (await small.account(login)).id, small.centre.clock.wall_ms()
    owner = Owner(account, "d" * 32)
    row = FileRow(
        upload=upload_key(owner, FILE),
        id=FILE,
        account=account,
        device=owner.device,
        sha256=SHA,
        size=len(ORIGINAL),
        type="image/jpeg",
        purpose="material",
        state=UploadState.UPLOADING,
        created_at=now,
        expires_at=now + 1,
    )
    async with small.centre.database.write() as tx:
        await announce_files(tx, [row], Quota(), now)
        await keep_files(tx, [Arrived(row, "o")], now)
    made = hashlib.sha256(JPEG).hexdigest()
    await small.tamper("UPDATE blobs SET rendition_state = 'made', rendition = ?, rendition_sha256 = ?", [key, made])


async def looked_at(small: SmallCentre, folder: Path) -> bytes | None:
    """What a clerk is shown under this name in this case."""
    blobs = open_blobs(f"file://{folder}/blobs", small.centre.sealing)
    return await show_file(platform_of(small.centre, small.writer), blobs, await clerk_of(small), CASE, FILE)


async def keep_licence(small: SmallCentre, login: str, resident: str, record: str = "6" * 32) -> None:
    """A picture of a card that a phone of the village may show again at a later visit."""
    fields: dict[str, Any] = {
        "resident": resident,
        "village": VILLAGE,
        "kind": "身份证",
        "source": "helper",
        "file": FILE,
    }
    fields["pages"] = [{"file": FILE, "sha256": SHA, "size": len(ORIGINAL), "type": "image/jpeg"}]
    line = small.change("licence", "licence.keep", record, fields)
    [outcome] = (await small.send(await small.enrol(login, record), line)).outcomes
    assert outcome.code.value == "applied", outcome


async def test_a_file_that_the_case_does_not_name_is_absent_and_logs_no_look(
    either: SmallCentre, tmp_path: Path
) -> None:
    await file_case(either)
    platform = platform_of(either.centre, either.writer)
    blobs = open_blobs(f"file://{tmp_path}/blobs", either.centre.sealing)
    for case, file in ((CASE, FILE), ("0" * 32, FILE)):
        with pytest.raises(NotFound):
            await show_file(platform, blobs, await clerk_of(either), case, file)
    assert await either.fetch("SELECT 1 FROM reads WHERE kind = 'file'") == []


async def test_the_rendition_is_shown_and_the_look_logged(either: SmallCentre, tmp_path: Path) -> None:
    await file_case(either, material=PICTURED)
    assert await looked_at(either, tmp_path) is None
    await put_picture(either, tmp_path)
    assert await looked_at(either, tmp_path) == JPEG
    assert (FILE,) in await either.fetch("SELECT record FROM reads WHERE kind = 'file'")


async def test_a_further_page_is_reached_like_the_first_and_listed_with_its_material(
    either: SmallCentre, tmp_path: Path
) -> None:
    front = {"file": "e" * 32, "sha256": "0" * 64}
    await file_case(either, material={"state": "attached", **front, "pages": [{"file": FILE, "sha256": SHA}]})
    await put_picture(either, tmp_path)
    assert await looked_at(either, tmp_path) == JPEG
    page = await show_case(platform_of(either.centre, either.writer), await clerk_of(either), CASE, "核对材料")
    assert [(one.file, one.pages) for one in page.materials if one.file] == [("e" * 32, (FILE,))]


async def test_a_filing_done_again_shows_what_went_up_for_the_one_that_was_refused(
    either: SmallCentre, tmp_path: Path
) -> None:
    device = await either.enrol(HELPER, "before")
    refused = {"resident": RESIDENT, "item": "0" * 32, "consent": CONSENT, "village": VILLAGE, "material.1": PICTURED}
    [outcome] = (await either.send(device, either.change("case", "case.submit", "5" * 32, refused))).outcomes
    assert not outcome.code.has_effect
    await put_picture(either, tmp_path)
    await file_case(either, material=PICTURED)
    assert await looked_at(either, tmp_path) == JPEG


async def test_who_names_a_picture_that_another_sent_gets_nothing(either: SmallCentre, tmp_path: Path) -> None:
    lead = next(one.login for one in either.world.accounts if one.role.value == "town_lead")
    await put_picture(either, tmp_path, lead)
    await file_case(either, material=PICTURED)
    assert await looked_at(either, tmp_path) is None

    # Nor does a licence help that names it and is of their own making.
    await keep_licence(either, HELPER, RESIDENT)
    assert await looked_at(either, tmp_path) is None


async def test_a_colleagues_picture_is_shown_where_a_licence_of_this_very_resident_keeps_it(
    either: SmallCentre, tmp_path: Path
) -> None:
    lead = next(one.login for one in either.world.accounts if one.role.value == "town_lead")
    await put_picture(either, tmp_path, lead)
    await file_case(either, material=PICTURED)
    await keep_licence(either, lead, either.world.residents_of(VILLAGE, 1)[0].id, "4" * 32)
    assert await looked_at(either, tmp_path) is None, "it is of somebody else"
    await keep_licence(either, lead, RESIDENT)
    assert await looked_at(either, tmp_path) == JPEG
