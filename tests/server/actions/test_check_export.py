"""An export is read without the centre, and what it says can be loaded into an empty one; on both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.actions.check_export import ExportUnusable, check_export
from server.actions.export_all import export_all
from server.actions.load_world import NewRecord, WorldContent, load_world
from server.domain.people.roles import Role
from server.domain.places import Level
from server.storage.blobs import open_blobs
from server.storage.people import AccountRow, read_scope
from server.storage.places import PlaceRow, UnitRow
from tests.put_record import case_of, put_record
from tests.small_centre import HELPER, SmallCentre, small_centre
from tests.tampering import keep_file


async def exported(small: SmallCentre, to: Path) -> Path:
    centre = small.centre
    device = await small.enrol(HELPER)
    await small.register(device)
    await put_record(small, "case", "c" * 32, case_of(small))
    await keep_file(small, "photo", b"a photo")
    await export_all(centre.database, centre.sealing, open_blobs(centre.settings.blobs, centre.sealing), to)
    return to


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


async def test_an_export_is_whole_and_says_what_is_there(either: SmallCentre, tmp_path: Path) -> None:
    checked = check_export(await exported(either, tmp_path / "out"))
    assert (checked.records["case"], checked.originals) == (1, 1)
    assert set(checked.records) == set(either.centre.policies)


async def test_what_was_cut_altered_or_exchanged_is_told(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        out = await exported(small, tmp_path / "out")
    case = out / "case.jsonl"
    kept = case.read_bytes()
    case.write_bytes(kept.replace(b"delivered", b"withdrawn"))
    with pytest.raises(ExportUnusable, match=r"case\.jsonl is not as it was written"):
        check_export(out)
    case.write_bytes(kept)
    [photo] = (out / "files").iterdir()
    photo.write_bytes(b"another photo")
    with pytest.raises(ExportUnusable, match="not what its name says"):
        check_export(out)
    (out / "export.json").unlink()
    with pytest.raises(ExportUnusable, match="cut short"):
        check_export(out)


async def test_records_go_from_an_export_into_an_empty_centre_as_they_stood(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        out = await exported(small, tmp_path / "out")
        stood = {row["id"]: row for kind in small.centre.policies for row in lines(out, kind)}
    accounts = [row for row in lines(out, "accounts") if row["login"] != "centre"]
    content = WorldContent(
        places=[PlaceRow(**{**row, "level": Level(row["level"])}) for row in lines(out, "places")],
        units=[UnitRow(**{**row, "synthetic": bool(row["synthetic"])}) for row in lines(out, "units")],
        accounts=[
            AccountRow(row["id"], row["login"], row["name"], Role(row["role"]), read_scope(row["scope"]), row["site"])
            for row in accounts
        ],
        records=[NewRecord(row["kind"], row["id"], row["rev"], row["fields"]) for row in stood.values()],
    )
    async with small_centre(tmp_path / "b", load=False) as empty:
        centre = empty.centre
        await load_world(
            centre.database,
            content,
            policies=centre.policies,
            sealing=centre.sealing,
            now_ms=centre.clock.wall_ms(),
            randomness=centre.randomness,
        )
        again = tmp_path / "again"
        await export_all(centre.database, centre.sealing, open_blobs(centre.settings.blobs, centre.sealing), again)
        loaded = {row["id"]: row for kind in centre.policies for row in lines(again, kind)}
    assert {ident: (row["kind"], row["rev"], row["bucket"], row["fields"]) for ident, row in loaded.items()} == {
        ident: (row["kind"], row["rev"], row["bucket"], row["fields"]) for ident, row in stood.items()
    }
