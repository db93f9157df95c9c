"""Lets whoever holds a receipt ask how the case stands: by either number and the last four signs of the citizen id.

Laws: the answer is a state and nothing else; a number that is wrong, absent or whose digits do not fit gets the same
404; who guesses digits for one number is stopped by the number, wherever the guesses come from, and who guesses many
by the address. A guess at the residents' own door (agent_api/residents.py) counts here as well. Number and signs travel
in the body: an address is written down by whatever it passes.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import read_json
from agent_api.enrolment import json_response
from agent_api.problems import problem_response
from agent_api.wiring import Services
from server.domain.cases.numbers import canonical_number

BODY_MAX = 1024
_LAST4 = re.compile(r"[0-9]{3}[0-9Xx]")


class ReceiptAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`number`: of the receipt or the official one, as it is typed. `last4`: the last signs of the citizen id."""

    number: Annotated[str, msgspec.Meta(max_length=40)]
    last4: Annotated[str, msgspec.Meta(min_length=4, max_length=4)]


class ReceiptState(msgspec.Struct, frozen=True):
    """`number` as it was asked for, in its canonical spelling."""

    number: str
    state: str


_read = msgspec.json.Decoder(ReceiptAsked)


async def look_up_receipt(request: Request, services: Services) -> Response:
    """POST /v1/receipts"""
    asked = await read_json(request, _read)
    number, last4 = canonical_number(asked.number), asked.last4
    if number is None or not _LAST4.fullmatch(last4):
        return problem_response("not_found")
    address = request.client.host if request.client else ""
    services.limits.check_number(number, address)
    state = await services.find_receipt(number, last4.upper())
    if state is None:
        services.limits.count_wrong_number(number, address)
        return problem_response("not_found")
    return json_response(ReceiptState(number, state))
