"""Owns the lease (领取): a batch of claims that one worker takes out before going where there is no network.

Laws: a claim is in one lease at a time; who comes second, also from offline, keeps the rest of the batch and is told
which were taken. A lease says who works where, it locks nobody's typing out: what was typed merges as ever. It ends by
itself, and what ended may be taken again at once.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, parse_moment, text, texts
from server.domain.steps import StepTable, step

CLAIMS_MAX = 200
DAYS_MAX = 14


class LeaseState(StrEnum):
    HELD = "held"
    RETURNED = "returned"
    ENDED = "ended"


HELD = LeaseState.HELD.value
LEASE_STEPS: StepTable = {
    "lease.take": step(None, to=HELD, writes=("unit", "campaign", "account", "claims", "until")),
    "lease.extend": step(HELD, to=HELD, needs=("until",)),
    "lease.give_back": step(HELD, to=LeaseState.RETURNED.value),
    "lease.end": step(HELD, to=LeaseState.ENDED.value),
    "lease.hand_over": step(HELD, to=HELD, needs=("account",)),
}


def check_lease(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("lease", fields)
    if found:
        return found
    if text(fields, "state") not in LeaseState.__members__.values():
        found.append(problem("state_unknown", "state", value=text(fields, "state")))
    if len(texts(fields, "claims")) > CLAIMS_MAX:
        found.append(problem("field_too_long", "claims", label="认领", limit=CLAIMS_MAX))
    until = parse_moment(fields.get("until"))
    if until is not None and until.date() > ctx.on + timedelta(days=DAYS_MAX):
        found.append(problem("lease_too_long", "until", days=DAYS_MAX))
    return found


def is_held(lease: Fields, now: str) -> bool:
    """Whether others must still leave its claims alone. `now` is a moment as the centre writes them."""
    ends, at = parse_moment(lease.get("until")), parse_moment(now)
    assert at is not None, "the centre's own time can be read"
    return text(lease, "state") == LeaseState.HELD and ends is not None and ends > at


def lease_key(claim: str) -> str:
    """The natural key under which two leases of one claim meet."""
    return f"lease:{claim}"
