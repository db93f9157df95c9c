"""What the centre's own rules say of many cases, as a file that the phone's rules are held to.

`python -m tests.agent_api.phone_rules` writes agent_api/phone/tests/domain/rules.json; tests on both sides compare.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from server.cli.device.consent_text import consent_text, data_kinds_of, recipients_of, sensitive_of, with_photographed
from server.domain.cases.consent import shown_text_hash
from server.domain.cases.materials import collected, missing_materials, parse_materials, promised_materials
from server.domain.cases.numbers import temporary_receipt
from server.domain.catalogue.claim_fields import CLAIM_FIELDS
from server.domain.people.citizen_id import CitizenIdInvalid, age_on, parse_citizen_id, upgrade_first_generation
from server.domain.people.masking import mask_citizen_id

TARGET = Path(__file__).parents[2] / "agent_api" / "phone" / "tests" / "domain" / "rules.json"
TODAY = date(2026, 11, 22)
VALID = "341802193507020027"
RESIDENT = {"name": "汪秀英", "citizen_id": VALID}
ITEM: dict[str, Any] = {
    "name": "80周岁以上老年人高龄津贴申领",
    "dept": "民政",
    "materials": [
        {"no": 1, "name": "居民身份证", "necessity": 1, "licence": ["身份证"]},
        {"no": 2, "name": "户口簿", "necessity": 2, "cancelled": True},
        {"no": 3, "name": "病历", "necessity": 3},
        {"no": 4, "name": "近期照片", "necessity": 2},
        {"name": "申请表"},
    ],
    "fields": [{"name": "bank_account", "label": "社保卡账号"}, {"name": "income", "label": "家庭收入"}],
}
CASES: list[dict[str, Any]] = [
    {},
    {"material.1": {"state": "licence"}, "material.3": {"state": "promised", "due": "2026-12-01"}},
    {"material.1": {"state": "missing"}, "material.3": {"state": "not_needed"}, "material.5": {"state": "paper"}},
    {"material.1": {"state": "attached", "file": "f" * 32}, "material.4": {"state": "nonsense"}, "material.3": "x"},
]


def rules() -> dict[str, Any]:
    return {
        "today": TODAY.isoformat(),
        "citizen_ids": [_citizen(said) for said in _ids()],
        "masked": [[number, mask_citizen_id(number)] for number in ("", VALID, "342501193001010015")],
        "ages": [[birth.isoformat(), on.isoformat(), age_on(birth, on)] for birth, on in _births()],
        "receipts": [
            [mark, day.isoformat(), sequence, temporary_receipt(mark, day, sequence)]
            for mark, day, sequence in [("0A3K", TODAY, 1), ("0000", date(2026, 1, 1), 9_999), ("YYYY", TODAY, 321)]
        ],
        "item": ITEM,
        "cases": [
            {
                "fields": case,
                "missing": [one.no for one in missing_materials(parse_materials(ITEM), collected(case))],
                "promised": [one.no for one in promised_materials(parse_materials(ITEM), collected(case))],
            }
            for case in CASES
        ],
        "consent": _consent(),
        "claim_fields": [[one.name, one.zh, one.mandatory, one.local, one.number] for one in CLAIM_FIELDS.values()],
    }


def _ids() -> list[str]:
    """Right ones, among them of districts that are gone, and each way of being wrong."""
    made = [upgrade_first_generation(old) for old in ("342501300101001", "110101491231002", "810000380229003")]
    wrong = [
        "",
        "34180219350702002",
        "34180219350702002A",
        VALID[:-1] + "8",
        "991802193507020027",
        "341802193513020027",
    ]
    future = [f"341802{TODAY + timedelta(days=days):%Y%m%d}001" for days in (0, 1)]
    return [VALID, "3418 0219 3507 0200 27", "３４１８０２１９３５０７０２００２７", *made, *wrong, *future]


def _citizen(said: str) -> dict[str, str]:
    try:
        citizen = parse_citizen_id(said, TODAY)
    except CitizenIdInvalid as invalid:
        return {"said": said, "fault": invalid.code}
    return {"said": said, "number": citizen.number, "birth": citizen.birth.isoformat(), "sex": str(citizen.sex)}


def _births() -> list[tuple[date, date]]:
    leapling = date(1940, 2, 29)
    days = [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 28), date(2028, 2, 29)]
    return [(leapling, day) for day in days] + [(date(1946, 11, 22), TODAY), (date(1946, 11, 23), TODAY)]


def _consent() -> list[dict[str, Any]]:
    found = []
    for lang in ("zh", "en"):
        for resident, age, photographed in [(RESIDENT, 91, ["居民身份证"]), ({"name": "小明"}, 9, [])]:
            kinds = with_photographed(data_kinds_of(ITEM, age), photographed)
            shown = consent_text(
                resident=resident,
                items=[ITEM["name"]],
                kinds=kinds,
                recipients=recipients_of(ITEM),
                helper="吴思雨",
                valid_until=TODAY + timedelta(days=30),
                lang=lang,
            )
            found.append(
                {
                    "language": lang,
                    "resident": resident,
                    "age": age,
                    "photographed": photographed,
                    "kinds": list(kinds),
                    "sensitive": list(sensitive_of(kinds)),
                    "text": shown,
                    "hash": shown_text_hash(shown),
                }
            )
    return found


def write() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(rules(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
