"""Owns which case a command is about: by id or number, by words that find one, or chosen from a list."""

from __future__ import annotations

from server.cli.device.desk import Desk
from server.cli.device.finding import cases, found_case, one_of
from server.cli.device.office import Office
from server.domain.record_fields import text
from sync.device.replica import Sighting


def case_for(desk: Desk, office: Office, words: str) -> Sighting:
    """By id or exact receipt number also without contact: whoever has the number is shown nothing new."""
    if words:
        for seen in office.replica.see_all("case"):
            if words.strip().upper() in (seen.record.upper(), text(seen.fields, "receipt")):
                return seen
    office.check_contact()
    if words or desk.screen.as_json:
        return one_of(office, "case", words)
    return _chosen_case(desk, office)


def _chosen_case(desk: Desk, office: Office) -> Sighting:
    def look(words: str) -> list[tuple[str, str]]:
        shown = [found_case(office, seen) for seen in cases(office, words)]
        return [(one.record, f"{one.number or one.receipt}　{one.resident}　{one.item}") for one in shown]

    return one_of(office, "case", desk.screen.search(desk.screen.text("ask_case"), look))
