"""Owns adding photographs to a case that is there already: one change of one material, and the files it names.

Law: what a desk has begun to look at is not changed from here; a cancelled material is never taken in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.cli.device.failures import NotLawful, Stopped
from server.cli.device.finding import see_fields
from server.cli.device.office import Office
from server.cli.device.photos import Photo, read_photo
from server.cli.device.visit import material_value
from server.domain.cases.lifecycle import next_state, parse_state
from server.domain.cases.materials import FIELD_PREFIX, MaterialState, parse_materials
from server.domain.problems import problem
from server.domain.record_fields import text
from sync.device.replica import Draft, Sighting


@dataclass(frozen=True)
class Attached:
    """`name` is the material's."""

    change: str
    name: str
    photos: tuple[Photo, ...]


def attach_photos(office: Office, case: Sighting, material_no: str, paths: Sequence[Path]) -> Attached:
    """Raises Stopped: nothing_found, not_lawful, state_step, file_unusable; nothing is kept then."""
    listed = {one.no: one for one in parse_materials(see_fields(office, text(case.fields, "item")))}
    material = listed.get(material_no)
    if material is None or not paths:
        raise Stopped("nothing_found", what=material_no or "--material")
    if material.cancelled:
        told = problem("material_cancelled", FIELD_PREFIX + material_no, name=material.name)
        raise NotLawful([{"code": told.code, "field": told.field, "zh": told.zh, "en": told.en}])
    if next_state("case.edit", parse_state(text(case.fields, "state"))) is None:
        raise Stopped("state_step", state=text(case.fields, "state"))
    photos = tuple(read_photo(path, office.new_id()) for path in paths)
    change = office.new_id()
    value = material_value(MaterialState.ATTACHED.value, [photo.value for photo in photos])
    draft = Draft("case", case.record, "case.edit", set={FIELD_PREFIX + material_no: value})
    office.capture([(draft, change)], [photo.to_send(change) for photo in photos])
    return Attached(change, material.name, photos)
