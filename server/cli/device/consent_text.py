"""Owns the text of mandate and consent that a resident is shown: made from the record's own fields, so that its hash
can be checked later, and the kinds of data an item needs.

Laws: every item and every kind of data is named; sensitive kinds stand apart and are ticked one by one. The words are
plain and can be read out. A changed wording is a new version.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from server.cli.device.outcome_words import DATA_KINDS
from server.domain.cases.consent import SENSITIVE_KINDS
from server.domain.cases.materials import parse_materials
from server.domain.people.masking import mask_citizen_id
from server.domain.record_fields import Fields, groups, text, texts

TEXT_VERSION = "1"
VALID_DAYS = 30
RETENTION = ("办结后三年", "three years after the case ends")
_BASIC = ("name", "citizen_id", "phone", "address")
# Words of a material's name or a question's label → the kind of data it holds.
_TELLING = (
    (("银行", "社保卡账", "社会保障卡", "账户", "账号", "一卡通"), "bank"),
    (("残疾",), "disability"),
    (("病", "医疗", "健康", "诊断", "住院", "体检"), "health"),
    (("收入", "财产", "低保"), "finance"),
    (("户口", "户籍"), "household"),
    (("照片",), "photo"),
    (("子女", "家庭成员", "配偶", "监护"), "relatives"),
)


def data_kinds_of(item: Fields, age: int | None = None) -> tuple[str, ...]:
    """What the item says it needs; what its materials and questions tell, when it says nothing."""
    said = texts(item, "data_kinds")
    if said:
        return said
    labels = [material.name for material in parse_materials(item) if material.asked]
    labels += [text(row, "label") for row in groups(item, "fields")]
    told = [kind for words, kind in _TELLING if any(word in label for label in labels for word in words)]
    if age is not None and age < 14:
        told.append("under_14")
    return (*_BASIC, *told)


def with_photographed(kinds: Sequence[str], photographed: Sequence[str]) -> tuple[str, ...]:
    """A photo of an id card is a sensitive kind of its own."""
    shown = any("身份证" in name or "户口" in name for name in photographed)
    return tuple(dict.fromkeys((*kinds, *(("id_photo",) if shown else ()))))


def sensitive_of(kinds: Sequence[str]) -> tuple[str, ...]:
    return tuple(kind for kind in kinds if kind in SENSITIVE_KINDS)


def recipients_of(item: Fields) -> list[str]:
    """Who receives the data: the department in charge and the desk that takes the filing in."""
    return [text(item, "dept") or "主管部门", "综合窗口"]


def consent_text(
    *,
    resident: Fields,
    items: Sequence[str],
    kinds: Sequence[str],
    recipients: Sequence[str],
    helper: str,
    valid_until: date,
    lang: str = "zh",
) -> str:
    """The whole text as shown. It carries the id masked: who signs knows the number."""
    place = 0 if lang == "zh" else 1
    plain = [DATA_KINDS.get(kind, (kind, kind))[place] for kind in kinds if kind not in SENSITIVE_KINDS]
    apart = [DATA_KINDS.get(kind, (kind, kind))[place] for kind in sensitive_of(kinds)]
    name = text(resident, "name")
    number = mask_citizen_id(text(resident, "citizen_id")) or ("身份证号待补", "id to follow")[place]
    if place:
        return "\n".join(
            [
                f"I, {name} ({number}), ask the helper {helper} to prepare and hand in for me, free of charge:",
                *(f"  - {item}" for item in items),
                f"For this the following data of mine is used: {', '.join(plain)}.",
                f"Sensitive, agreed to one by one: {', '.join(apart) or 'none'}.",
                f"Only for this purpose; it goes to {', '.join(recipients)} and is kept {RETENTION[1]}.",
                f"This holds until {valid_until} at the latest and ends with the case. I may withdraw it at any time,",
                "see and correct my data and have it deleted, by telling the helper, any desk or 12345.",
                "What I said is true. The helper may not decide, sign or receive money for me.",
            ]
        )
    return "\n".join(
        [
            f"本人{name}（{number}）委托帮办员{helper}免费代为准备并提交下列事项：",
            *(f"　　· {item}" for item in items),
            f"为此使用本人的下列信息：{'、'.join(plain)}。",
            f"其中敏感信息逐项单独同意：{'、'.join(apart) or '无'}。",
            f"只用于办理以上事项，提供给{'、'.join(recipients)}，保存至{RETENTION[0]}。",
            f"本委托最迟至{valid_until}有效，办结即止。本人可随时撤回，可查看、更正、删除本人信息，",
            "告诉帮办员、任一窗口或拨打12345即可。",
            "本人所述属实。帮办员不得代为决定、代为签名、代收钱款。",
        ]
    )
