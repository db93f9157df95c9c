"""Errors: each has the code that the edges know."""

from __future__ import annotations

from sync.core.errors import LimitExceeded, Malformed, NotAuthentic, ProtocolMismatch, SyncError


def test_every_error_has_its_code_and_keeps_its_detail() -> None:
    known = {Malformed: "malformed", LimitExceeded: "too_large", NotAuthentic: "not_authentic"}
    for kind, code in {**known, ProtocolMismatch: "upgrade_required"}.items():
        error = kind("why")
        assert isinstance(error, SyncError)
        assert (error.code, error.detail, str(error)) == (code, "why", "why")


def test_too_much_is_a_way_of_being_malformed() -> None:
    assert issubclass(LimitExceeded, Malformed)


def test_a_single_error_may_carry_a_code_of_its_own() -> None:
    assert Malformed("why", code="special").code == "special"
    assert Malformed.code == "malformed"
