"""The whole API, served as it is run, under schemathesis: it keeps to its own description, whatever it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
)

from agent_api.openapi import document
from agent_api.problems import ALL_PROBLEMS, MEDIA_TYPE
from agent_api.routes import ROWS
from server.clock import MachineClock
from tests.centre import ident
from tests.faults.process import ServerProcess
from tests.faults.site import SESSION, Person, prepare, settings_in
from tests.people import seeded

DELIBERATE = {503, 507}
# No schema can say which signature is right, which code is spent, or which upload is there; and who may come in is
# the authorization matrix's to show.
# tus wants 412 for a missing version.
BEYOND_A_SCHEMA = [positive_data_acceptance, negative_data_rejection, missing_required_header, ignored_auth]


@dataclass(frozen=True)
class Api:
    address: str
    bearer: str


@pytest.fixture(scope="module")
def api_of_a_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    site_settings = settings_in(tmp_path_factory.mktemp("api"))
    person = Person("wang")
    site = asyncio.run(prepare(site_settings, person, clock=MachineClock()))
    token, _ = site.ring.issue(
        person.account, ident("device", person.name), SESSION, now_ms=site.now_ms, random_bytes=seeded().randbytes(4)
    )
    server = ServerProcess(site_settings)
    try:
        asyncio.run(server.start())
        yield Api(server.address, token)
    finally:
        asyncio.run(server.kill())


schemathesis.serializer("application/x-bangban-lines", "application/offset+octet-stream")(
    lambda context, value: value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
)

schema = schemathesis.openapi.from_dict(document(ROWS))


def known_problem(context: Any, response: Any, case: Any) -> None:
    """Every refusal is a problem document with a code of ours."""
    if response.status_code < 400 or case.method == "HEAD":
        return
    if response.headers["content-type"][0] != MEDIA_TYPE:
        raise Failure(operation=case.operation.label, title="A refusal that is no problem", message=response.text)
    code = response.json()["code"]
    if code not in ALL_PROBLEMS or ALL_PROBLEMS[code][0] != response.status_code:
        raise Failure(operation=case.operation.label, title="A code of nobody's", message=code)


@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_its_description(case: Any, api_of_a_process: Api) -> None:
    for headers in ({"authorization": f"Bearer {api_of_a_process.bearer}"}, None):
        response = case.call(base_url=api_of_a_process.address, headers=headers)
        excluded = [*BEYOND_A_SCHEMA, *([not_a_server_error] if response.status_code in DELIBERATE else [])]
        case.validate_response(response, additional_checks=[known_problem], excluded_checks=excluded)
