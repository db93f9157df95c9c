"""A choice between two versions does not undo the steps that were taken since they were typed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.cases.choices import add_choice, check_choice

PAPER = {"state": "paper", "note": "a"}
PROMISED = {"state": "promised", "due": "2026-11-27"}
ACCEPTED = {"accepted_at": "2026-11-19T10:00:00+08:00", "material.1": PAPER}
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("before", "chosen", "told"),
    [
        (ACCEPTED, {"material.1": {**PAPER, "note": "b"}}, []),
        (ACCEPTED, {"material.1": PROMISED}, ["choice_too_late"]),
        (ACCEPTED, {"material.1": None}, ["choice_too_late"]),
        (ACCEPTED, {"material.1": {"state": "not_needed"}}, []),
        (ACCEPTED, {"material.2": PROMISED}, ["choice_too_late"]),
        ({**ACCEPTED, "material.2": PROMISED}, {"material.2": {**PROMISED, "note": "later"}}, []),
        ({**ACCEPTED, "material.2": PROMISED}, {"material.2": PAPER}, []),
        ({**ACCEPTED, "material.2": PROMISED}, {"material.2": None}, ["choice_too_late"]),
        ({"material.1": PAPER}, {"material.1": PROMISED}, []),
        (ACCEPTED, {"phone": None}, []),
    ],
)
def test_an_accepted_case_keeps_the_materials_it_was_accepted_with(
    before: dict[str, Any], chosen: dict[str, Any], told: list[str]
) -> None:
    assert [one.code for one in check_choice(before, {**before, **chosen})] == told


def test_what_was_promised_and_is_chosen_to_be_there_is_owed_no_more() -> None:
    owed = {"due": "2026-11-27", "materials": ["2", "3"]}
    before = {**ACCEPTED, "tolerance": owed, "material.2": PROMISED, "material.3": PROMISED}
    one = {**before, "material.2": PAPER}
    assert add_choice(before, one, TODAY) == {"tolerance": {"due": "2026-11-27", "materials": ["3"]}}
    both = {**one, "material.3": PAPER}
    settled = add_choice(before, both, TODAY)["tolerance"]
    assert settled == {"due": "2026-11-27", "materials": [], "settled_on": "2026-11-20"}
    again = {**both, "tolerance": settled}
    assert add_choice(again, {**again, "phone": "1"}, date(2026, 11, 25)) == {}, "it was settled on its day"
    assert add_choice(ACCEPTED, {**ACCEPTED, "phone": "1"}, TODAY) == {}
