"""The read log's links, its end, and its sealed reasons."""

from pathlib import Path

from server.storage.read_log import GENESIS, READS, Look, ReadEnd, append_looks, link_of, look_of, read_end
from tests.small_centre import SmallCentre, small_centre

LOOKS = [Look(1, "a" * 32, "case", "c" * 32, "受理复核"), Look(2, "b" * 32, "resident", "d" * 32, "")]


async def written(small: SmallCentre) -> list[tuple[object, ...]]:
    async with small.centre.database.write() as tx:
        await append_looks(tx, LOOKS[:1], small.centre.sealing)
    async with small.centre.database.write() as tx:
        await append_looks(tx, LOOKS[1:], small.centre.sealing)
    return list(await small.fetch(f"SELECT {', '.join(READS.columns)} FROM reads ORDER BY position"))


async def test_looks_come_back_as_they_were_and_each_link_follows_from_the_one_before(tmp_path: Path) -> None:
    async with small_centre(tmp_path, load=False) as small:
        rows = await written(small)
        assert [look_of(row, small.centre.sealing) for row in rows] == LOOKS
        reached = GENESIS
        for position, at, account, kind, record, link, reason in rows:
            reached = link_of(reached, position, at, account, kind, record, bytes(reason))  # type: ignore[arg-type, call-overload]
            assert reached == bytes(link)  # type: ignore[call-overload]
        async with small.centre.database.read() as snapshot:
            end = await read_end(snapshot)
        assert (end.length, end.link) == (2, reached)
        assert end == end.sealed(small.centre.sealing)


async def test_a_reason_cannot_be_read_in_the_database(tmp_path: Path) -> None:
    async with small_centre(tmp_path, load=False) as small:
        rows = await written(small)
        assert "受理".encode() not in bytes(rows[0][-1])  # type: ignore[call-overload]


async def test_a_log_without_looks_ends_where_it_begins(tmp_path: Path) -> None:
    async with small_centre(tmp_path, load=False) as small, small.centre.database.read() as snapshot:
        assert await read_end(snapshot) == ReadEnd()
