"""What nobody writes by hand is asked for by somebody, and says where."""

from __future__ import annotations

from server.domain.people.authors import ASKED_FOR
from server.domain.people.roles import Role, may_change


def test_somebody_may_ask_for_each_and_is_told_where() -> None:
    for name, (zh, en) in ASKED_FOR.items():
        assert any(may_change(role, name) for role in Role), name
        assert zh
        assert en
