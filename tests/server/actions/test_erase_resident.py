"""A resident's data goes, the chain stays, and who verifies finds nothing but what should not be gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.actions.erase_resident import CasesOpen, ResidentUnknown, erase_resident
from server.actions.export_all import export_all
from server.actions.log_heads import sign_heads, signing_key
from server.actions.take_step import read_record
from server.centre import platform_of
from server.storage.blobs import open_blobs
from sync.core.chain import encode_hash
from sync.core.changes import Base, OutcomeCode
from tests.server.actions.test_observe_filings import CASE, RESIDENT, file_one
from tests.small_centre import HELPER, VILLAGE, SmallCentre
from tests.tampering import verified


async def withdrawn(small: SmallCentre, phone: str) -> None:
    """The case is over, at the resident's wish."""
    platform = platform_of(small.centre, small.writer)
    standing = await read_record(platform, "case", CASE)
    assert standing is not None
    [(epoch,)] = await small.fetch("SELECT epoch FROM centre")
    seen = Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash))
    line = small.change("case", "case.withdraw", CASE, {}, base=seen)
    [outcome] = (await small.send(phone, line)).outcomes
    assert outcome.code is OutcomeCode.APPLIED, outcome


async def test_everything_is_emptied_and_the_log_is_whole(either: SmallCentre, tmp_path: Path) -> None:
    phone = await file_one(either)
    platform, centre = platform_of(either.centre, either.writer), either.centre
    with pytest.raises(CasesOpen):
        await erase_resident(platform, RESIDENT, why="本人申请", actor="operator")
    await withdrawn(either, phone)
    report = await erase_resident(platform, RESIDENT, why="本人申请", actor="operator")
    assert (report.records, report.waiting) == (3, 0)
    assert report.lines == 4
    await sign_heads(centre.database, centre.settings.backup_folder, signing_key(centre.secrets), now_ms=1)
    found = await verified(either)
    assert found.is_whole, found.findings.found
    await export_all(
        centre.database, centre.sealing, open_blobs(centre.settings.blobs, centre.sealing), tmp_path / "out"
    )
    told = b"".join(path.read_bytes() for path in (tmp_path / "out").glob("*.jsonl"))
    assert b"13900001234" not in told
    [(detail,)] = await either.fetch("SELECT detail FROM account_events WHERE verb = 'erase_resident'")
    assert RESIDENT in detail
    resident = await read_record(platform, "resident", RESIDENT)
    assert resident is not None
    assert (resident.fields["name"], resident.fields["phone"]) == ("已删除", None)
    assert f"place:{VILLAGE}" in either.raised


async def test_it_can_be_done_again_and_the_phone_brings_nothing_back(either: SmallCentre) -> None:
    phone = await file_one(either)
    await withdrawn(either, phone)
    platform = platform_of(either.centre, either.writer)
    standing = await read_record(platform, "resident", RESIDENT)
    assert standing is not None
    [(epoch,)] = await either.fetch("SELECT epoch FROM centre")
    seen = Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash))
    await erase_resident(platform, RESIDENT, why="本人申请", actor="operator")
    late = either.change("resident", "resident.edit", RESIDENT, {"address": "村东头"}, base=seen)
    [outcome] = (await either.send(phone, late)).outcomes
    assert (outcome.code, outcome.reason) == (OutcomeCode.REFUSED, "erased")
    again = await erase_resident(platform, RESIDENT, why="本人申请", actor="operator")
    assert (again.records, again.lines) == (0, 1)
    assert (await verified(either)).is_whole


async def test_a_line_that_went_without_an_erasure_is_still_found(either: SmallCentre) -> None:
    phone = await file_one(either)
    await withdrawn(either, phone)
    await erase_resident(platform_of(either.centre, either.writer), RESIDENT, why="本人申请", actor="operator")
    await either.register(phone, "李芳", "9" * 32)
    await either.tamper("UPDATE changes SET line = NULL, salt = NULL WHERE record = ?", ["9" * 32])
    assert (await verified(either)).findings.codes == {"line_missing"}


async def test_nobody_is_nobody(either: SmallCentre) -> None:
    with pytest.raises(ResidentUnknown):
        await erase_resident(platform_of(either.centre, either.writer), "0" * 32, why="x", actor="operator")
    assert (await either.account(HELPER)).status == "active"


async def test_every_page_goes_of_a_material_and_of_a_licence_that_was_kept(either: SmallCentre) -> None:
    phone = await file_one(either)
    platform = platform_of(either.centre, either.writer)
    front, back = ({"file": sign * 32, "sha256": sign * 64, "size": 9, "type": "image/jpeg"} for sign in "12")
    kept: dict[str, Any] = {"resident": RESIDENT, "village": VILLAGE, "kind": "身份证", "source": "helper"}
    kept |= {"file": front["file"], "pages": [front, back]}
    line = either.change("licence", "licence.keep", "3" * 32, kept)
    [outcome] = (await either.send(phone, line)).outcomes
    assert outcome.code is OutcomeCode.APPLIED, outcome
    held = await read_record(platform, "licence", "3" * 32)
    assert held is not None
    assert (held.fields["trust"], held.fields["pages"]) == ("C", [front, back])
    await withdrawn(either, phone)
    report = await erase_resident(platform, RESIDENT, why="本人申请", actor="operator")
    assert report.files == 3, "the signature and both sides of the card"
    emptied = await read_record(platform, "licence", "3" * 32)
    assert emptied is not None
    assert emptied.fields.get("pages") is None
