"""The parser: bytes become messages whole, or are turned away whole."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core import codec
from sync.core.changes import Captured, Change
from sync.core.errors import LimitExceeded, Malformed, NotAuthentic, ProtocolMismatch, SyncError
from sync.core.messages import Answer, Evidence, Page, Request, Row, Status

ID, OTHER, HASH = "1" * 32, "2" * 32, "h" * 43


def change(**fields: object) -> Change:
    known: dict[str, object] = {
        "id": ID,
        "kind": "note",
        "record": OTHER,
        "name": "note.write",
        "captured": Captured(1),
    }
    return Change(**(known | fields))  # type: ignore[arg-type]


def request(lines: list[bytes], **fields: object) -> bytes:
    known: dict[str, object] = {
        "protocol": 1,
        "device": ID,
        "chain_epoch": 1,
        "first_seq": 1,
        "prev_hash": HASH,
        "n": len(lines),
        "signature": "s" * 86 if lines else "",
    }
    return codec.encode_request(Request(**(known | fields)), lines)  # type: ignore[arg-type]


def answer(bodies: list[bytes], **fields: object) -> bytes:
    rows = [Row(ID, number + 1) for number in range(len(bodies))]
    pages = [Page(bucket="b", generation=1, rows=rows, upto=(len(bodies), ID))] if bodies else []
    known: dict[str, object] = {
        "protocol": 1,
        "status": Status.OK,
        "epoch": "e",
        "server_time": 1,
        "chain_epoch": 1,
        "last_seq": 0,
        "chain_hash": HASH,
        "pages": pages,
    }
    return codec.encode_answer(Answer(**(known | fields)), bodies)  # type: ignore[arg-type]


# Lines

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), VALUES, max_size=4))
def test_a_line_either_comes_back_as_the_change_it_was_or_fails_while_typing(fields: dict[str, object]) -> None:
    try:
        line = codec.encode_change(change(set=fields))
    except Malformed:
        return
    assert codec.read_change(line).set == fields
    again = json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")).encode()
    assert again == line


def line_with(text: str) -> bytes:
    whole = codec.encode_change(change(set={"text": "@"}))
    return whole.replace(b"@", text.encode())


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"<html>",
        line_with("x") + b" ",
        line_with("x").replace(b":", b": ", 1),
        line_with("x").replace(b'"text"', b'"te\\u0078t"'),
        line_with("x").replace(b'"set":{', b'"set":{"text":"y",'),
        line_with("x").replace(b'"x"', b"1.0"),
        line_with("x").replace(b'"x"', b"1e3"),
        line_with("x").replace(b'"x"', b"9007199254740992"),
        line_with("e\u0301"),
        line_with("a\\u0000b"),
        line_with("\u202eevil"),
        line_with("\u2066evil"),
        b"[" * 200_000,
    ],
    ids=range(17),
)
def test_a_line_that_two_parsers_could_read_differently_is_no_change(line: bytes) -> None:
    with pytest.raises(Malformed):
        codec.read_change(line)
    parsed = codec.parse_change_line(line)
    assert parsed.change is None
    assert parsed.fault
    assert parsed.line == line


def test_a_line_with_fields_of_a_newer_device_or_in_another_order_is_a_change_all_the_same() -> None:
    line = line_with("x")
    newer = line.replace(b'"captured"', b'"mood":{"a":[1,"b"]},"captured"')
    turned = json.dumps(dict(reversed(json.loads(line).items())), separators=(",", ":")).encode()
    assert codec.read_change(newer) == codec.read_change(turned) == codec.read_change(line)


@pytest.mark.parametrize("unknown", [b'{"a":1,"a":2}', b'{"7":1}', b'"e\xcc\x81"', b'"\xff"', b'"\\u0041"', b"1.0 "])
def test_what_a_newer_device_adds_is_held_to_one_way_of_writing_too(unknown: bytes) -> None:
    with pytest.raises(Malformed):
        codec.read_change(line_with("x").replace(b'"captured"', b'"mood":' + unknown + b',"captured"'))


def test_an_escaped_backslash_before_u0000_is_only_text() -> None:
    assert codec.read_change(line_with("a\\\\u0000b")).set == {"text": "a\\u0000b"}


def test_a_field_is_set_or_added_to_not_both() -> None:
    with pytest.raises(Malformed):
        codec.encode_change(change(set={"a": 1}, add={"a": [1]}))
    with pytest.raises(Malformed):
        codec.encode_change(change(set={"a": 1}, remove={"a": [1]}))


def test_too_long_a_line_and_too_many_fields_are_told_as_such() -> None:
    with pytest.raises(LimitExceeded):
        codec.encode_change(change(set={"a": "x" * codec.LINE_BYTES_MAX}))
    with pytest.raises(LimitExceeded):
        codec.encode_change(change(set={f"f{number}": 1 for number in range(codec.CHANGE_FIELDS_MAX + 1)}))


# Requests


def test_a_request_comes_back_with_its_lines_byte_for_byte() -> None:
    line, body = codec.encode_change(change(set={"text": "心"})), codec.encode_body("note", ID, 1, {})
    message = codec.parse_request(request([line, body], n=1, evidence=[Evidence("note", ID, "b", 1)]))
    assert [one.line for one in message.changes] == [line]
    assert message.changes[0].change == change(set={"text": "心"})
    assert message.evidence == (body,)


def test_a_line_that_is_no_change_is_kept_for_its_outcome() -> None:
    message = codec.parse_request(request([b"nonsense", codec.encode_change(change())]))
    assert [one.change is None for one in message.changes] == [True, False]


def test_changes_need_a_signature() -> None:
    with pytest.raises(Malformed):
        codec.parse_request(request([codec.encode_change(change())], signature=""))


def test_an_envelope_announces_exactly_its_lines() -> None:
    message = request([codec.encode_change(change())])
    for wrong in (message + b"\n", message + b"\n{}", message.split(b"\n")[0]):
        with pytest.raises(Malformed):
            codec.parse_request(wrong)


def test_another_protocol_is_told_before_anything_else_is_read() -> None:
    with pytest.raises(ProtocolMismatch):
        codec.parse_request(b'{"protocol":2,"everything":"else"}')


def test_a_request_or_line_that_is_too_long_is_turned_away() -> None:
    with pytest.raises(LimitExceeded):
        codec.parse_request(bytes(codec.REQUEST_BYTES_MAX + 1))
    with pytest.raises(LimitExceeded):
        codec.parse_request(request([b"x" * (codec.LINE_BYTES_MAX + 1)]))
    with pytest.raises(LimitExceeded):
        codec.parse_request(b" " * (codec.ENVELOPE_BYTES_MAX + 1))


@given(st.integers(0, 400), st.binary(max_size=4))
def test_a_request_cut_or_changed_anywhere_never_raises_anything_else(at: int, noise: bytes) -> None:
    message = request([codec.encode_change(change(set={"text": "x"}))])
    for damaged in (message[:at], message[:at] + noise + message[at + len(noise) :]):
        with contextlib.suppress(SyncError):
            codec.parse_request(damaged)


# Answers

BODIES = [codec.encode_body("note", ID, 1, {"b": 2, "a": 1}), codec.encode_body("note", OTHER, 2, {})]


def test_an_answer_comes_back_with_its_bodies_byte_for_byte() -> None:
    assert list(codec.parse_answer(answer(BODIES)).bodies) == BODIES
    assert codec.parse_answer(answer([])).bodies == ()


@given(st.data())
def test_an_answer_cut_or_changed_in_its_bodies_is_no_answer(data: st.DataObject) -> None:
    whole = answer(BODIES)
    begin = whole.index(b"\n") + 1
    at = data.draw(st.integers(begin, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    for damaged in (whole[:at], changed):
        with pytest.raises(NotAuthentic):
            codec.parse_answer(damaged)


@pytest.mark.parametrize("page", [b"", b"<html>log in</html>", b"{}", b"\x1f\x8b\x08", b"null"])
def test_what_a_portal_says_is_no_answer(page: bytes) -> None:
    with pytest.raises(Malformed):
        codec.parse_answer(page)


def test_too_long_an_answer_is_turned_away() -> None:
    with pytest.raises(LimitExceeded):
        codec.parse_answer(bytes(codec.ANSWER_BYTES_MAX + 1))


# Bodies


def test_equal_records_are_equal_bytes_whatever_the_order_of_their_fields() -> None:
    assert BODIES[0] == codec.encode_body("note", ID, 1, {"a": 1, "b": 2})
    assert BODIES[0] == b'{"kind":"note","id":"' + ID.encode() + b'","rev":1,"fields":{"a":1,"b":2}}'


def test_unknown_fields_of_a_body_are_kept_as_they_came() -> None:
    body = codec.read_body(b'{"kind":"new","id":"' + ID.encode() + b'","rev":1,"fields":{"x":{"later":[1]}},"more":1}')
    assert (body.kind, bytes(body.fields["x"])) == ("new", b'{"later":[1]}')
    assert codec.read_fields(BODIES[0]) == {"a": 1, "b": 2}
    with pytest.raises(Malformed):
        codec.read_body(b"{}")
