"""Owns how a desk's request proves that its owner asks now: by the six digits that their authenticator shows.

What gives access, and what takes much along, wants it here as the console wants a factor shown within minutes. Law: a
code works once, and who guesses is stopped by the account, whatever device or address it comes from.
"""

from __future__ import annotations

from agent_api.wiring import Services
from server.actions.refusals import ActionRefused, CredentialRefused
from server.actions.sign_in import StaffDoor, prove_totp
from server.passwords import Passwords
from server.storage.people import AccountRow

WRONG_CODES = "10/hour"
"""Of one account, in each process."""


class FactorWrong(ActionRefused):
    """The code is none of this moment."""

    code = "factor_wrong"


async def check_factor(services: Services, account: AccountRow, code: str) -> None:
    """Raises FactorWrong, or RateExceeded after too many that were wrong."""
    platform = services.platform
    door = StaffDoor(
        platform.database, services.secrets, platform.sealing, Passwords(), platform.clock.wall_ms, platform.randomness
    )
    services.limits.check(WRONG_CODES, "factor", account.id)
    try:
        await prove_totp(door, account.id, code)
    except CredentialRefused:
        services.limits.charge(WRONG_CODES, "factor", account.id)
        raise FactorWrong(account.id) from None
