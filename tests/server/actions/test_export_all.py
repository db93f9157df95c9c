"""An export holds everything in open formats, or all that concerns one resident and nothing else."""

import asyncio
import json
import tracemalloc
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest

from server.actions.check_export import check_export
from server.actions.export_all import ExportReport, ResidentUnknown, export_all
from server.storage.blobs import open_blobs
from server.storage.records import columns_of, row_of
from server.storage.schema.records import KIND_TABLES
from sync.central.known import Record
from sync.core.codec import encode_body
from sync.core.ids import derived_id
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre
from tests.tampering import keep_file, key

MINE, OTHERS = derived_id("resident", "mine"), derived_id("resident", "others")


async def exported(small: SmallCentre, to: Path, resident: str = "") -> ExportReport:
    centre = small.centre
    return await export_all(
        centre.database, centre.sealing, open_blobs(centre.settings.blobs, centre.sealing), to, resident=resident
    )


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def visited(small: SmallCentre) -> None:
    device = await small.enrol(HELPER)
    await small.register(device, "王秀英", MINE)
    await small.register(device, "李芳", OTHERS)
    for resident in (MINE, OTHERS):
        fields = {"village": VILLAGE, "kind": "home", "resident": resident, "minutes": 20}
        log = small.change("service_log", "service_log.write", derived_id("log", resident), fields)
        await small.send(device, log)


async def test_every_record_change_and_file_is_there(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        await visited(small)
        await keep_file(small, "photo", b"a photo")
        to = tmp_path / "out"
        report = await exported(small, to)
        assert report.lines["resident.jsonl"] == 3 * 5 + 2
        assert report.unreadable == report.objects_missing == []
        resident = next(one for one in lines(to / "resident.jsonl") if one["id"] == MINE)
        assert resident["fields"]["name"] == "王秀英"
        assert resident["bucket"] == f"place:{VILLAGE}"
        newest = lines(to / "changes.jsonl")[-1]
        assert (newest["outcome"], newest["seq"]) == ("applied", 4)
        assert json.loads(newest["line"])["name"] == "service_log.write"
        [file] = lines(to / "files.jsonl")
        assert (to / "files" / file["sha256"]).read_bytes() == b"a photo"
        assert "password_hash" not in lines(to / "accounts.jsonl")[0]
        assert to.stat().st_mode & 0o077 == 0


async def test_one_resident_s_export_names_nobody_else(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        await visited(small)
        to = tmp_path / "one"
        await exported(small, to, MINE)
        assert [one["id"] for one in lines(to / "resident.jsonl")] == [MINE]
        assert [one["fields"]["resident"] for one in lines(to / "service_log.jsonl")] == [MINE]
        everything = b"".join(path.read_bytes() for path in to.glob("*.jsonl"))
        assert OTHERS.encode() not in everything
        assert "李芳".encode() not in everything
        assert not (to / "accounts.jsonl").exists()


async def test_a_resident_who_is_not_there_is_told(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        with pytest.raises(ResidentUnknown):
            await exported(small, tmp_path / "one", "0" * 32)


async def test_what_does_not_open_is_told_not_left_out_in_silence(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        await visited(small)
        await keep_file(small, "gone", b"gone")
        (tmp_path / "a" / "blobs" / "objects" / key("gone")).unlink()
        await small.tamper("UPDATE residents SET body = CAST(x'01000100' AS BLOB) WHERE id = ?", [MINE])
        report = await exported(small, tmp_path / "out")
        assert report.unreadable == [MINE]
        assert report.objects_missing == [derived_id("file", "gone")]


async def put_residents(small: SmallCentre, numbers: range) -> None:
    """As many more residents of the village, each with a few hundred bytes to tell."""
    shape, policy = KIND_TABLES["resident"], small.centre.policies["resident"]
    rows = []
    for number in numbers:
        record = derived_id("resident", "many", str(number))
        fields: dict[str, object] = {"village": VILLAGE, "name": "汪秀英", "notes": [f"住村东第{number}户" * 20]}
        made = Record("resident", record, 1, f"place:{VILLAGE}", 1, encode_body("resident", record, 1, fields), {})
        rows.append(row_of(made, policy.columns(fields), small.centre.sealing, plain=False))
    async with small.centre.database.write() as tx:
        await tx.insert_many(shape.table, columns_of(shape), rows)


async def peak_of(work: Awaitable[object]) -> int:
    """The most memory that Python held at once while this ran, in bytes."""
    tracemalloc.start()
    try:
        await work
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_three_times_the_rows_take_no_more_memory(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        await visited(small)
        peaks: dict[str, list[int]] = {"all": [], "one": [], "check": []}
        for turn, numbers in enumerate((range(5_000), range(5_000, 15_000))):
            await put_residents(small, numbers)
            peaks["all"].append(await peak_of(exported(small, tmp_path / f"all {turn}")))
            peaks["one"].append(await peak_of(exported(small, tmp_path / f"one {turn}", MINE)))
            peaks["check"].append(await peak_of(asyncio.to_thread(check_export, tmp_path / f"all {turn}")))
            assert (await exported(small, tmp_path / f"again {turn}")).lines["resident.jsonl"] > numbers.stop
    for what, (few, many) in peaks.items():
        assert many < few * 1.15 + 200_000, f"{what}: {few} bytes, and {many} with three times the rows"


async def test_progress_is_told_every_thousand_lines_and_at_the_end_of_each_file(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    async with small_centre(tmp_path / "a") as small:
        await put_residents(small, range(2_100))
        blobs = open_blobs(small.centre.settings.blobs, small.centre.sealing)
        report = await export_all(
            small.centre.database,
            small.centre.sealing,
            blobs,
            tmp_path / "out",
            on_progress=lambda name, done: told.append((name, done)),
        )
    assert [done for name, done in told if name == "resident.jsonl"] == [1_000, 2_000, 2_115]
    assert dict(told) == report.lines
