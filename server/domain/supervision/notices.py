"""Owns the notice (通知): what someone must know though the record itself may not travel to them.

Law: it holds only what its reader may see: ids and mobiles in it are masked; a desk's land line stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.check_context import CheckContext
from server.domain.people.masking import mask_text
from server.domain.problems import Problem, problem
from server.domain.record_fields import KINDS, Fields, check_shapes, text, texts

# code → kind of the record it is about, Chinese, English. {zh} and {en} name what the merge was about.
_OF_MERGE: Mapping[str, tuple[str, str, str]] = {
    "conflict_opened": (
        "conflict",
        "您和同事对同一条记录填写了不同的内容（{zh}）。两边的内容都保留着，请打开冲突，对照后决定用哪一个。",
        "You and a colleague wrote different things into one record ({en}). Both are kept: open the conflict, look at "
        "them side by side and decide.",
    ),
    "duplicate_filing": (
        "case",
        "同一位居民的同一事项又收到一件申请。先收到的这一件继续办理，后收到的一件已关联保留。请与同事联系，避免重复办理。",
        "A second filing came for the same resident and item. This one was received first and goes on; the second is "
        "linked to it and kept. Speak with your colleague, so that nothing is done twice.",
    ),
}
MERGE_CODES = frozenset(_OF_MERGE)


def worded(fields: Mapping[str, object]) -> dict[str, object]:
    """A notice that merge writes by its code, in words. `kind` and `fields` say what it was about, and stay behind."""
    told = {name: value for name, value in fields.items() if name not in ("kind", "fields")}
    code = text(told, "code")
    if code not in _OF_MERGE or "text_zh" in told:
        return told
    about_kind, zh, en = _OF_MERGE[code]
    names = [_label(text(fields, "kind"), name) for name in texts(fields, "fields")]
    zh, en = zh.format(zh="、".join(names) or "—"), en.format(en=", ".join(texts(fields, "fields")) or "–")
    return {**told, "about_kind": about_kind, **notice_fields(text(told, "to"), text(told, "about"), zh, en)}


def _label(kind: str, name: str) -> str:
    found = KINDS[kind].find(name) if kind in KINDS else None
    return found.zh if found is not None else name


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
