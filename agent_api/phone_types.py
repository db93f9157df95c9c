"""Writes the phone's types of the wire from the Python messages, so that the two can only differ while a test fails.

`python -m agent_api.phone_types` writes agent_api/phone/src/protocol/messages.ts. Law: nothing is decided here; names,
order, defaults and limits are those of sync/core/messages.py and sync/core/changes.py.
"""

from __future__ import annotations

import enum
import json
import types
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from sync.core import changes, codec, messages
from sync.core.messages import PROTOCOL, SCHEMA

TARGET = Path(__file__).parent / "phone" / "src" / "protocol" / "messages.ts"

ENUMS: tuple[type[enum.StrEnum], ...] = (changes.OutcomeCode, messages.Status, messages.FileState)
STRUCTS: tuple[type[msgspec.Struct], ...] = (
    changes.Base,
    changes.Captured,
    changes.Change,
    messages.Cursor,
    messages.Target,
    messages.Honour,
    messages.Evidence,
    messages.Request,
    messages.Outcome,
    messages.Entitled,
    messages.Row,
    messages.Page,
    messages.Reset,
    messages.Answer,
)
_LIMITS = ("REQUEST_BYTES_MAX", "LINE_BYTES_MAX", "ANSWER_BYTES_MAX", "CHANGE_FIELDS_MAX", "ENVELOPE_BYTES_MAX")
_HEAD = """// The two messages of an exchange, field by field. Written by `python -m agent_api.phone_types` from
// sync/core/messages.py and sync/core/changes.py: change those, never this file.
"""
_VALUE = """export type Scalar = string | number | boolean | null
export type Value = Scalar | readonly Value[] | { readonly [name: string]: Value }
export type Fields = { readonly [name: string]: Value }
"""


def rendered() -> str:
    """The whole file."""
    limits = "".join(f"export const {name} = {getattr(codec, name)}\n" for name in _LIMITS)
    parts = [_HEAD, f"export const PROTOCOL = {PROTOCOL}\nexport const SCHEMA = {SCHEMA}\n{limits}", _VALUE]
    parts += [_enum(one) for one in ENUMS]
    parts += [_struct(one) for one in STRUCTS]
    return "\n".join(parts)


def write() -> None:
    TARGET.write_text(rendered(), encoding="utf-8")


def _enum(one: type[enum.StrEnum]) -> str:
    values = " | ".join(json.dumps(member.value).replace('"', "'") for member in one)
    listed = ", ".join(f"'{member.value}'" for member in one)
    plural = _constant(one.__name__) + ("ES" if one.__name__.endswith("s") else "S")
    return f"export type {one.__name__} = {values}\nexport const {plural}: readonly {one.__name__}[] = [{listed}]\n"


def _struct(one: type[msgspec.Struct]) -> str:
    fields = msgspec.structs.fields(one)
    if one.__struct_config__.array_like:
        optional = [field.default is not msgspec.NODEFAULT for field in fields]
        places = ", ".join(
            f"{field.encode_name}{'?' if may else ''}: {_type(field.type)}"
            for field, may in zip(fields, optional, strict=True)
        )
        return f"export type {one.__name__} = readonly [{places}]\n"
    lines = [f"  readonly {field.encode_name}: {_type(field.type)}" for field in fields]
    text = f"export interface {one.__name__} {{\n" + "\n".join(lines) + "\n}\n"
    if not one.__struct_config__.omit_defaults:
        return text
    names = ", ".join(f"'{field.encode_name}'" for field in fields)
    defaults = {field.encode_name: _default(field) for field in fields if not field.required}
    written = json.dumps(defaults, indent=2).replace('"', "'")
    constant = _constant(one.__name__)
    return (
        f"{text}export const {constant}_FIELDS = [{names}] as const\n"
        f"export const {constant}_DEFAULTS = {written} as const\n"
    )


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _constant(name: str) -> str:
    return "".join(f"_{sign}" if sign.isupper() and place else sign for place, sign in enumerate(name)).upper()


def _type(kind: Any) -> str:
    """A Python annotation in TypeScript."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _type(args[0])
    if kind is str:
        return "string"
    if kind is bool:
        return "boolean"
    if kind is int:
        return "number"
    if kind is type(None) or kind is None:
        return "null"
    if origin in (Union, types.UnionType):
        return _union(kind, args)
    if origin is list:
        member = _type(args[0])
        return f"readonly ({member})[]" if " " in member else f"readonly {member}[]"
    if origin is tuple:
        return "readonly [" + ", ".join(_type(arg) for arg in args) + "]"
    if origin is dict:
        return f"{{ readonly [name: string]: {_type(args[1])} }}"
    assert isinstance(kind, type), f"{kind} has no place on the wire"
    return kind.__name__


def _union(kind: Any, args: tuple[Any, ...]) -> str:
    """Unions of JSON values are one type on the phone: how deep they may nest is checked by the codec."""
    if kind in (changes.Value, changes.Depth1, changes.Depth2):
        return "Value"
    return " | ".join(_type(arg) for arg in args)


if __name__ == "__main__":
    write()
