"""Every state and table of a bulletin has its words."""

from __future__ import annotations

from server.console.bulletin_words import STATES, TABLES, UNFOUNDED, said
from server.domain.supervision import bulletins


def test_nothing_is_shown_by_its_code() -> None:
    assert set(STATES) == {state.value for state in bulletins.BulletinState}
    assert set(TABLES) == set(bulletins.TABLES)
    assert {*TABLES, "data_hash", "best_counties", "best_units", "best_towns"} == set(UNFOUNDED)
    assert said(STATES, "draft", True) == "Draft"
    assert said(STATES, "unheard", False) == "unheard"
