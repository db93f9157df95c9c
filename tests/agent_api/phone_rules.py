"""What the centre's own rules say of many cases, as a file that the phone's rules are held to.

`python -m tests.agent_api.phone_rules` writes agent_api/phone/tests/domain/rules.json; tests on both sides compare.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from server.cli.device.consent_text import consent_text, data_kinds_of, recipients_of, sensitive_of, with_photographed
from server.domain.calendar import WorkingDay, add_working_days
from server.domain.cases.bundles import BUNDLES, critical_path
from server.domain.cases.consent import shown_text_hash
from server.domain.cases.form import asked_questions, form_problems
from server.domain.cases.materials import (
    collected,
    missing_materials,
    parse_materials,
    promised_materials,
    tolerance_latest,
)
from server.domain.cases.numbers import temporary_receipt
from server.domain.cases.working_days import overrides_in
from server.domain.catalogue.amounts import amount_for
from server.domain.catalogue.claim_fields import CLAIM_FIELDS
from server.domain.catalogue.eligibility import eligible
from server.domain.catalogue.leases import is_held
from server.domain.catalogue.licences import is_usable
from server.domain.catalogue.life_events import LIFE_EVENTS, events_of
from server.domain.catalogue.return_reasons import REASON_CODES
from server.domain.people.citizen_id import CitizenIdInvalid, age_on, parse_citizen_id, upgrade_first_generation
from server.domain.people.masking import mask_citizen_id
from server.domain.people.residents import resident_facts

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
    {"material.1": {"state": "awaited"}, "material.4": {"state": "scanned"}},
]
VILLAGE = "341881106200"
PEOPLE: list[dict[str, Any]] = [
    {**RESIDENT, "village": VILLAGE},
    {"name": "小明", "birth": "2017-05-01", "village": VILLAGE, "flags": ["disabled"]},
    {
        "name": "王",
        "village": VILLAGE,
        "hukou": "341881106201",
        "birth": "1961-01-01",
        "flags": ["veteran", "disabled"],
    },
    {
        "name": "李",
        "village": VILLAGE,
        "hukou": "341802000000",
        "birth": "1930-01-01",
        "sex": "M",
        "died_on": "2026-01-01",
    },
    {"name": "无"},
    {"name": "错", "village": "3418", "hukou": "0", "birth": "1950-01-01"},
]
ELIGIBILITY: list[Any] = [
    None,
    {},
    {"min_age": 80, "hukou": "county"},
    {"min_age": 60, "max_age": 70, "hukou": "village", "flags": ["veteran"]},
    {"hukou": "town"},
    {"flags": ["disabled", "low_income"]},
    {"all": [{"fact": "age", "at_least": 18}, {"fact": "hukou", "within": "341881000000"}]},
    {
        "any": [{"fact": "sex", "is": "M"}, {"fact": "age", "at_most": 20}],
        "none": [{"fact": "flags", "has": "salaried"}],
    },
    {"all": [{"fact": "alive", "is": True}, {"fact": "birth", "from": "1950-01-01"}]},
    {"all": [{"fact": "village", "one_of": [VILLAGE, "341881106201"]}, {"fact": "birth", "before": "1990-01-01"}]},
    {"all": [{"fact": "income", "at_most": 1000}]},
    {"hukou": "planet"},
    {"all": [{"fact": "age", "roughly": 80}]},
    {"unheard": 1},
    "text",
    {"all": [{"fact": "hukou", "within": "nowhere"}]},
]
AMOUNTS: list[dict[str, Any]] = [
    {"min_age": 80, "max_age": 89, "fen": 3000, "per": "month"},
    {"min_age": 90, "fen": 6050, "per": "quarter"},
    {"county": "341881", "from": "2026-07-01", "min_age": 80, "max_age": 89, "fen": 4000, "per": "month"},
    {"county": "341881", "from": "2026-12-01", "min_age": 80, "max_age": 89, "fen": 5000, "per": "month"},
    {"county": "34188", "min_age": 0, "fen": 1, "per": "month"},
    {"min_age": 0, "max_age": 5, "fen": 10001, "per": "once", "until": "2026-11-22"},
    {"min_age": 0, "fen": 1, "per": "day"},
]
FORM: dict[str, Any] = {
    "fields": [
        {"name": "cause", "label": "原因", "type": "choice", "required": True, "choices": ["死亡", "出国", "转职"]},
        {"name": "heir", "label": "受益人账户", "type": "text", "required": True, "when": {"cause": "死亡;转职"}},
        {"name": "years", "label": "年数", "type": "number", "required": False, "min": 1, "max": 15},
        {"name": "more", "label": "说明", "type": "text", "required": True, "when": {"heir": "x", "cause": "死亡"}},
        {"label": "没有名字"},
    ]
}
ANSWERS: list[dict[str, str]] = [
    {},
    {"cause": "死亡"},
    {"cause": "死亡", "heir": "x", "years": "0"},
    {"cause": "出国", "heir": "x", "years": "15"},
    {"cause": "转职", "heir": "x", "years": "16"},
    {"cause": "死亡", "heir": "x", "more": "y"},
]
LICENCES: list[dict[str, Any]] = [
    {"trust": "A", "state": "held"},
    {"trust": "B", "state": "held", "valid_until": "2026-11-22"},
    {"trust": "B", "state": "held", "valid_until": "2026-11-21"},
    {"trust": "C", "state": "held"},
    {"trust": "A", "state": "void"},
]
# One year's own days each: a flood, a market day worked, and what cannot be read.
CALENDARS: list[dict[str, Any]] = [
    {
        "year": 2026,
        "day.2026-11-24": {"works": False, "why": "汛期"},
        "day.2026-11-28": {"works": True, "why": "集市"},
        "day.2026-11-25": {"why": "不知"},
        "day.someday": {"works": False, "why": "?"},
    },
    {"year": 2027, "day.2027-01-01": {"works": False, "why": "元旦"}, "day.2027-01-02": None},
]
COUNTED: list[tuple[str, int]] = [
    ("2026-11-22", 0),
    ("2026-11-20", 1),
    ("2026-11-22", 5),
    ("2026-09-18", 3),
    ("2026-09-30", 2),
    ("2026-12-30", 1),
    ("2026-12-30", 3),
    ("2027-02-01", 4),
]
PROMISING: list[dict[str, Any]] = [
    {"promise_days": 3, "legal_days": 9},
    {"promise_days": 0, "legal_days": 4},
    {},
    *({"promise_days": days, "promise_days_unit": "Z"} for days in (1, 6, 7, 13, 60)),
    {"promise_days": 0, "legal_days": 20, "legal_days_unit": "Z", "promise_days_unit": "G"},
]
NOW = "2026-11-22T10:00:00+08:00"
LEASES: list[dict[str, Any]] = [
    {"state": "held", "until": "2026-11-22T10:00:01+08:00"},
    {"state": "held", "until": "2026-11-22T02:00:00+00:00"},
    {"state": "returned", "until": "2026-12-22T10:00:01+08:00"},
    {"state": "held"},
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
        "bundles": [_bundle(code) for code in BUNDLES],
        "life_events": [[one.code, one.zh, one.en, list(one.base_items)] for one in LIFE_EVENTS.values()],
        "events_of": [
            [item, list(events_of(item))]
            for item in ({"base_item": "990511007000"}, {"base_item": "1", "user_topics": ["亲人过世"]}, {})
        ],
        "eligibility": [_eligibility(rule, person) for rule in ELIGIBILITY for person in PEOPLE],
        "amounts": AMOUNTS,
        "pays": [
            [
                county,
                age,
                list(found.words) if (found := amount_for({"amounts": AMOUNTS}, county, TODAY, age)) else None,
            ]
            for county in (VILLAGE, "341802")
            for age in (3, 50, 80, 89, 95)
        ],
        "form": FORM,
        "answers": [_answers(said) for said in ANSWERS],
        "licences": [[one, is_usable(one, TODAY)] for one in LICENCES],
        "calendars": CALENDARS,
        "overrides": [[day.isoformat(), works] for day, works in overrides_in(CALENDARS).items()],
        "working_days": [
            [start, count, is_own, *_counted(add_working_days(date.fromisoformat(start), count, own if is_own else {}))]
            for own in (overrides_in(CALENDARS),)
            for is_own in (False, True)
            for start, count in COUNTED
        ],
        "promise_latest": [
            [item, *_counted(tolerance_latest(item, TODAY, overrides_in(CALENDARS)))] for item in PROMISING
        ],
        "return_reasons": sorted(REASON_CODES),
        "lease_now": NOW,
        "leases": [[one, is_held(one, NOW)] for one in LEASES],
        "claim_fields": [[one.name, one.zh, one.mandatory, one.local, one.number] for one in CLAIM_FIELDS.values()],
    }


def _counted(reached: WorkingDay) -> tuple[str, bool]:
    return reached.date.isoformat(), reached.provisional


def _bundle(code: str) -> dict[str, Any]:
    bundle = BUNDLES[code]
    units = [{leg.no: "GZ"[leg.no % 2] for leg in bundle.legs}, dict.fromkeys((leg.no for leg in bundle.legs), "G")]
    promising = [
        {leg.no: {"promise_days": 3 * leg.no, "promise_days_unit": unit[leg.no]} for leg in bundle.legs}
        for unit in units
    ]
    legs = [[leg.no, leg.base_item, leg.name, {str(no): name for no, name in leg.after.items()}] for leg in bundle.legs]
    told = {"code": code, "zh": bundle.zh, "en": bundle.en, "legs": legs, "reminders": list(bundle.reminders)}
    paths = [[{str(no): item for no, item in items.items()}, *critical_path(bundle, items)] for items in promising]
    return {**told, "paths": paths}


def _eligibility(rule: Any, person: dict[str, Any]) -> dict[str, Any]:
    judged = eligible(rule, resident_facts(person, TODAY), TODAY)
    # What cannot be read is told in a programmer's words; the phone has one sentence for it.
    is_read = not any("写法不对" in zh for zh, _ in judged.reasons)
    reasons = [list(one) for one in judged.reasons] if is_read else None
    return {"rule": rule, "person": person, "verdict": judged.verdict.value, "reasons": reasons}


def _answers(said: dict[str, str]) -> dict[str, Any]:
    asked = [question.name for question in asked_questions(FORM, said)]
    wrong = [one.field.removeprefix("form.") for one in form_problems(FORM, said)]
    return {"said": said, "asked": asked, "wrong": wrong}


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
