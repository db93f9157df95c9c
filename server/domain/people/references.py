"""Owns which records of people a step names beside its own: whose, for which case, on which word, about what.

Law: who may not see a record may not build on it either; a desk's step that names one out of reach names nothing.
"""

from __future__ import annotations

from server.domain.record_fields import Fields, text

_NAMED = {"resident": "resident", "consent": "consent", "case": "case", "use_case": "case", "bundle": "bundle"}
_ABOUT = frozenset({"case", "consent", "rating", "ticket", "resident", "licence", "bundle"})
"""The kinds that a task may be about and that hold a person."""


def references(fields: Fields) -> frozenset[tuple[str, str]]:
    """(kind, id). A bundle's legs are filed after it, and name it themselves."""
    found = {(kind, text(fields, name)) for name, kind in _NAMED.items()}
    if text(fields, "about_kind") in _ABOUT:
        found.add((text(fields, "about_kind"), text(fields, "about")))
    return frozenset((kind, record) for kind, record in found if record)
