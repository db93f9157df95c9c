"""The only parser of the wire, and every limit on it.

Bytes become messages here or are turned away whole: a request is read completely or changes nothing. A change line
that is well-framed but not a change is not turned away: its author signed it, so it gets an outcome like any other.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import msgspec

from sync.core.chain import content_hash, encode_hash
from sync.core.changes import Change, misnamed
from sync.core.errors import LimitExceeded, Malformed, NotAuthentic, ProtocolMismatch
from sync.core.messages import PROTOCOL, Answer, Body, Request

REQUEST_BYTES_MAX = 4 * 1024 * 1024
ENVELOPE_BYTES_MAX = 1024 * 1024
LINE_BYTES_MAX = 256 * 1024
ANSWER_BYTES_MAX = 16 * 1024 * 1024
CHANGE_FIELDS_MAX = 400

_request = msgspec.json.Decoder(Request)
_answer = msgspec.json.Decoder(Answer)
_change = msgspec.json.Decoder(Change)
_body = msgspec.json.Decoder(Body)
_anything = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()

# NUL breaks databases; the directional overrides make a text read as what it is not.
# Bytes are searched, and for what is rare first: this runs over every line that comes in.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_OVERRIDE = re.compile(b"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")  # U+202A-202E, U+2066-2069

# JavaScript moves such keys to the front, so two ends would write one object in two ways.
_NUMBER_KEY = re.compile(rb'[{,]"(?:0|[1-9][0-9]*)":')
_NEARLY_NUMBER_KEY = re.compile(rb'"[0-9]+":')

T = TypeVar("T")


class ChangeLine(NamedTuple):
    """One change as it arrived: the bytes, their hash, and the change, or why the bytes are none."""

    line: bytes
    hash: bytes
    change: Change | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RequestMessage:
    envelope: Request
    changes: tuple[ChangeLine, ...]
    evidence: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    envelope: Answer
    bodies: tuple[bytes, ...]


def encode_change(change: Change) -> bytes:
    """The line of a change. Raises Malformed if the centre would not take it, so that it fails while typing."""
    line = _encoder.encode(change)
    read_change(line)
    return line


def read_change(line: bytes) -> Change:
    """Parse one change line. Raises Malformed."""
    if len(line) > LINE_BYTES_MAX:
        raise LimitExceeded(f"a change of {len(line)} bytes")
    try:
        change = _change.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"not a change: {error}") from None
    if fault := misnamed(change):
        raise Malformed(f"not a change: {fault}")
    _check_canonical(line, change)
    written = len(change.set) + len(change.add) + len(change.remove)
    if written > CHANGE_FIELDS_MAX and len(change.touched) > CHANGE_FIELDS_MAX:
        raise LimitExceeded(f"{len(change.touched)} fields in one change")
    if written > len(change.set) and change.set.keys() & (change.add.keys() | change.remove.keys()):
        raise Malformed("a field is both set and added to in one change")
    return change


def parse_change_line(line: bytes) -> ChangeLine:
    try:
        return ChangeLine(line, content_hash(line), read_change(line))
    except Malformed as error:
        return ChangeLine(line, content_hash(line), None, error.detail)


def encode_request(envelope: Request, lines: list[bytes]) -> bytes:
    """`lines` are the change lines followed by the evidence bodies."""
    assert len(lines) == envelope.n + len(envelope.evidence), "an envelope announces all its lines"
    return b"\n".join([_encoder.encode(envelope), *lines])


def parse_request(message: bytes) -> RequestMessage:
    """Raises Malformed, LimitExceeded or ProtocolMismatch; nothing of the message counts then."""
    if len(message) > REQUEST_BYTES_MAX:
        raise LimitExceeded(f"a request of {len(message)} bytes")
    first, *lines = message.split(b"\n")
    _check_protocol(first)
    envelope = _decode(_request, first, "request")
    _check_text(first)
    if len(lines) != envelope.n + len(envelope.evidence):
        raise Malformed(f"{len(lines)} lines where {envelope.n + len(envelope.evidence)} were announced")
    if any(len(line) > LINE_BYTES_MAX for line in lines):
        raise LimitExceeded("a line is too long")
    if envelope.n and not envelope.signature:
        raise Malformed("changes without a signature")
    changes = tuple(parse_change_line(line) for line in lines[: envelope.n])
    return RequestMessage(envelope, changes, tuple(lines[envelope.n :]))


def encode_answer(envelope: Answer, bodies: list[bytes]) -> bytes:
    """Fills in the digest over the bodies."""
    if bodies:
        envelope = msgspec.structs.replace(envelope, digest=_digest(bodies))
    return b"\n".join([_encoder.encode(envelope), *bodies])


def parse_answer(message: bytes) -> AnswerMessage:
    """Raises Malformed for a captive portal's page, NotAuthentic for a body cut or changed on the way."""
    if len(message) > ANSWER_BYTES_MAX:
        raise LimitExceeded(f"an answer of {len(message)} bytes")
    first, *bodies = message.split(b"\n")
    envelope = _decode(_answer, first, "answer")
    puts = sum(not row.exit for page in envelope.pages for row in page.rows)
    if puts != len(bodies) or (bodies and envelope.digest != _digest(bodies)):
        raise NotAuthentic("the answer was cut or changed on the way")
    return AnswerMessage(envelope, tuple(bodies))


def encode_body(kind: str, record: str, rev: int, fields: dict[str, object]) -> bytes:
    """A record's line. Fields are sorted, so that equal states are equal bytes on every engine."""
    return _encoder.encode({"kind": kind, "id": record, "rev": rev, "fields": dict(sorted(fields.items()))})


def read_body(line: bytes) -> Body:
    """The record of a line, its fields left raw. Raises Malformed."""
    return _decode(_body, line, "body")


def read_fields(line: bytes) -> dict[str, object]:
    """The fields of a body line as values."""
    fields: dict[str, object] = _anything.decode(line)["fields"]
    return fields


def _decode(decoder: msgspec.json.Decoder[T], line: bytes, what: str) -> T:
    if len(line) > ENVELOPE_BYTES_MAX:
        raise LimitExceeded(f"{what} envelope of {len(line)} bytes")
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"not a {what}: {error}") from None


class _Spoken(msgspec.Struct):
    protocol: int


_spoken = msgspec.json.Decoder(_Spoken)


def _check_protocol(line: bytes) -> None:
    """Before anything else, since a later protocol may have another envelope."""
    if _decode(_spoken, line, "request").protocol != PROTOCOL:
        raise ProtocolMismatch(f"this end speaks protocol {PROTOCOL}")


def _check_canonical(line: bytes, change: Change) -> None:
    """One value has one line, the one `JSON.stringify` writes: no parser can then read it another way.

    Most lines are what writing the change again gives. Others may hold fields of a newer device, or have theirs in
    another order.
    """
    try:
        if _encoder.encode(change) != line and _encoder.encode(_anything.decode(line)) != line:
            raise Malformed("not in canonical form: duplicate keys, spaces or escapes")
    except (msgspec.MsgspecError, RecursionError, UnicodeError, ValueError) as error:
        raise Malformed(f"not JSON: {error}") from None
    if _NEARLY_NUMBER_KEY.search(line) and _NUMBER_KEY.search(line):
        raise Malformed("a key that reads as a whole number")
    if not line.isascii() and not unicodedata.is_normalized("NFC", line.decode()):
        raise Malformed("text is not in Unicode form NFC")
    _check_text(line)


def _check_text(line: bytes) -> None:
    if _OVERRIDE.search(line) or (b"\\u0000" in line and _NUL.search(line)):
        raise Malformed("text holds a NUL or a directional override")


def _digest(bodies: list[bytes] | tuple[bytes, ...]) -> str:
    hasher = hashlib.sha256()
    for body in bodies:
        hasher.update(body + b"\n")
    return encode_hash(hasher.digest()[:16])
