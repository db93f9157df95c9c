"""Owns how a visit is filed: said by a program in one piece, or asked from a person step by step.

    what was said (Visit) → what it stands on (Known) → Filing (server/cli/device/visit.py) → captured at once

Laws: nothing is sent from here and no network is touched. Every answer is kept as a draft before the next question. A
person is never asked for a cancelled material, and sensitive data is ticked kind by kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from server.cli.device.failures import Stopped
from server.cli.device.finding import one_of, see_fields
from server.cli.device.office import Office
from server.cli.device.photos import Photo, read_photo
from server.cli.device.receipts import Receipt, receipt_of
from server.cli.device.said import Visit
from server.cli.device.visit import Filing, Known, build_filing, new_resident
from server.domain.record_fields import text
from sync.device.replica import Sighting

_NO_CHANGES: tuple[str, ...] = ()


def known_for(office: Office, visit: Visit, receipt: str = "") -> Known:
    """Looks up what the visit stands on. Raises Stopped: never_synced, nothing_found, choice_missing."""
    item = item_of(office, visit.item)
    village = village_of(office, visit)
    resident, changes = "", _NO_CHANGES
    if isinstance(visit.resident, dict):
        fields = new_resident(visit.resident, village, office.today)
    else:
        seen = resident_of(office, visit.resident)
        resident, fields, changes = seen.record, seen.fields, seen.own
    return Known(
        item_record=item.record,
        item=item.fields,
        resident_record=resident,
        resident=fields,
        resident_changes=changes,
        account=office.identity.account,
        helper=office.identity.name,
        village=village,
        now_ms=office.clock.wall_ms(),
        today=office.today,
        receipt=receipt,
    )


def item_of(office: Office, words: str) -> Sighting:
    if not words:
        raise Stopped("choice_missing", what="item")
    if not any(True for _ in office.store.rows_of_kind("item")):
        raise Stopped("never_synced")
    return one_of(office, "item", words)


def resident_of(office: Office, words: str) -> Sighting:
    """By words only while stored data may be shown; by its very id always: naming it shows nothing."""
    if not words:
        raise Stopped("choice_missing", what="resident")
    seen = office.replica.see(words) if len(words) == 32 else None
    if seen is not None and seen.kind == "resident":
        return seen
    office.check_contact()
    return one_of(office, "resident", words)


def village_of(office: Office, visit: Visit) -> str:
    """Where the visit was: as said, the resident's own village, or the only one this store works on."""
    if visit.village:
        return visit.village
    if isinstance(visit.resident, dict):
        said = str(visit.resident.get("village", ""))
    else:
        said = text(see_fields(office, visit.resident) if len(visit.resident) == 32 else {}, "village")
    if said:
        return said
    villages = office.villages()
    if len(villages) != 1:
        raise Stopped("choice_missing", what="village")
    return villages[0]


def file_visit(office: Office, visit: Visit) -> tuple[Filing, Receipt]:
    """Captures a visit with its photographs, durably, or raises Stopped and keeps nothing of it."""
    photos = _photos(office, visit)
    values = {no: [photo.value for photo in taken] for no, taken in photos.items()}
    # First without a number: a visit that is not lawful uses none up.
    build_filing(visit, known_for(office, visit), values, office.new_id)
    filing = build_filing(visit, known_for(office, visit, office.next_receipt()), values, office.new_id)
    files = [photo.to_send(filing.case_change) for taken in photos.values() for photo in taken]
    office.capture(filing.drafts, files)
    case = office.replica.see(filing.case)
    assert case is not None, "what was captured is seen"
    return filing, receipt_of(office, case)


def _photos(office: Office, visit: Visit) -> dict[str, Sequence[Photo]]:
    return {
        no: [read_photo(Path(path), office.new_id()) for path in said.photos]
        for no, said in visit.materials.items()
        if said.photos
    }
