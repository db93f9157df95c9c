"""Owns bringing materials to a case that is there already: one change, and the files it names.

Laws: until a desk has looked at it a filing is added to; what a desk returned is put right, all of it at once; what was
promised is brought. Nothing else of a case at a desk is changed from here. A cancelled material is never taken in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.cli.device.failures import NotLawful, Stopped
from server.cli.device.finding import see_fields
from server.cli.device.office import Office
from server.cli.device.photos import Photo, read_photo
from server.cli.device.visit import material_value
from server.domain.cases.lifecycle import next_state, parse_state
from server.domain.cases.materials import FIELD_PREFIX, MaterialState, parse_collected, parse_materials
from server.domain.problems import problem
from server.domain.record_fields import text
from sync.device.replica import Draft, Sighting


@dataclass(frozen=True)
class Brought:
    """One material: how it came, and its photographs."""

    state: str = MaterialState.ATTACHED.value
    photos: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Attached:
    """`name` is the material's, or those of all that were brought."""

    change: str
    name: str
    photos: tuple[Photo, ...]


def attach_photos(office: Office, case: Sighting, material_no: str, paths: Sequence[Path]) -> Attached:
    """Raises Stopped: nothing_found, not_lawful, state_step, file_unusable; nothing is kept then."""
    listed = {one.no: one for one in parse_materials(see_fields(office, text(case.fields, "item")))}
    if material_no not in listed or not paths:
        raise Stopped("nothing_found", what=material_no or "--material")
    return bring_materials(office, case, {material_no: Brought(photos=tuple(paths))})


def bring_materials(office: Office, case: Sighting, brought: Mapping[str, Brought], note: str = "") -> Attached:
    """All of it in one change, under the step that the case's state allows. Raises Stopped as `attach_photos` does."""
    listed = {one.no: one for one in parse_materials(see_fields(office, text(case.fields, "item")))}
    for no in brought:
        if no not in listed:
            raise Stopped("nothing_found", what=no)
        if listed[no].cancelled:
            told = problem("material_cancelled", FIELD_PREFIX + no, name=listed[no].name)
            raise NotLawful([{"code": told.code, "field": told.field, "zh": told.zh, "en": told.en}])
    step = step_that_brings(case.fields, brought)
    if step is None:
        raise Stopped("state_step", state=text(case.fields, "state"))
    photos = {no: [read_photo(path, office.new_id()) for path in one.photos] for no, one in brought.items()}
    values: dict[str, object] = {
        FIELD_PREFIX + no: material_value(one.state, [photo.value for photo in photos[no]])
        for no, one in brought.items()
    }
    taken = tuple(photo for of_one in photos.values() for photo in of_one)
    change = office.new_id()
    draft = Draft("case", case.record, step, set=values, add={"notes": [note]} if note else {})
    office.capture([(draft, change)], [photo.to_send(change) for photo in taken])
    return Attached(change, "、".join(listed[no].name for no in brought), taken)


def step_that_brings(case: Mapping[str, object], numbers: Collection[str]) -> str | None:
    """The change by which these materials come to a case in its state; None when none may."""
    state = parse_state(case.get("state"))
    for name in ("case.edit", "case.correct"):
        if next_state(name, state) is not None:
            return name
    had = [parse_collected(case.get(FIELD_PREFIX + no)) for no in numbers]
    promised = bool(had) and all(one is not None and one.state is MaterialState.PROMISED for one in had)
    return "case.supply" if promised and next_state("case.supply", state) is not None else None
