"""Messages: their limits as a reader meets them. Their whole shape is pinned by tests/architecture/test_wire.py."""

from __future__ import annotations

import msgspec
import pytest

from sync.core.messages import Answer, Cursor, Entitled, Evidence, Honour, Outcome, Page, Request, Reset, Row, Target

DEVICE, HASH = "d" * 32, "h" * 43
REQUEST = {"protocol": 1, "device": DEVICE, "chain_epoch": 1, "first_seq": 1, "prev_hash": HASH}


def test_an_idle_request_is_small() -> None:
    request = msgspec.convert(REQUEST | {"tag": "t" * 22, "epoch": "e" * 22, "ack": HASH}, type=Request)
    assert len(msgspec.json.encode(request)) < 320


@pytest.mark.parametrize(
    "fields",
    [
        {"protocol": 0},
        {"device": "short"},
        {"first_seq": 0},
        {"prev_hash": HASH + "h"},
        {"n": 10_001},
        {"n": -1},
        {"signature": "s" * 87},
        {"tag": "t" * 23},
        {"cursors": [["b", 1, 1, "r"]] * 2_001},
        {"cursors": [["", 1, 1, "r"]]},
        {"files": ["f"]},
        {"honour": [[DEVICE, "n" * 41]]},
        {"max_bytes": 4_095},
        {"max_bytes": 1_048_577},
        {"waiting": -1},
    ],
)
def test_a_request_outside_the_limits_is_none(fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(REQUEST | fields, type=Request)


def test_no_cursors_and_an_empty_list_of_cursors_are_different_requests() -> None:
    assert msgspec.convert(REQUEST, type=Request).cursors is None
    assert msgspec.convert(REQUEST | {"cursors": []}, type=Request).cursors == []
    assert b"cursors" in msgspec.json.encode(msgspec.convert(REQUEST | {"cursors": []}, type=Request))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Cursor("b", 1, 2, "r"), b'["b",1,2,"r"]'),
        (Target("b", 2), b'["b",2]'),
        (Honour(DEVICE, "7"), b'["%s","7"]' % DEVICE.encode()),
        (Evidence("case", DEVICE, "b", 2), b'["case","%s","b",2]' % DEVICE.encode()),
        (Entitled("b", 1, 2, "s" * 22, 3), b'["b",1,2,"%s",3]' % (b"s" * 22)),
        (Row(DEVICE, 2), b'["%s",2,false]' % DEVICE.encode()),
        (Reset("b", "gone"), b'["b","gone"]'),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_comes_in_lists_travels_as_arrays(value: msgspec.Struct, text: bytes) -> None:
    assert msgspec.json.encode(value) == text
    assert msgspec.json.decode(text, type=type(value)) == value


def test_an_unknown_field_of_a_later_version_is_passed_over() -> None:
    assert msgspec.convert(REQUEST | {"later": True}, type=Request).device == DEVICE


def test_an_answer_and_its_parts_come_back_as_they_were() -> None:
    answer = Answer(
        protocol=1,
        status="ok",  # type: ignore[arg-type]
        epoch="e1",
        server_time=1,
        chain_epoch=1,
        last_seq=1,
        chain_hash=HASH,
        outcomes=[Outcome(seq=1, id=DEVICE, code="applied", at=("b", 3))],  # type: ignore[arg-type]
        pages=[Page(bucket="b", generation=1, rows=[Row(DEVICE, 3, True)], upto=(3, DEVICE))],
    )
    line = msgspec.json.encode(answer)
    assert msgspec.json.encode(msgspec.json.decode(line, type=Answer)) == line
