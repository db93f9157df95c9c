"""Whoever goes away at any await of a request leaves a centre that answers the next one, and work that can go on."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from server.centre import open_centre
from server.credentials import Secrets, refresh_proof, to_base64url
from server.storage.file_rows import file_states
from server.storage.master_secret import read_secret
from sync.core.messages import FileState
from tests.cancel import at_every_await
from tests.centre import ident, resident
from tests.faults.site import SESSION, Person, Served, key_of, prepare, served, settings_in
from tests.faults.test_server_killed import check_sums, database_of
from tests.file_reception import photo
from tests.people import VILLAGE

PERSON = Person("helper")
DEVICE = ident("device", PERSON.name)
TUS = {"tus-resumable": "1.0.0"}
SIZE, FIRST = 6_000, 2_500

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgres"])
async def at(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with database_of(request.param, request) as url:
        site = await prepare(settings_in(tmp_path_factory.mktemp("centre"), url), PERSON)
        async with served(site) as opened:
            yield opened


class Sending:
    """One file on its way up."""

    def __init__(self, at: Served, number: int) -> None:
        self.at = at
        self.data = photo(seed=number, size=SIZE)
        self.id = ident("file", number)
        self.path = f"/v1/uploads/{self.id}"

    def headers(self, **more: str) -> dict[str, str]:
        bearer = self.at.line.bearer(DEVICE)["authorization"]
        return {**TUS, "authorization": bearer, **{name.replace("_", "-"): value for name, value in more.items()}}

    async def announce(self) -> httpx.Response:
        sha256 = hashlib.sha256(self.data).hexdigest()
        told = {"id": self.id, "sha256": sha256, "type": "image/jpeg", "purpose": "material"}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        headers = self.headers(upload_length=str(SIZE), upload_metadata=metadata)
        return await self.at.line.client.post("/v1/uploads", headers=headers)

    async def patch(self, offset: int, end: int = SIZE) -> httpx.Response:
        headers = self.headers(upload_offset=str(offset), content_type="application/offset+octet-stream")
        return await self.at.line.client.patch(self.path, content=self.data[offset:end], headers=headers)

    async def head(self) -> httpx.Response:
        return await self.at.line.client.head(self.path, headers=self.headers())

    async def delete(self) -> httpx.Response:
        return await self.at.line.client.delete(self.path, headers=self.headers())

    async def run(self) -> None:
        await self.announce()
        await self.patch(0, FIRST)
        await self.head()
        await self.patch(FIRST)

    async def finish(self) -> None:
        """As a device does that knows nothing of how far it came."""
        assert (await self.announce()).status_code in (200, 201)
        offset = int((await self.head()).headers["upload-offset"])
        if offset < SIZE:
            done = await self.patch(offset)
            assert (done.status_code, done.headers["upload-offset"]) == (204, str(SIZE))


async def test_an_upload_cancelled_at_any_await_goes_on_where_its_bytes_ended(at: Served) -> None:
    sent: list[Sending] = []

    def start() -> Any:
        sent.append(Sending(at, len(sent)))
        return sent[-1].run()

    attempts = 0
    async for attempt in at_every_await(start):
        attempts += 1
        await sent[-1].finish()
        assert await _state(at, sent[-1]) is FileState.STORED, attempt
    assert attempts > 20
    assert not [one for one in at.site.settings.data_folder.joinpath("spool").rglob("*") if one.is_file()]


async def test_taking_an_upload_back_cancelled_at_any_await_can_be_done_again(at: Served) -> None:
    sent: list[Sending] = []

    async def start() -> None:
        sent.append(Sending(at, 1_000 + len(sent)))
        await sent[-1].announce()
        await sent[-1].patch(0, FIRST)
        await sent[-1].delete()

    attempts = 0
    async for attempt in at_every_await(start):
        attempts += 1
        await sent[-1].announce()
        assert (await sent[-1].delete()).status_code == 204, attempt
        assert (await sent[-1].head()).status_code in (404, 410), attempt
    assert attempts > 20
    assert not [one for one in at.site.settings.data_folder.joinpath("spool").rglob("*") if one.is_file()]


async def test_a_refresh_cancelled_at_any_await_never_parts_a_phone_from_its_session(at: Served) -> None:
    secrets = Secrets(read_secret(at.site.settings.master_secret_file))
    tokens = [secrets.refresh_token(DEVICE, SESSION, 1)]

    async def refresh() -> httpx.Response:
        proof = to_base64url(key_of(PERSON.name).sign(refresh_proof(DEVICE, tokens[-1])))
        body = {"refresh_token": tokens[-1], "proof": proof}
        return await at.line.client.post("/v1/token/refresh", json=body)

    async for attempt in at_every_await(refresh):
        # The phone never heard of it, and comes with the token it holds.
        answer = await refresh()
        assert answer.status_code == 200, (attempt, answer.text)
        tokens.append(answer.json()["refresh_token"])
    assert len(set(tokens)) == len(tokens) > 5, "each is the next"


async def test_an_exchange_cancelled_at_any_await_has_all_of_its_changes_or_none(at: Served) -> None:
    [phone] = at.phones
    lines: list[bytes] = []

    async def send() -> None:
        await phone.exchange.answer(phone.request(lines), phone.caller)

    attempts = 0
    lines = [resident(phone, 0, VILLAGE), resident(phone, 1, VILLAGE)]
    async for attempt in at_every_await(send):
        attempts += 1
        answer = await phone.tell(lines)
        assert len(answer.outcomes) == 2, attempt
        assert answer.last_seq == 2 * attempts, "nothing of it was written twice"
        lines = [resident(phone, 2 * attempts, VILLAGE), resident(phone, 2 * attempts + 1, VILLAGE)]
    assert attempts > 5
    await check_sums(at.site)


async def _state(at: Served, one: Sending) -> FileState:
    async with open_centre(at.site.settings, clock=at.clock) as centre, centre.database.read() as snapshot:
        return (await file_states(snapshot, [one.id], PERSON.account))[one.id]
