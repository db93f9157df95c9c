"""Owns what every desk's handler reads of its request: whose account asks, why, and how long a page may be.

Law: why somebody looks is in the person's own words, which may name people: it travels in a header and in no address.
"""

from __future__ import annotations

from urllib.parse import unquote

from starlette.requests import Request

from agent_api.bodies import BodyRefused
from agent_api.caller import Caller
from agent_api.wiring import Services
from server.actions.list_followup import PAGE_ROWS_MAX
from server.actions.refusals import NotFound
from server.domain.supervision.reads import REASON_LENGTH_MAX
from server.storage.people import AccountRow, account_by_id
from sync.core.text import as_sent

PAGE_ROWS = "50"
REASON_HEADER = "Bangban-Reason"
_REASON_SENT_MAX = REASON_LENGTH_MAX * 12
"""A sign takes up to four bytes, and each byte three signs."""


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


def reason_of(request: Request) -> str:
    """Why the account looks, as the header says it in percent-encoded UTF-8; "" for nothing. Raises BodyRefused for
    what is none.
    """
    sent = request.headers.get(REASON_HEADER, "")
    if len(sent) > _REASON_SENT_MAX:
        raise BodyRefused("malformed")
    try:
        return as_sent(unquote(sent, errors="strict")).strip()[:REASON_LENGTH_MAX]
    except UnicodeDecodeError:
        raise BodyRefused("malformed") from None
