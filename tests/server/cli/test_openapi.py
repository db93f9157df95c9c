"""`bangban openapi`."""

import json

from openapi_spec_validator import validate

from agent_api.routes import ROWS
from tests.command import bangban


def test_it_prints_a_valid_document_of_every_route() -> None:
    document = json.loads(bangban("openapi"))
    validate(document)
    assert set(document["paths"]) == {row.path for row in ROWS}
