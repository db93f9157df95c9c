"""Owns what every desk's handler reads of its request: whose account asks, and how long a page may be."""

from __future__ import annotations

from starlette.requests import Request

from agent_api.bodies import BodyRefused
from agent_api.caller import Caller
from agent_api.wiring import Services
from server.actions.list_followup import PAGE_ROWS_MAX
from server.actions.refusals import NotFound
from server.storage.people import AccountRow, account_by_id

PAGE_ROWS = "50"


async def account_of(caller: Caller, services: Services) -> AccountRow:
    """Raises NotFound when the account went meanwhile."""
    async with services.platform.database.read() as snapshot:
        account = await account_by_id(snapshot, caller.account)
    if account is None:
        raise NotFound("the account is gone")
    return account


def limit_of(request: Request) -> int:
    """`?limit=`: how many rows a page has. Raises BodyRefused."""
    asked = request.query_params.get("limit", PAGE_ROWS)
    if not asked.isascii() or not asked.isdigit() or len(asked) > 9 or not 1 <= int(asked) <= PAGE_ROWS_MAX:
        raise BodyRefused("malformed")
    return int(asked)
