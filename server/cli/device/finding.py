"""Owns finding a resident, a service or a case in the replica by what a person has at hand.

Laws: a resident is found by any part of the name, by the initials or letters of every reading of it, and by the last
digits of id or phone; by nothing else. What a list shows of a person is masked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from server.cli.device.failures import Stopped
from server.cli.device.office import Office
from server.domain.cases.lifecycle import is_open, parse_state
from server.domain.catalogue.items import ItemState, item_state
from server.domain.people.masking import mask_citizen_id, mask_phone
from server.domain.people.names import name_keys
from server.domain.people.residents import age_of
from server.domain.record_fields import Fields, text
from sync.core.ids import is_id
from sync.device.replica import Sighting

DIGITS_MIN = 3


@dataclass(frozen=True)
class FoundResident:
    record: str
    name: str
    age: int | None
    address: str
    citizen_id: str
    phone: str
    open_cases: int


@dataclass(frozen=True)
class FoundService:
    record: str
    name: str
    dept: str
    promise_days: int | None
    status: str


@dataclass(frozen=True)
class FoundCase:
    record: str
    receipt: str
    number: str
    resident: str
    item: str
    state: str


def matches_person(fields: Fields, words: str) -> bool:
    """Whether what was typed points at this resident. Nothing typed points at everybody."""
    wanted = "".join(words.split())
    if not wanted:
        return True
    name = text(fields, "name")
    if wanted in name:
        return True
    tail = wanted.upper()
    if len(tail) >= DIGITS_MIN and (tail.isdecimal() or (tail[:-1].isdecimal() and tail.endswith("X"))):
        return text(fields, "citizen_id").upper().endswith(tail) or text(fields, "phone").endswith(tail)
    return wanted.isascii() and wanted.isalpha() and name_keys(name).match(wanted)


def matches_words(name: str, words: str) -> bool:
    """Every word typed stands in the name, or the letters are the start of its reading."""
    parts = words.split()
    if all(part in name for part in parts):
        return True
    joined = "".join(parts)
    return joined.isascii() and joined.isalpha() and any(joined.lower() in key for key in name_keys(name).initials)


def residents(office: Office, words: str) -> list[Sighting]:
    found = [seen for seen in office.replica.see_all("resident") if matches_person(seen.fields, words)]
    return sorted(found, key=lambda seen: text(seen.fields, "name"))


def services(office: Office, words: str) -> list[Sighting]:
    """Those on offer. Cancelled ones are found too, so that a helper can say why; they come last."""
    found = [seen for seen in office.replica.see_all("item") if matches_words(text(seen.fields, "name"), words)]
    return sorted(found, key=lambda seen: (item_state(seen.fields) is not ItemState.ACTIVE, text(seen.fields, "name")))


def cases(office: Office, words: str) -> list[Sighting]:
    """By receipt or official number, or by what finds the resident or the service."""
    wanted = words.strip().upper()
    names: dict[str, tuple[bool, bool]] = {}
    found = []
    for seen in office.replica.see_all("case"):
        fields = seen.fields
        known = {text(fields, "receipt"), text(fields, "number")}
        pair = f"{text(fields, 'resident')}|{text(fields, 'item')}"
        if pair not in names:
            person, item = see_fields(office, text(fields, "resident")), see_fields(office, text(fields, "item"))
            names[pair] = (matches_person(person, words), matches_words(text(item, "name"), words))
        if not wanted or wanted in known or any(names[pair]):
            found.append(seen)
    return sorted(found, key=lambda seen: seen.record, reverse=True)


def see_fields(office: Office, record: str) -> dict[str, object]:
    """A record's fields as this device sees them; none when it has no such record."""
    seen = office.replica.see(record) if record else None
    return seen.fields if seen else {}


def one_of(office: Office, kind: str, words: str) -> Sighting:
    """The one record a program names, by id, number or words. Raises Stopped: nothing_found or several_found."""
    if is_id(words):
        seen = office.replica.see(words)
        if seen is None or seen.kind != kind:
            raise Stopped("nothing_found", what=words)
        return seen
    found = {"resident": residents, "item": services, "case": cases}[kind](office, words)
    exact = [seen for seen in found if words in (text(seen.fields, "name"), text(seen.fields, "citizen_id"))]
    chosen = exact or found
    if not chosen or not words:
        raise Stopped("nothing_found", what=words)
    if len(chosen) > 1:
        records = ", ".join(seen.record for seen in chosen[:5])
        raise Stopped("several_found", what=words, count=len(chosen), records=records)
    return chosen[0]


def open_cases_of(office: Office, resident: str) -> Iterator[Sighting]:
    for seen in office.replica.see_all("case"):
        state = parse_state(text(seen.fields, "state"))
        if text(seen.fields, "resident") == resident and state is not None and is_open(state):
            yield seen


def found_resident(office: Office, seen: Sighting) -> FoundResident:
    return FoundResident(
        record=seen.record,
        name=text(seen.fields, "name"),
        age=age_of(seen.fields, office.today),
        address=text(seen.fields, "address"),
        citizen_id=mask_citizen_id(text(seen.fields, "citizen_id")),
        phone=mask_phone(text(seen.fields, "phone")),
        open_cases=sum(1 for _ in open_cases_of(office, seen.record)),
    )


def found_service(seen: Sighting) -> FoundService:
    days = seen.fields.get("promise_days")
    return FoundService(
        record=seen.record,
        name=text(seen.fields, "name"),
        dept=text(seen.fields, "dept"),
        promise_days=days if isinstance(days, int) else None,
        status=item_state(seen.fields).value,
    )


def found_case(office: Office, seen: Sighting) -> FoundCase:
    return FoundCase(
        record=seen.record,
        receipt=text(seen.fields, "receipt"),
        number=text(seen.fields, "number"),
        resident=text(see_fields(office, text(seen.fields, "resident")), "name"),
        item=text(see_fields(office, text(seen.fields, "item")), "name"),
        state=text(seen.fields, "state"),
    )
