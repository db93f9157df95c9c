"""A body is read within its row's limit, and unpacked within it too."""

import gzip
import zlib

import pytest

from agent_api.admission import Admission, ComeLater, Work
from agent_api.limits import Limits
from server.domain.people.roles import Role
from sync.core.codec import REQUEST_BYTES_MAX
from tests.agent_api.centre import Centre


def packed(body: bytes) -> bytes:
    """The same bytes at any time: they are part of a test's name."""
    return gzip.compress(body, mtime=0)


async def test_a_packed_body_reaches_the_handler_unpacked(api: Centre) -> None:
    bearer = (await api.enrol()).bearer
    headers = {**bearer, "content-encoding": "gzip"}
    answer = await api.client.post("/v1/exchange", content=packed(b"x" * 100_000), headers=headers)
    assert answer.json()["bytes"] == 100_000


@pytest.mark.parametrize(
    ("body", "encoding", "code"),
    [
        (b"x" * (REQUEST_BYTES_MAX + 1), "identity", "too_large"),
        (packed(bytes(REQUEST_BYTES_MAX + 1)), "gzip", "too_large"),
        (packed(packed(b"x")), "gzip, gzip", "encoding_unknown"),
        (zlib.compress(b"x"), "deflate", "encoding_unknown"),
        (b"x", "br", "encoding_unknown"),
        (b"not packed", "gzip", "malformed"),
        (packed(b"x" * 1_000)[:-9], "gzip", "malformed"),
        (packed(b"x") + b"more", "gzip", "malformed"),
        (packed(b"x") + packed(b"y"), "gzip", "malformed"),
        (b"", "gzip", "malformed"),
    ],
)
async def test_a_bad_body_is_refused(api: Centre, body: bytes, encoding: str, code: str) -> None:
    headers = {**(await api.enrol()).bearer, "content-encoding": encoding}
    answer = await api.client.post("/v1/exchange", content=body, headers=headers)
    assert answer.json()["code"] == code


async def test_a_body_that_nests_without_end_is_malformed(api: Centre) -> None:
    clerk = await api.enrol(Role.DESK_CLERK)
    deep = b'{"fields":{"text":' + b"[" * 20_000 + b"]" * 20_000 + b"}}"
    answer = await api.client.post(f"/v1/desk/ticket/{'5' * 32}/open", content=deep, headers=clerk.bearer)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_a_route_without_a_body_takes_none(api: Centre) -> None:
    answer = await api.client.request("GET", "/v1/health", content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_stranger_is_refused_before_the_body_is_read(api: Centre) -> None:
    answer = await api.client.post("/v1/exchange", content=b"x" * (REQUEST_BYTES_MAX + 1))
    assert answer.status_code == 401


async def test_one_device_uses_up_nobody_elses_share(api: Centre) -> None:
    greedy, modest = await api.enrol(), await api.enrol(login="modest-1")
    async with api.client_of(limits=Limits(0.05)) as client:  # tickets: 3 a minute
        statuses = [(await client.post("/v1/live/ticket", headers=greedy.bearer)).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert (await client.post("/v1/live/ticket", headers=modest.bearer)).status_code == 200


class FullHouse(Admission):
    """Lets nobody in."""

    def __init__(self) -> None:
        super().__init__(lambda: 0, lambda: 0.0)

    def enter(self, device: str, length: int) -> Work:
        raise ComeLater(17)


async def test_who_comes_when_there_is_too_much_to_do_is_told_a_time_before_its_body_is_read(api: Centre) -> None:
    bearer = (await api.enrol()).bearer
    async with api.client_of(admission=FullHouse()) as client:
        answer = await client.post("/v1/exchange", content=b"x" * (REQUEST_BYTES_MAX + 1), headers=bearer)
        assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "centre_busy", "17")
        assert (await client.post("/v1/exchange", content=b"")).status_code == 401, "a stranger stands in no line"
        assert (await client.post("/v1/live/ticket", headers=bearer)).status_code == 200


async def test_whatever_becomes_of_a_request_it_holds_no_place_afterwards(api: Centre) -> None:
    bearer, admission = (await api.enrol()).bearer, Admission(lambda: 0, lambda: 0.0)
    async with api.client_of(admission=admission) as client:
        for content, headers in ((b"x", bearer), (b"x" * (REQUEST_BYTES_MAX + 1), bearer), (b"x", {})):
            await client.post("/v1/exchange", content=content, headers=headers)
    assert admission.held == 0
