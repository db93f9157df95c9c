"""Owns how a record's fields are told where nobody said why they are wanted whole: ids and phones masked.

Laws: a field that holds an id or a phone is masked by its name, wherever it stands; in what people wrote in their own
words, whatever looks like one. What is masked is for reading: a step writes what it changes and nothing else.
"""

from __future__ import annotations

from server.domain.fields.shapes import Shape
from server.domain.people.masking import mask_citizen_id, mask_phone, mask_text
from server.domain.record_fields import KINDS, Fields

_BY_NAME = {"citizen_id": mask_citizen_id, "phone": mask_phone}
_OF_KIND = {("licence", "number"): mask_text, ("licence", "use_purpose"): mask_text}
"""An id card's number is its holder's id."""
_WRITTEN = (Shape.LONG_TEXT, Shape.LIST, Shape.ANY, Shape.OBJECT)


def masked_fields(kind: str, fields: Fields) -> dict[str, object]:
    table = KINDS.get(kind)
    found: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, str) and (mask := _OF_KIND.get((kind, name))) is not None:
            found[name] = mask(value)
            continue
        field = table.find(name) if table is not None else None
        found[name] = _masked(name, value, written=field is None or field.shape in _WRITTEN)
    return found


def _masked(name: str, value: object, *, written: bool) -> object:
    match value:
        case str() if mask := _BY_NAME.get(name):
            return mask(value)
        case str():
            return mask_text(value) if written and not _is_code(name) else value
        case dict():
            return {key: _masked(str(key), inner, written=written) for key, inner in value.items()}
        case list():
            return [_masked(name, inner, written=written) for inner in value]
        case _:
            return value


def _is_code(name: str) -> bool:
    """Names of units, files and records inside a group: digits that are nobody's."""
    return name in _CODES or name.endswith(("_by", "_file"))


_CODES = frozenset({"unit", "to", "file", "sha256", "case", "item", "items", "joint", "number", "waybill", "materials"})
