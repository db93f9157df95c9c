"""Owns the notice (通知): what someone must know though the record itself may not travel to them.

Law: it holds only what its reader may see: ids and mobiles in it are masked; a desk's land line stays.
"""

from __future__ import annotations

from server.domain.check_context import CheckContext
from server.domain.people.masking import mask_text
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, text


def check_notice(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """A notice's texts never change; only that it was read is added."""
    found = check_shapes("notice", fields)
    if ctx.before is not None:
        found += [
            problem("notice_changed", name)
            for name in ("to", "about", "text_zh", "text_en")
            if fields.get(name) != ctx.before.get(name)
        ]
    found += [
        problem("notice_unmasked", name)
        for name in ("text_zh", "text_en")
        if mask_text(text(fields, name), land_lines=False) != text(fields, name)
    ]
    return found


def notice_bucket(to: str) -> str:
    """Where a notice lies: with a person, or, when it is for a unit or a place, where their desks read."""
    return to if ":" in to else f"person:{to}"


def notice_fields(to: str, about: str, text_zh: str, text_en: str) -> dict[str, object]:
    """A notice with every id and phone in its texts masked."""
    return {
        "to": to,
        "about": about,
        "text_zh": mask_text(text_zh, land_lines=False),
        "text_en": mask_text(text_en, land_lines=False),
    }
