"""Files go up after their text, piece by piece, and what arrived is not sent again."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest

from sync.device.connection import Connection, http_client
from sync.device.state import Delivery, FileToSend
from sync.device.tokens import Tokens
from sync.device.uploads import Uploads
from tests.cancel import at_every_await
from tests.sync.device.device import Device, record_id
from tests.sync.device.wire import Server, TestClock, slowly

CONTENT = random.Random(3).randbytes(200_000)
FILE = FileToSend(
    id=record_id("f"),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    type="image/jpeg",
    purpose="id_card",
    change="",
)


class Line:
    def __init__(self, file: FileToSend = FILE, *, slow: bool = False) -> None:
        self.server, self.clock, self.device = Server(), TestClock(), Device()
        with self.device.store.transaction():
            self.device.store.put_file(file, CONTENT)
        self.tokens = Tokens(self.device.id, "refresh-0", lambda payload: b"s" * 64, lambda token: None, self.clock)
        self.client = http_client(
            "http://127.0.0.1:1", transport=httpx.MockTransport(slowly(self.server) if slow else self.server)
        )
        self.uploads = Uploads(self.device.store)

    async def send(self) -> int:
        return await self.uploads.send_ready(self.client, self.tokens)

    @property
    def file(self) -> FileToSend:
        file = self.device.store.file(FILE.id)
        assert file is not None
        return file

    @property
    def patches(self) -> int:
        return sum(asked.startswith("PATCH") for asked in self.server.asked)


async def test_a_file_goes_up_in_pieces_with_its_metadata() -> None:
    line = Line()
    assert await line.send() == 1
    assert bytes(line.server.uploads[FILE.id]) == CONTENT
    assert line.server.announced[FILE.id] == {
        "id": FILE.id,
        "sha256": FILE.sha256,
        "type": "image/jpeg",
        "purpose": "id_card",
    }
    assert line.file.delivery is Delivery.SENT
    assert line.patches == 4
    assert await line.send() == 0


async def test_a_cut_is_resumed_where_it_stopped_also_by_another_program() -> None:
    line = Line()

    def cut_after_two(request: httpx.Request) -> None:
        if request.method == "PATCH" and line.patches > 2:
            raise httpx.ReadError("cut")

    line.server.fault = cut_after_two
    with pytest.raises(httpx.ReadError):
        await line.send()
    line.server.fault = lambda request: None
    line.uploads = Uploads(line.device.store)
    assert await line.send() == 1
    assert bytes(line.server.uploads[FILE.id]) == CONTENT
    assert sum(asked.startswith("HEAD") for asked in line.server.asked) == 1


async def test_a_lost_reply_to_a_piece_does_not_send_it_twice() -> None:
    line = Line()
    await line.uploads._announce(line.client, line.tokens, line.file)
    line.server.uploads[FILE.id] += CONTENT[:65_536]
    assert await line.send() == 1
    assert bytes(line.server.uploads[FILE.id]) == CONTENT
    assert line.patches == 3


async def test_a_piece_damaged_on_the_way_is_sent_again() -> None:
    line, damaged = Line(), iter([True])

    def damage(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(460) if request.method == "PATCH" and next(damaged, False) else None

    line.server.fault = damage
    assert await line.send() == 1
    assert bytes(line.server.uploads[FILE.id]) == CONTENT


async def test_an_upload_the_centre_forgot_is_announced_again() -> None:
    line = Line()
    await line.uploads._announce(line.client, line.tokens, line.file)
    line.server.uploads.clear()
    assert await line.send() == 1
    assert bytes(line.server.uploads[FILE.id]) == CONTENT


async def test_a_piece_that_never_arrives_whole_is_left_for_later() -> None:
    line = Line()
    line.server.fault = lambda request: httpx.Response(460) if request.method == "PATCH" else None
    assert await line.send() == 0
    assert line.file.delivery is Delivery.WAITING
    assert line.patches == 3


async def test_a_file_the_centre_never_takes_is_refused_and_its_bytes_stay() -> None:
    line = Line()
    line.server.fault = lambda request: httpx.Response(415) if "uploads" in request.url.path else None
    assert await line.send() == 0
    assert line.file.delivery is Delivery.REFUSED
    assert line.device.store.file_content(FILE.id, 0, 10) == CONTENT[:10]


async def test_a_redirect_is_no_place_to_send_to() -> None:
    line = Line()
    line.server.fault = lambda request: (
        httpx.Response(302, headers={"Location": "http://portal.example"}) if "uploads" in request.url.path else None
    )
    with pytest.raises(httpx.HTTPError):
        await line.send()


async def test_a_connection_sends_text_then_bytes_and_hears_that_they_are_stored() -> None:
    line = Line()
    with line.device.store.transaction():
        line.device.store.put_file(FILE, CONTENT)
    line.device.write("a", n=1)
    connection = Connection(line.device.session, line.client, line.tokens, line.clock, uploads=line.uploads)
    assert await connection.sync()
    assert line.server.asked.index("POST /v1/exchange") < line.server.asked.index("POST /v1/uploads")
    assert line.file.delivery is Delivery.STORED
    assert line.device.replica.is_level()


async def test_sending_cancelled_at_any_await_leaves_a_file_that_goes_up_whole() -> None:
    lines: list[Line] = []

    def start() -> Coroutine[Any, Any, int]:
        lines.append(Line(slow=True))
        return lines[-1].send()

    attempts = 0
    async for attempt in at_every_await(start):
        attempts += 1
        line = lines[-1]
        assert line.file.delivery is (Delivery.WAITING if attempt.cancelled else Delivery.SENT), attempt
        line.uploads = Uploads(line.device.store)  # as after a start: nothing is known but what was kept
        assert await line.send() == (1 if attempt.cancelled else 0), attempt
        assert bytes(line.server.uploads[FILE.id]) == CONTENT, attempt
        assert line.file.delivery is Delivery.SENT
    assert attempts > 20
