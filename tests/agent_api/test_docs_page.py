"""The readable page tells every route and every problem, and loads nothing."""

import re

from agent_api.problems import ALL_PROBLEMS
from agent_api.routes import ROWS
from tests.agent_api.centre import Centre


async def test_every_route_and_problem_has_its_place(api: Centre) -> None:
    page = (await api.client.get("/v1/docs")).text
    assert all(f"{row.method} {row.path}" in page for row in ROWS)
    assert set(re.findall(r'<tr id="(\w+)">', page)) == set(ALL_PROBLEMS)
    assert set(re.findall(r'href="#(\w+)"', page)) <= set(ALL_PROBLEMS)


async def test_nothing_is_loaded_from_elsewhere(api: Centre) -> None:
    answer = await api.client.get("/v1/docs")
    assert not re.findall(r"<(?:script|link|img|iframe)|https?://", answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
