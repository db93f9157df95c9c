"""The outbox as rows, on both engines: taken once, in the log's order, refused until told otherwise."""

from __future__ import annotations

from server.storage.outbound import (
    REFUSED,
    SENT,
    NewMessage,
    keep_taken,
    log_horizon,
    mark,
    next_waiting,
    outbound_standing,
    wait_again,
)
from server.storage.unit_of_work import Database
from tests.centre import sealing

MESSAGES = [NewMessage(key * 32, place, "c" * 32, "accepted", key.encode()) for place, key in ((7, "b"), (5, "a"))]


async def take(database: Database, before: int, upto: int) -> bool:
    async with database.write() as tx:
        return await keep_taken(tx, MESSAGES, before=before, upto=upto, now_ms=1, sealing=sealing())


async def waiting(database: Database) -> list[str]:
    async with database.read() as snapshot:
        return [one.body.decode() for one in await next_waiting(snapshot, 10, sealing())]


async def test_messages_come_in_the_logs_order_and_a_piece_is_taken_by_one(database: Database) -> None:
    assert await take(database, 0, 10)
    assert not await take(database, 0, 10)
    assert await take(database, 10, 20)
    assert await waiting(database) == ["a", "b"]


async def test_a_message_goes_from_waiting_once_and_back_when_told(database: Database) -> None:
    await take(database, 0, 10)
    async with database.write() as tx:
        await mark(tx, "a" * 32, SENT, reason="", now_ms=2)
        await mark(tx, "b" * 32, REFUSED, reason="422", now_ms=2)
        await mark(tx, "a" * 32, REFUSED, reason="late", now_ms=3)
    standing = await outbound_standing(database)
    assert (standing.waiting, standing.sent, standing.refused, standing.channel.taken) == (0, 1, 1, 10)
    async with database.write() as tx:
        assert await wait_again(tx, "a" * 32) == 0
        assert await wait_again(tx, "b" * 32) == 1
    assert await waiting(database) == ["b"]


async def test_an_empty_log_has_no_horizon(database: Database) -> None:
    assert await log_horizon(database) == 0
