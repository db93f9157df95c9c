"""What every answer has around it."""

import io
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from agent_api.app import create_app
from agent_api.caller import Caller
from agent_api.logs import configure_logs
from agent_api.metrics import Metrics
from server.storage.errors import Busy, CommitUnknown, DiskFailure, StorageFull
from sync.core.errors import LimitExceeded, Malformed, NotAuthentic, ProtocolMismatch
from tests.agent_api.centre import Centre, client_of
from tests.people import HandClock


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    out = io.StringIO()
    configure_logs(out)
    yield out
    structlog.reset_defaults()


async def test_an_absent_address_is_a_problem(api: Centre) -> None:
    for path in ("/", "/v2/exchange", "/v1/exchange/", "//v1/health", "/v1/uploads/", "/v1/../metrics/x"):
        answer = await api.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_pages_get_the_full_headers_and_the_exchange_the_few_it_needs(api: Centre) -> None:
    page = await api.client.get("/v1/docs")
    assert "<script" not in page.text
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["permissions-policy"].startswith("camera=(self)")
    assert "strict-transport-security" not in page.headers
    exchange = await api.client.post("/v1/exchange", headers=(await api.enrol()).bearer)
    assert exchange.headers["x-content-type-options"] == "nosniff"
    assert len(exchange.headers) <= 4


async def test_https_is_demanded_where_it_is_spoken(api: Centre) -> None:
    async with api.client_of(is_https=True) as client:
        assert "max-age" in (await client.get("/v1/health")).headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Malformed("x"), 400, "malformed"),
        (LimitExceeded("x"), 413, "too_large"),
        (NotAuthentic("x"), 403, "not_authentic"),
        (ProtocolMismatch("x"), 426, "upgrade_required"),
        (Busy("x"), 503, "storage_unavailable"),
        (CommitUnknown("x"), 503, "storage_unavailable"),
        (DiskFailure("x"), 503, "storage_unavailable"),
        (StorageFull("x"), 507, "storage_full"),
        (ValueError("王小梅 13812345678"), 500, "internal"),
        (RecursionError(), 500, "internal"),
    ],
)
async def test_whatever_a_handler_raises_is_a_problem(
    api: Centre, log: io.StringIO, error: Exception, status: int, code: str
) -> None:
    async def fail(request: Request, caller: Caller) -> Response:
        raise error

    bearer = (await api.enrol()).bearer
    async with api.client_of(exchange=fail) as client:
        answer = await client.post("/v1/exchange", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "王小梅" not in answer.text + log.getvalue()
    if status == 503:
        assert answer.headers["retry-after"]


async def test_the_log_names_routes_and_devices_and_no_person(api: Centre, log: io.StringIO) -> None:
    helper = await api.enrol()
    await api.client.post("/v1/exchange", headers=helper.bearer)
    asked = {"number": "T00002611220001", "last4": "1234"}
    await api.client.get("/v1/receipts/T00002611220001?last4=1234")
    await api.client.post("/v1/residents/status", json=asked)
    await api.client.post("/v1/receipts", json=asked)
    text = log.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["route"] for line in lines][-4:] == ["/v1/exchange", "none", "/v1/residents/status", "/v1/receipts"]
    assert lines[-4]["device"] == helper.device
    assert lines[-1]["ip"] == "127.0.0.1"
    secrets = (helper.answer["access_token"], helper.answer["refresh_token"], "T0000261122", '1234"', "王小梅")
    assert not [secret for secret in secrets if secret in text]


async def test_metrics_are_for_the_machine_or_the_token(api: Centre) -> None:
    await api.client.get("/v1/health")
    text = (await api.client.get("/metrics")).text
    assert 'bangban_requests_total{method="GET",route="/v1/health",status="200"} 1.0' in text
    async with client_of(api.app, "192.0.2.7") as stranger:
        assert (await stranger.get("/metrics")).status_code == 404
    for name in ("x-forwarded-for", "forwarded", "via"):
        assert (await api.client.get("/metrics", headers={name: "192.0.2.7"})).status_code == 404
    async with api.client_of(metrics_token="s3cret") as client:
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/metrics", headers={"authorization": "Bearer s3cre"})).status_code == 404
        assert (await client.get("/metrics", headers={"authorization": "Bearer s3cret"})).status_code == 200


async def test_odd_methods_and_addresses_make_no_new_labels(api: Centre) -> None:
    for number in range(5):
        await api.client.request(f"ODD{number}", f"/nowhere/{number}")
    text = api.services.metrics.text().decode()
    assert "ODD" not in text
    assert "nowhere" not in text


class Pages:
    """Another app's page: one that is answered, or one that streams for a minute."""

    def __init__(self, clock: HandClock, template: str, media_type: str) -> None:
        self.template = template
        self._clock = clock
        self._media_type = media_type

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> AsyncIterator[bytes]:
            yield b"data: 1\n\n"
            self._clock.advance(60_000)

        await StreamingResponse(parts(), media_type=self._media_type)(scope, receive, send)


async def test_a_page_counts_by_its_template_and_a_stream_is_no_time_to_answer(api: Centre, log: io.StringIO) -> None:
    clock, ident = HandClock(), "f" * 32
    pages = [
        Mount(
            "/console",
            routes=[
                Route("/desk/{id}", Pages(clock, "/console/desk/{id}", "text/html")),
                Route("/desk/{id}/live", Pages(clock, "/console/desk/{id}/live", "text/event-stream")),
            ],
        )
    ]
    app = create_app(replace(api.services, clock=clock, metrics=Metrics()), pages=pages)
    async with client_of(app) as client:
        for path in (f"/console/desk/{ident}", f"/console/desk/{ident}/live"):
            assert (await client.get(path)).status_code == 200
        await client.request("ODD", f"/console/desk/{ident}")
        text = (await client.get("/metrics")).text
    assert 'bangban_requests_total{method="GET",route="/console/desk/{id}",status="200"} 1.0' in text
    assert 'bangban_requests_total{method="GET",route="/console/desk/{id}/live",status="200"} 1.0' in text
    assert 'bangban_request_seconds_count{route="/console/desk/{id}"} 2.0' in text
    assert 'bangban_request_seconds_count{route="/console/desk/{id}/live"}' not in text
    assert "ODD" not in text
    assert ident not in text + log.getvalue()
