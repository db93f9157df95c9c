"""Owns what a person knows a record by: a resident's name, a case by person and service, a claim by its item."""

from __future__ import annotations

from server.cli.device.finding import see_fields
from server.cli.device.office import Office
from server.domain.record_fields import Fields, text


def title_of(office: Office, record: str) -> str:
    """What a person knows a record by."""
    seen = office.replica.see(record)
    if seen is None:
        return ""
    fields = seen.fields
    match seen.kind:
        case "case" | "consent":
            person = text(see_fields(office, text(fields, "resident")), "name")
            item = text(see_fields(office, text(fields, "item")), "name")
            return "·".join(filter(None, (person, item or text(fields, "purpose"))))
        case "claim":
            return claim_title(office, fields)
        case "conflict":
            return title_of(office, text(fields, "record"))
        case _:
            return text(fields, "name")


def claim_title(office: Office, fields: Fields) -> str:
    """A claim names its base item by code; the item's own name is nicer."""
    return text(fields, "f.name") or text(item_of_base(office, text(fields, "base_item")), "name") or "?"


def item_of_base(office: Office, base_item: str) -> dict[str, object]:
    """The standard or own item of that base code."""
    for seen in office.replica.see_all("item"):
        if text(seen.fields, "base_item") == base_item:
            return seen.fields
    return {}
