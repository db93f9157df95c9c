"""The description is valid OpenAPI 3.1 and tells every route and every problem."""

import json

from openapi_spec_validator import validate

from agent_api.openapi import codes_of, document
from agent_api.problems import ALL_PROBLEMS
from agent_api.routes import ROWS
from tests.agent_api.centre import Centre


def test_the_document_is_valid() -> None:
    validate(document(ROWS))


def test_every_row_is_an_operation_with_its_own_id() -> None:
    paths = document(ROWS)["paths"]
    ids = [paths[row.path][row.method.lower()]["operationId"] for row in ROWS]
    assert len(set(ids)) == len(ROWS)


def test_every_code_of_a_row_is_in_the_table() -> None:
    for row in ROWS:
        assert set(codes_of(row)) <= set(ALL_PROBLEMS), row.path


def test_no_reference_dangles() -> None:
    spec = document(ROWS)
    text = json.dumps(spec)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(spec["components"]["schemas"])


async def test_it_is_served(api: Centre) -> None:
    answer = await api.client.get("/v1/openapi.json")
    assert answer.json()["openapi"] == "3.1.0"
