"""The frozen list of a campaign: its lines, its hash, its parts, and what is read from it."""

from datetime import date

from server.domain.catalogue.baseline import (
    LINES_MAX,
    asked_of,
    baseline_hash,
    baseline_lines,
    check_baseline,
    check_part,
    parts_of,
    version_asked,
    whole,
)
from server.domain.check_context import CheckContext

LINES = baseline_lines({"992011001000": 2, "990511001000": 1}, {"u2": 45, "u1": 88, "u3": 0})


def test_the_lines_say_what_is_asked_and_of_whom() -> None:
    assert LINES == ("item 990511001000 1", "item 992011001000 2", "unit u1 88", "unit u2 45")
    assert asked_of(LINES) == {"u1": 88, "u2": 45}
    assert (version_asked(LINES, "992011001000"), version_asked(LINES, "990000000000")) == (2, 0)


def test_the_hash_is_of_the_lines_in_any_order_and_of_every_one() -> None:
    assert baseline_hash(LINES) == baseline_hash(reversed(LINES))
    assert baseline_hash(LINES) != baseline_hash(LINES[1:])


def test_parts_are_put_together_again_in_their_order() -> None:
    lines = [f"item {number:012} 1" for number in range(LINES_MAX + 1)]
    parts = parts_of(lines)
    assert [len(part) for part in parts] == [LINES_MAX, 1]
    kept = [{"part": number, "lines": part} for number, part in enumerate(parts, 1)]
    assert whole(reversed(kept)) == tuple(lines)


def test_a_part_belongs_to_the_list_that_its_round_was_opened_with() -> None:
    part = {"campaign": "c" * 32, "part": 1, "lines": list(LINES), "list_hash": baseline_hash(LINES)}
    assert check_part(part, {"baseline_hash": baseline_hash(LINES)}) == []
    for campaign in (None, {}, {"baseline_hash": baseline_hash(LINES[1:])}):
        assert [one.code for one in check_part(part, campaign)] == ["baseline_other"]


def test_a_part_is_never_written_again() -> None:
    fields = {"campaign": "c" * 32, "part": 1, "place": "341800000000", "lines": ["item 1 1"]}
    on = date(2026, 11, 22)
    assert check_baseline(fields, CheckContext(on=on)) == []
    assert [one.code for one in check_baseline(fields, CheckContext(on=on, before=fields))] == ["baseline_changed"]
