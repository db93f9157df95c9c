"""A look is in the log before anything is shown, and says why where the law asks for it."""

import asyncio
from pathlib import Path

import pytest

from server.actions.log_read import log_read
from server.actions.refusals import ReasonMissing
from server.centre import platform_of
from tests.put_record import case_of, put_record
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre

CASE, RESIDENT = "c" * 32, "7" * 32


async def looks(small: SmallCentre) -> list[tuple[object, ...]]:
    return list(await small.fetch("SELECT kind, record FROM reads ORDER BY position"))


async def test_looks_that_come_together_share_a_commit_and_all_are_there_afterwards(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        reader = await small.account(HELPER)
        await asyncio.gather(*(log_read(platform, reader, "resident", f"{one:032x}") for one in range(40)))
        assert len(await looks(small)) == 40
        assert await small.fetch("SELECT length FROM read_log") == [(40,)]


async def test_taking_a_mask_off_needs_a_reason(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        reader = await small.account(HELPER)
        with pytest.raises(ReasonMissing):
            await log_read(platform, reader, "resident", RESIDENT, " ", unmasked=True)
        await log_read(platform, reader, "resident", RESIDENT, "电话回访", unmasked=True)
        assert await looks(small) == [("resident", RESIDENT)]


async def test_a_case_of_social_aid_is_not_looked_at_without_a_reason(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        reader = await small.account(HELPER)
        for case, name in (("a" * 32, "临时救助"), ("b" * 32, "异地就医备案")):
            [(item,), *_] = await small.fetch("SELECT id FROM items WHERE name = ?", [name])
            await put_record(small, "case", case, case_of(small, item=item))
        with pytest.raises(ReasonMissing):
            await log_read(platform, reader, "case", "a" * 32)
        await log_read(platform, reader, "case", "b" * 32)
        await log_read(platform, reader, "case", "a" * 32, "审核材料")
        assert await looks(small) == [("case", "b" * 32), ("case", "a" * 32)]


async def test_nor_is_a_conflict_over_one(either: SmallCentre) -> None:
    platform, reader = platform_of(either.centre, either.writer), await either.account(HELPER)
    for case, conflict, name in (("a" * 32, "1" * 32, "临时救助"), ("b" * 32, "2" * 32, "异地就医备案")):
        [(item,), *_] = await either.fetch("SELECT id FROM items WHERE name = ?", [name])
        await put_record(either, "case", case, case_of(either, item=item))
        fields = {
            "record": case,
            "kind": "case",
            "fields": ["phone"],
            "state": "open",
            "change": case,
            "authors": ["x"],
        }
        bucket = f"place:{VILLAGE}"
        await put_record(either, "conflict", conflict, {**fields, "bucket": bucket}, bucket=bucket)
    with pytest.raises(ReasonMissing):
        await log_read(platform, reader, "conflict", "1" * 32)
    await log_read(platform, reader, "conflict", "2" * 32)
    await log_read(platform, reader, "conflict", "1" * 32, "核对电话")
    assert await looks(either) == [("conflict", "2" * 32), ("conflict", "1" * 32)]
