"""The demo's last screen: a newcomer can copy every line, and sign in with what it says."""

from __future__ import annotations

import pyotp

from server.actions.sign_in import GivenSignIn
from server.cli.demo_screen import ROLE_WORDS, Guest, Screen
from server.domain.people.roles import Role

AT = 1_795_017_600.0
STAFF = [
    (role, GivenSignIn(f"login-{role.value}", f"password-{role.value}", pyotp.random_base32(), "otpauth://"))
    for role in ROLE_WORDS
    if role not in (Role.HELPER, Role.TOWN_LEAD, Role.CLAIM_WORKER)
]
SCREEN = Screen(
    "http://127.0.0.1:8470",
    STAFF,
    [Guest(Role.HELPER, "吴思雨", "h341881106200", "ABCD-EFGH")],
    "T00042611020010B",
    "382X",
)


def test_everybody_has_words() -> None:
    assert set(ROLE_WORDS) == set(Role)


def test_each_of_the_staff_stands_once_with_password_and_a_code_of_that_moment() -> None:
    lines = SCREEN.lines(AT)
    for _, given in STAFF:
        [line] = [line for line in lines if given.login in line]
        assert given.password in line
        assert pyotp.TOTP(given.secret).at(int(AT)) in line
        assert given.secret not in "\n".join(lines)


def test_the_resident_and_the_phone_have_what_they_type() -> None:
    said = "\n".join(SCREEN.lines(AT))
    for word in ("T00042611020010B", "382X", "ABCD-EFGH", "/console/", "/r/", "/app/", "/v1/docs"):
        assert word in said


def test_later_codes_are_others() -> None:
    now, later = SCREEN.codes(AT), SCREEN.codes(AT + 30)
    assert len(now) == len(later) == len(STAFF)
    assert all(one != other for one, other in zip(now, later, strict=True))
