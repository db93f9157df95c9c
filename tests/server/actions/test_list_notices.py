"""A person's own notices, the newest first, page by page."""

from __future__ import annotations

from server.actions.list_notices import OWN, list_notices
from server.centre import platform_of
from server.storage.unit_of_work import Engine
from tests.put_record import put_record
from tests.small_centre import HELPER, SmallCentre


async def tell(small: SmallCentre, account: str, number: int, **more: object) -> str:
    ident = f"{number:032x}"
    fields = {"to": account, "about": "a" * 32, "text_zh": f"第{number}条", "text_en": f"number {number}", **more}
    await put_record(small, "notice", ident, fields, bucket=f"person:{account}")
    await small.tamper("UPDATE notices SET version = ? WHERE id = ?", [number // 2, ident])
    return ident


async def test_they_come_newest_first_whatever_the_page_and_nobody_else_s(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    helper = await either.account(HELPER)
    mine = [await tell(either, helper.id, number, asks="explanation" if number == 3 else "") for number in range(1, 8)]
    await tell(either, "f" * 32, 9)
    for limit in (1, 2, 3, 50):
        seen, after = [], ""
        while rows := await list_notices(platform, helper, after=after, limit=limit):
            seen += [row.id for row in rows]
            after = rows[-1].key
        assert seen == mine[::-1], limit
    rows = await list_notices(platform, helper)
    assert [row.id for row in rows if row.asks] == [mine[2]]
    assert {row.is_read for row in rows} == {False}
    for odd in ("x", "~", "9" * 40 + "~a", "-1~a"):
        assert len(await list_notices(platform, helper, after=odd)) == 7, odd


async def test_it_reads_along_the_index_of_the_bucket(either: SmallCentre) -> None:
    if either.centre.database.engine is Engine.SQLITE:
        plan = await either.fetch(f"EXPLAIN QUERY PLAN {OWN}", ["person:a", 9, 9, "b", 10])
        assert all("SCAN" not in str(row[-1]) for row in plan), plan
    else:
        async with either.centre.database.read() as snapshot:
            await snapshot.fetch("SET LOCAL enable_seqscan = off")
            plan = await snapshot.fetch(f"EXPLAIN {OWN}", ["person:a", 9, 9, "b", 10])
        assert any("Index" in str(row[0]) for row in plan), plan
