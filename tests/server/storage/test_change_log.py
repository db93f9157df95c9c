"""A change comes back from the log as it went in, and only its outcome is ever altered."""

from msgspec.structs import replace

from server.storage.change_log import (
    INSERT_COLUMNS,
    KNOWN_COLUMNS,
    entry_row,
    history_rows,
    key_statements,
    known_of,
    outcome_statements,
    waiting_statements,
)
from sync.central.known import Author, KnownChange, PastBody
from sync.central.plan import ChainedEntry, LogEntry
from sync.core.changes import OutcomeCode
from tests.centre import sealing

CHANGE = KnownChange(
    id="c" * 32,
    account="a" * 32,
    device="d" * 32,
    chain_epoch=1,
    seq=7,
    hash=b"h" * 32,
    kind="case",
    name="case.submit",
    record="r" * 32,
    received_at=5,
    code=OutcomeCode.DUPLICATE,
    bucket="place:1",
    version=3,
    base_rev=1,
    rev=2,
    reason="duplicate_filing",
    detail={"stands": "x"},
)
AUTHOR = Author(account="a" * 32, device="d" * 32, role="helper", grants={})


def row_of(change: KnownChange, *, plain: bool) -> dict[str, object]:
    entry = LogEntry(
        change=change,
        line="汪秀英".encode(),
        name=change.name,
        author=AUTHOR,
        carrier="e" * 32,
        received_at=5,
        captured_wall=4,
        bucket="place:1",
    )
    row = entry_row(ChainedEntry(entry, 9, b"salt", b"link"), sealing(), plain=plain)
    return dict(zip(INSERT_COLUMNS, row, strict=True))


def test_a_change_comes_back_as_it_went_in() -> None:
    names = [name.strip() for name in KNOWN_COLUMNS.split(",")]
    for change in (CHANGE, replace(CHANGE, detail={})):
        row = row_of(change, plain=False)
        assert known_of(tuple(row[name] for name in names), sealing()) == change


def test_a_personal_line_is_sealed_and_a_plain_one_is_not() -> None:
    assert "汪秀英".encode() not in row_of(CHANGE, plain=False)["line"]  # type: ignore[operator]
    assert "汪秀英".encode() in row_of(CHANGE, plain=True)["line"]  # type: ignore[operator]


def test_a_released_change_waits_for_nothing_any_more() -> None:
    assert outcome_statements([], sealing()) == []
    update, forget = outcome_statements([CHANGE], sealing())
    assert update[0].count("?") == len(update[1][0])
    assert "reused = 0" in update[0]
    assert forget[1] == [(CHANGE.id,)]


def test_what_waits_anew_waits_only_for_that() -> None:
    statements = waiting_statements([("p", frozenset({"old"})), ("q", frozenset())], {"p": frozenset({"new"})})
    assert statements[0][1] == [("p",)]
    assert statements[1][1] == [("new", "p")]


def test_a_key_that_changes_hands_is_held_by_the_last() -> None:
    assert [rows for _, rows in key_statements({"a": None, "b": ("case", "1")})] == [[("a",)], [("b", "case", "1")]]
    assert key_statements({}) == []


def test_history_is_kept_under_kind_record_and_rev() -> None:
    past = [("case", "1", PastBody(2, b"h", b"body")), ("item", "1", PastBody(2, b"h", b"body"))]
    first, second = history_rows(past, sealing(), frozenset({"item"}))
    assert (first[0], second[0]) == ("case/1/2", "item/1/2")
    assert b"body" not in first[2]
    assert b"body" in second[2]
