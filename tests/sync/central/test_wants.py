"""What must be loaded is found in rounds, across the batch, parked changes included."""

from __future__ import annotations

from dataclasses import replace

from server.merge_policies import policies_of
from sync.central.known import Centre, Known, KnownChange, ParkedChange, Record, Stamp, Wants
from sync.central.policies import Reading
from sync.central.wants import Foresight, first_wants, more_wants
from sync.core.changes import Base, Captured, Change, OutcomeCode
from sync.core.codec import encode_change, parse_change_line
from tests.sync.central.centre_in_memory import CentreInMemory, Phone

POLICIES = policies_of(lambda text: f"ix{text}")
CENTRE = Centre(epoch="e", epoch_block=0, now=0)


def line(number: int, **more: object) -> Change:
    fields = {"kind": "resident", "name": "resident.edit", "record": "a" * 32, **more}
    return Change(id=f"{number:032x}", captured=Captured(wall=0), **fields)  # type: ignore[arg-type]


def parsed(*changes: Change) -> list:  # type: ignore[type-arg]
    return [parse_change_line(encode_change(change)) for change in changes]


def test_the_lines_name_changes_records_and_waits() -> None:
    wants = first_wants(parsed(line(1, needs=["b" * 32], base=Base(change="c" * 32))))
    assert wants.changes == {f"{1:032x}", "b" * 32, "c" * 32}
    assert wants.records == {("resident", "a" * 32)}
    assert wants.waits == {f"{1:032x}", "a" * 32}


def test_a_line_that_is_no_change_wants_nothing() -> None:
    assert not first_wants([parse_change_line(b"?")])


def test_the_body_its_author_saw_and_who_wrote_since_are_wanted() -> None:
    stamps = {"x": Stamp(2, "d/1", "d" * 32), "y": Stamp(4, "d/1", "e" * 32)}
    known = Known(records={("resident", "a" * 32): Record("resident", "a" * 32, 4, "b", 1, b"{}", stamps)})
    lines = parsed(line(1, base=Base(epoch="e", rev=3, hash="h" * 43), set={"y": 1}))
    wants = more_wants(lines, known, POLICIES, CENTRE, {})
    assert wants.past == {("resident", "a" * 32, 3)}
    assert "e" * 32 in wants.changes
    assert "d" * 32 not in wants.changes


def test_what_waits_behind_the_batch_is_wanted_with_it() -> None:
    centre = CentreInMemory()
    parked = line(2, record="f" * 32)
    behind = ParkedChange(
        known=KnownChange(
            id=parked.id,
            account="a",
            device="d",
            chain_epoch=1,
            seq=1,
            hash=b"",
            kind="resident",
            name="resident.edit",
            record="f" * 32,
            received_at=0,
            code=OutcomeCode.PARKED,
        ),
        line=encode_change(parked),
        author=Phone(centre, "a").author,
    )
    wants = more_wants(parsed(line(1)), Known(waits={f"{1:032x}": (behind,), "a" * 32: ()}), POLICIES, CENTRE, {})
    assert ("resident", "f" * 32) in wants.records
    assert ("outcome", parked.id) in wants.records


def test_the_kinds_under_an_id_are_asked_for_where_a_record_is_made() -> None:
    made, changed = line(1), line(2, record="b" * 32, base=Base(epoch="e", rev=3, hash="h" * 43))
    assert more_wants(parsed(made, changed), Known(), POLICIES, CENTRE, {}).kinds == {made.record}


def test_what_came_to_nothing_is_not_asked_for_again_and_what_is_there_tells_more() -> None:
    asked: list[str] = []

    def reads(change: Change, reading: Reading) -> Wants:
        asked.append(change.record)
        one = reading.record("item", "i" * 32)
        return Wants(records={("item", "i" * 32)}, keys={"taken"} if one is not None else set())

    policies = {**POLICIES, "resident": replace(POLICIES["resident"], reads=reads)}
    for item, keys in ((None, set()), (Record("item", "i" * 32, 1, "b", 1, b"{}", {}), {"taken"})):
        asked.clear()
        known, foresight = Known(), Foresight(parsed(line(1)), policies, CENTRE, {})
        first = foresight.wants(known)
        assert first.records == {("resident", "a" * 32), ("item", "i" * 32)}
        known.records |= {("resident", "a" * 32): None, ("item", "i" * 32): item}
        known.changes |= dict.fromkeys(first.changes)
        known.kinds |= dict.fromkeys(first.kinds, frozenset())
        known.waits |= dict.fromkeys(first.waits, ())
        assert foresight.wants(known).keys == keys
        assert len(asked) == 1 + len(keys)
