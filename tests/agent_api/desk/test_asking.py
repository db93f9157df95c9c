"""What every desk's handler reads of its request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.requests import Request

from agent_api.bodies import BodyRefused
from agent_api.caller import Caller
from agent_api.desk.asking import account_of, limit_of
from server.actions.list_followup import PAGE_ROWS_MAX
from server.actions.refusals import NotFound
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre


def request(query: str) -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": query.encode()})


def test_a_page_is_as_long_as_asked_within_bounds() -> None:
    assert [limit_of(request(query)) for query in ("", "limit=1", f"limit={PAGE_ROWS_MAX}")] == [50, 1, PAGE_ROWS_MAX]
    for query in (
        "limit=0",
        f"limit={PAGE_ROWS_MAX + 1}",
        "limit=-1",
        "limit=x",
        "limit=",
        "limit=%D9%A1",
        f"limit={'9' * 5000}",
    ):
        with pytest.raises(BodyRefused):
            limit_of(request(query))


async def test_an_account_that_went_is_as_absent_as_none(api: Centre) -> None:
    clerk = await api.enrol(Role.DESK_CLERK)
    caller = Caller(clerk.answer["account"], clerk.device, 1, Role.DESK_CLERK, 60, False)
    assert (await account_of(caller, api.services)).id == caller.account
    with pytest.raises(NotFound):
        await account_of(replace(caller, account="0" * 32), api.services)
