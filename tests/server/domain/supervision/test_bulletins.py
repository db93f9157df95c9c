"""Bulletins: everything shown follows from the rows; villages go to their town; corrections are editions."""

from datetime import date
from typing import Any

from server.domain.check_context import CheckContext
from server.domain.record_fields import Fields
from server.domain.steps import state_after
from server.domain.supervision.bulletins import (
    BULLETIN_STEPS,
    Figures,
    check_bulletin,
    counted_otherwise,
    data_hash,
    differences,
    is_over,
    public_fields,
    table_of,
    town_fields,
)
from server.domain.supervision.indicators import CODES, Counts

TOWN, VILLAGE = "341881106000", "341881106200"


def counts(good: int) -> Counts:
    return Counts(tuple((good, 100) if code in ("on_time", "valid") else (0, 0) for code in CODES))


FIGURES = Figures(
    counties={f"34180{number}000000": counts(90 + number) for number in range(5)},
    units={f"{number:032x}": counts(80 + number) for number in range(12)},
    towns={TOWN: counts(99)},
    villages={VILLAGE: counts(98)},
)


def bulletin(**changed: Any) -> dict[str, Any]:
    told = {"place": "341800000000", "span": "monthly", "period": "2026-11", "edition": 1, "state": "draft"}
    return {**told, **public_fields(FIGURES, {TOWN: "胡乐镇"}), **changed}


def codes(fields: Fields) -> list[str]:
    return [one.code for one in check_bulletin(fields, CheckContext(on=date(2026, 12, 5)))]


def test_the_best_are_three_counties_ten_units_ten_towns_and_no_village() -> None:
    told = bulletin()
    assert told["best_counties"] == ["341804000000", "341803000000", "341802000000"]
    assert len(told["best_units"]) == 10
    assert told["best_towns"] == [TOWN]
    assert "villages" not in told
    assert VILLAGE not in str(told)
    assert codes(told) == []


def test_what_was_changed_by_hand_does_not_follow_from_the_rows() -> None:
    assert codes(bulletin(best_counties=["341800000000"])) == ["bulletin_data"]
    assert differences(bulletin(data_hash="0" * 64)) == ["data_hash"]
    moved = bulletin()
    moved["towns"] = [[TOWN, *[100] * (2 * len(CODES))]]
    assert "data_hash" in differences(moved)
    assert table_of(bulletin(), "towns") == {TOWN: counts(99)}


def test_a_towns_villages_are_in_its_own_and_never_beside_the_public_tables() -> None:
    own = {"place": TOWN, "span": "monthly", "period": "2026-11", "edition": 1, "state": "draft"}
    assert codes({**own, **town_fields(FIGURES.villages, {VILLAGE: "胡乐村"})}) == []
    mixed = {**bulletin(), "villages": [[VILLAGE, *counts(98).numbers]]}
    assert "villages_public" in codes(mixed)


def test_a_bulletin_is_drafted_again_frozen_once_and_corrected_by_the_next_edition() -> None:
    state: str | None = None
    for verb in ("draft", "draft", "freeze", "supersede"):
        state = state_after(BULLETIN_STEPS, f"bulletin.{verb}", state)
    assert state == "corrected"
    assert state_after(BULLETIN_STEPS, "bulletin.draft", "frozen") is None


def older(state: str) -> dict[str, Any]:
    """Frozen when two indicators were all there was."""
    rows = [[TOWN, 95, 100, 96, 100], ["341881107000", 40, 100, 40, 100]]
    told = {**bulletin(), "state": state, "columns": ["on_time", "valid"], "counties": [], "units": [], "towns": rows}
    return {**told, "best_counties": [], "best_units": [], "best_towns": [TOWN, "341881107000"],
            "data_hash": data_hash({"towns": rows})}  # fmt: skip


def test_what_was_frozen_before_an_indicator_was_thought_of_stands_and_follows_from_its_rows() -> None:
    assert codes(older("frozen")) == codes(older("corrected")) == []
    assert table_of(older("frozen"), "towns")[TOWN].pairs[CODES.index("valid")] == (96, 100)
    assert codes(older("draft")) == ["value_unknown"], "a draft counts all there is"
    assert codes({**older("frozen"), "columns": ["on_time", "clicks"]}) == ["value_unknown"]


def test_the_hash_is_of_every_row_in_any_order() -> None:
    rows = [["b", 1], ["a", 2]]
    assert data_hash({"towns": rows}) == data_hash({"towns": rows[::-1]})
    assert data_hash({"towns": rows}) != data_hash({"counties": rows})


def test_words_that_are_none_are_told() -> None:
    assert codes(bulletin(span="weekly")) == ["value_unknown"]
    assert codes(bulletin(state="lost")) == ["state_unknown"]
    assert codes(bulletin(columns=["on_time"])) == ["value_unknown"]


def test_that_people_registered_since_is_no_difference_and_anything_else_is() -> None:
    def towns(good: int, registered: int) -> dict[str, dict[str, Counts]]:
        pairs = {"on_time": (good, 100), "volume": (100, registered)}
        return {"towns": {TOWN: Counts(tuple(pairs.get(code, (0, 0)) for code in CODES))}}

    frozen = {**public_fields(Figures({}, {}, towns(90, 2_000)["towns"], {}), {})}
    assert counted_otherwise(frozen, towns(90, 2_000)) == []
    assert counted_otherwise(frozen, towns(90, 2_400)) == []
    assert counted_otherwise(frozen, towns(91, 2_000)) == ["towns"]
    assert counted_otherwise(frozen, {"towns": {}}) == ["towns"]


def test_a_period_is_over_once_its_last_day_is() -> None:
    for today, month, day in ((date(2026, 11, 30), False, False), (date(2026, 12, 1), True, True)):
        assert (is_over("2026-11", today), is_over("2026-11-30", today)) == (month, day)
    assert is_over("2026-12", date(2027, 1, 1))
