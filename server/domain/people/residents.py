"""Owns the resident: what their record must hold, and the facts about them that items ask for.

Laws: the id, where there is one, decides birth and sex. A wrong phone never costs a visit: it is advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from server.domain.check_context import CheckContext
from server.domain.people.citizen_id import CitizenId, CitizenIdInvalid, Sex, age_on, parse_citizen_id
from server.domain.people.phones import parse_phone
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, parse_date, text, texts

PHONE_RELATIONS = frozenset({"self", "household", "child", "neighbour", "helper", "none"})


def check_resident(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What makes a resident's record impossible."""
    found = check_shapes("resident", fields)
    if found:
        return found
    citizen = None
    if number := text(fields, "citizen_id"):
        try:
            citizen = parse_citizen_id(number, ctx.on)
        except CitizenIdInvalid as invalid:
            found.append(problem(invalid.code, "citizen_id"))
    birth, sex = parse_date(fields.get("birth")), text(fields, "sex")
    if birth is not None and birth > ctx.on:
        found.append(problem("birth_future", "birth"))
    if sex and sex not in Sex.__members__.values():
        found.append(problem("value_unknown", "sex", label="性别", value=sex))
    if citizen is not None:
        found += _differences(citizen, birth, sex)
    return found


def _differences(citizen: CitizenId, birth: date | None, sex: str) -> list[Problem]:
    found = []
    if birth is not None and birth != citizen.birth:
        found.append(problem("birth_differs", "birth"))
    if sex and sex != citizen.sex:
        found.append(problem("sex_differs", "sex"))
    return found


def advise_resident(fields: Fields) -> list[Problem]:
    """What a person should look at, while the record stands."""
    found = []
    if (phone := text(fields, "phone")) and parse_phone(phone) is None:
        found.append(problem("phone_invalid", "phone", value=phone))
    relation = text(fields, "phone_relation")
    if relation and relation not in PHONE_RELATIONS:
        found.append(problem("value_unknown", "phone_relation", label="电话归属", value=relation))
    return found


def resident_facts(fields: Fields, on: date) -> Mapping[str, object]:
    """The facts that rules of eligibility name: age, birth, sex, hukou, village, alive, flags. Unknown ones are
    left out: an unknown fact is not a false one.
    """
    facts: dict[str, object] = {"flags": texts(fields, "flags"), "alive": fields.get("died_on") is None}
    birth, sex = parse_date(fields.get("birth")), text(fields, "sex")
    try:
        citizen = parse_citizen_id(text(fields, "citizen_id"), on)
    except CitizenIdInvalid:
        pass
    else:
        birth, sex = citizen.birth, citizen.sex
    if birth is not None:
        facts |= {"birth": birth.isoformat(), "age": age_on(birth, on)}
    facts |= {"sex": str(sex)} if sex else {}
    village = text(fields, "village")
    facts |= {"village": village} if village else {}
    # Who is served in a village is registered there unless the record says otherwise.
    hukou = text(fields, "hukou") or village
    return facts | ({"hukou": hukou} if hukou else {})


ELDER_AGE = 60
"""老年人权益保障法 2: who is sixty."""


def is_elder(resident: Fields, on: date) -> bool:
    """Whether the resident is known to be sixty or older on that day."""
    age = age_of(resident, on)
    return age is not None and age >= ELDER_AGE


def age_of(resident: Fields, on: date) -> int | None:
    """Full years on that day; None when neither id nor birth date is known."""
    # Where a record says both, they agree: it was checked when it was written.
    birth = parse_date(resident.get("birth")) or parse_date(resident_facts(resident, on).get("birth"))
    return age_on(birth, on) if birth else None
