"""Leases: how long, how many, and until when others leave the claims alone."""

from datetime import date

from server.domain.catalogue.leases import CLAIMS_MAX, check_lease, is_held, lease_key
from server.domain.check_context import CheckContext

LEASE: dict[str, object] = {
    **{"unit": "u1", "campaign": "c" * 32, "account": "a1", "claims": ["1" * 32], "state": "held"},
    "until": "2026-11-25T18:00:00+08:00",
}


def codes(**changed: object) -> list[str]:
    return [one.code for one in check_lease({**LEASE, **changed}, CheckContext(on=date(2026, 11, 22)))]


def test_a_batch_is_small_and_ends_within_two_weeks() -> None:
    assert codes() == []
    assert codes(claims=[f"{n:032x}" for n in range(CLAIMS_MAX + 1)]) == ["field_too_long"]
    assert codes(until="2026-12-25T18:00:00+08:00") == ["lease_too_long"]
    assert codes(state="kept") == ["state_unknown"]


def test_it_holds_until_its_time_and_not_when_it_was_given_back() -> None:
    assert is_held(LEASE, "2026-11-25T09:59:59Z")
    assert not is_held(LEASE, "2026-11-25T10:00:00Z")
    assert not is_held({**LEASE, "state": "returned"}, "2026-11-22T10:00:00Z")
    assert lease_key("1") != lease_key("2")
