"""The shape of the wire is pinned to the protocol's version, so that nobody changes it without meaning to."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from sync.core import messages
from sync.core.changes import Change

# If this fails you changed what phones in the field send or read. Either raise PROTOCOL, or see to it that both ends
# still read the old shape (a new field has a default, none is renamed or removed), say so in docs/protocol.md, and
# pin the new hash here.
PINNED = {1: "7a2722b0ae27476c"}

WIRE = [messages.Request, messages.Answer, messages.Body, Change]


def shape(node: Any) -> Any:
    """A schema without its prose: a better sentence in a docstring changes nothing on the wire."""
    match node:
        case dict():
            return {
                key: shape(value)
                for key, value in node.items()
                if not (key in ("description", "title") and isinstance(value, str))
            }
        case list():
            return [shape(each) for each in node]
        case _:
            return node


def wire_hash(types: Sequence[type]) -> str:
    schemas, parts = msgspec.json.schema_components(types)
    text = json.dumps(shape({"messages": schemas, "parts": parts}), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_the_wire_is_the_one_of_this_protocol_version() -> None:
    assert wire_hash(WIRE) == PINNED[messages.PROTOCOL]


def test_a_renamed_retyped_or_moved_field_would_be_seen() -> None:
    one = msgspec.defstruct("Message", [("seq", int), ("bucket", str)])
    others = [
        msgspec.defstruct("Message", [("number", int), ("bucket", str)]),
        msgspec.defstruct("Message", [("seq", str), ("bucket", str)]),
        msgspec.defstruct("Message", [("seq", int), ("bucket", str, "")]),
        msgspec.defstruct("Message", [("seq", int), ("bucket", str)], array_like=True),
    ]

    assert len({wire_hash([each]) for each in [one, *others]}) == 5


def test_prose_is_not_part_of_the_wire() -> None:
    plain = msgspec.defstruct("Message", [("title", str)])
    told = msgspec.defstruct("Message", [("title", str)], namespace={"__doc__": "What it is for."})

    assert wire_hash([plain]) == wire_hash([told])
