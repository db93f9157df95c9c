"""Look-backs: who is drawn, again and again the same; what is found, fixed and looked at again."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from server.domain.catalogue.look_back import LOOK_BACK_STEPS, LookBackState, Why, check_look_back, draw
from server.domain.check_context import CheckContext
from server.domain.steps import state_after


@given(st.dictionaries(st.sampled_from("abc"), st.sets(st.integers(0, 99).map(str), max_size=40)), st.text(max_size=4))
def test_a_tenth_of_every_unit_and_every_complaint_is_drawn_whatever_the_seed(
    published: dict[str, set[str]], seed: str
) -> None:
    published = {unit: {f"{unit}{claim}" for claim in claims} for unit, claims in published.items()}
    complained = {claim for claims in published.values() for claim in claims if claim.endswith("7")}
    drawn = draw(published, complained, seed)
    assert drawn == draw({unit: sorted(claims) for unit, claims in published.items()}, complained, seed)
    assert len({one.claim for one in drawn}) == len(drawn)
    for unit, claims in published.items():
        of_unit = [one for one in drawn if one.unit == unit]
        assert len(of_unit) * 10 >= len(claims)
        assert {one.claim for one in of_unit if one.why is Why.COMPLAINT} == claims & complained


def test_another_seed_draws_others() -> None:
    published = {"u1": {f"{number:032x}" for number in range(100)}}
    one, other = (draw(published, (), seed) for seed in ("a", "b"))
    assert len(one) == len(other) == 10
    assert one != other


def test_what_is_found_is_fixed_and_looked_at_again() -> None:
    state: str | None = None
    for verb in ("draw", "find", "fix", "find_again", "fix", "recheck"):
        state = state_after(LOOK_BACK_STEPS, f"look_back.{verb}", state)
    assert state == LookBackState.RECHECKED
    assert state_after(LOOK_BACK_STEPS, "look_back.fix", "passed") is None


def test_a_finding_is_a_known_reason() -> None:
    fields = {
        **{"campaign": "c" * 32, "claim": "1" * 32, "unit": "u1", "why": "sample", "state": "to_fix"},
        "findings": ["contact_wrong", "colour"],
    }
    ctx = CheckContext(on=date(2026, 11, 22))
    assert [one.code for one in check_look_back(fields, ctx)] == ["return_reason_unknown"]
    assert [one.code for one in check_look_back({**fields, "findings": [], "why": "mood"}, ctx)] == ["value_unknown"]
