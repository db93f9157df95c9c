"""Owns what a case must bring: necessity, how each material was collected, what is missing, what may come
later.

Laws: a cancelled material is never asked for. A material may be promised for later (容缺) only if its item
marks it so and everything necessary is there; the date is not later than the item's own time allows. A
missing material is a reason to correct (补正), never a reason to refuse at the door: the desk decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import NamedTuple

from server.domain.calendar import CALENDAR_DAYS, NO_OVERRIDES, WorkingDay, add_calendar_days, add_working_days
from server.domain.cases.form import FORM_PREFIX, form_problems, questions_of
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, family, groups, integer, parse_date, text, texts

FIELD_PREFIX = "material."
NEVER_ASKED_WAYS = frozenset({1, 4, 5})
"""No basis in law, found out by the department, gone with its item: see catalogue/reduction.py for all seven ways."""
MERGED_WAY = 6
"""Merged with another form: whoever has answered the item's form brings none on paper."""
TOLERANCE_DAYS_DEFAULT = 5  # for items that set no days at all


class Necessity(IntEnum):
    NECESSARY = 1  # 必要
    OPTIONAL = 2  # 非必要
    TOLERABLE = 3  # 容缺后补


class MaterialState(StrEnum):
    """What became of a material. The first five are the collect modes 1 to 5 (收取方式)."""

    PAPER = "paper"  # 纸质收取
    ATTACHED = "attached"  # 附件上传
    SCANNED = "scanned"  # 扫描
    PROMISED = "promised"  # 容缺后补
    LICENCE = "licence"  # 证照库
    MISSING = "missing"
    NOT_NEEDED = "not_needed"  # cancelled, replaced, or not for this situation
    AWAITED = "awaited"  # another leg of the bundle makes it


COLLECT_MODES: dict[MaterialState, int] = {state: mode for mode, state in enumerate(list(MaterialState)[:5], 1)}
_STATES: Mapping[object, MaterialState] = {state.value: state for state in MaterialState}
_IN_HAND = frozenset({MaterialState.PAPER, MaterialState.ATTACHED, MaterialState.SCANNED, MaterialState.LICENCE})
_WITH_FILE = frozenset({MaterialState.ATTACHED, MaterialState.SCANNED})


@dataclass(frozen=True)
class Material:
    """One row of an item's material list. `cut_mode` 1 to 7 says which way it was reduced, 0 not at all."""

    no: str
    name: str
    necessity: Necessity = Necessity.NECESSARY
    licences: tuple[str, ...] = ()
    instead: str = ""
    cut_mode: int = 0
    cancelled: bool = False

    @property
    def never_asked(self) -> bool:
        return self.cancelled or self.cut_mode in NEVER_ASKED_WAYS

    @property
    def asked(self) -> bool:
        return not self.never_asked and self.necessity is not Necessity.OPTIONAL


class Collected(NamedTuple):
    """What a case holds for one material."""

    state: MaterialState
    file: str = ""
    note: str = ""
    due: date | None = None


def parse_materials(item: Fields) -> tuple[Material, ...]:
    """An item's list as its record keeps it: groups with no, name, necessity, licence, instead ..."""
    return tuple(_parse_material(place, row) for place, row in enumerate(groups(item, "materials"), 1))


def _parse_material(place: int, row: Fields) -> Material:
    necessity = integer(row, "necessity", 1)
    no = row.get("no", place)
    return Material(
        no=str(no),
        name=text(row, "name"),
        necessity=Necessity(necessity) if necessity in (1, 2, 3) else Necessity.NECESSARY,
        licences=texts(row, "licence"),
        instead=text(row, "instead"),
        cut_mode=integer(row, "cut"),
        cancelled=row.get("cancelled") is True,
    )


def licence_kinds_of(item: Fields) -> tuple[str, ...]:
    """The kinds of licences that may stand for papers of this item."""
    return tuple(sorted({kind for material in parse_materials(item) for kind in material.licences}))


def parse_collected(value: object) -> Collected | None:
    """A case's material value; None when its state is unknown or its date unreadable."""
    if not isinstance(value, Mapping):
        return None
    state = _STATES.get(text(value, "state"))
    due = parse_date(value.get("due"))
    if state is None or (value.get("due") and due is None):
        return None
    return Collected(state, text(value, "file"), text(value, "note"), due)


def pages_of(value: object) -> tuple[tuple[str, str], ...]:
    """The files that a material names with their hashes, the first page before the further ones."""
    if not isinstance(value, Mapping):
        return ()
    pages = (value, *groups(value, "pages"))
    return tuple((file, text(page, "sha256")) for page in pages if (file := text(page, "file")))


def collected(case: Fields) -> dict[str, Collected]:
    """A case's readable materials by number."""
    values = {no: parse_collected(value) for no, value in family(case, FIELD_PREFIX).items()}
    return {no: value for no, value in values.items() if value is not None}


def check_collected(case: Fields) -> list[Problem]:
    """What makes a material's value unusable whatever the item says."""
    found: list[Problem] = []
    for no, value in family(case, FIELD_PREFIX).items():
        if value is None:
            continue
        field, read = FIELD_PREFIX + no, parse_collected(value)
        if read is None or (read.state is MaterialState.AWAITED and not case.get("bundle")):
            found.append(problem("material_state", field, no=no))
        elif read.state in _WITH_FILE and not read.file:
            found.append(problem("material_file", field, no=no))
        elif read.state is MaterialState.PROMISED and read.due is None:
            found.append(problem("promise_due_missing", field, no=no))
    return found


def missing_materials(
    materials: tuple[Material, ...], have: Mapping[str, Collected], *, form_filled: bool = False
) -> tuple[Material, ...]:
    """The one complete list of what still must come; what is promised, or made by another leg, is not counted, nor a
    form whose answers are here.
    """
    return tuple(
        material
        for material in materials
        if material.asked
        and not (form_filled and material.cut_mode == MERGED_WAY)
        and not _satisfied(have.get(material.no))
        and not _is_to_come(have.get(material.no))
    )


def is_form_filled(item: Fields, case: Fields) -> bool:
    """Whether the case answers the item's form; an item without one has nothing that a form could be merged with."""
    answers = {name: said for name, said in family(case, FORM_PREFIX).items() if isinstance(said, str | int)}
    return bool(questions_of(item)) and not form_problems(item, answers)


def promised_materials(materials: tuple[Material, ...], have: Mapping[str, Collected]) -> tuple[Material, ...]:
    return tuple(material for material in materials if _promised(have.get(material.no)))


def covered_by(item: Fields, case: Fields, kind: str) -> tuple[str, ...]:
    """The numbers of the materials for which this case relies on a licence of that kind."""
    have = collected(case)
    return tuple(
        material.no
        for material in parse_materials(item)
        if kind in material.licences
        and (held := have.get(material.no)) is not None
        and held.state is MaterialState.LICENCE
    )


def tolerance_latest(item: Fields, start: date, overrides: Mapping[date, bool] = NO_OVERRIDES) -> WorkingDay:
    """The last day for a promised material: the item's promised days, or its legal days when it promises
    none.
    """
    for name in ("promise_days", "legal_days"):
        if days := integer(item, name):
            counted = add_calendar_days if text(item, f"{name}_unit") == CALENDAR_DAYS else add_working_days
            return counted(start, days, overrides)
    return add_working_days(start, TOLERANCE_DAYS_DEFAULT, overrides)


def advise_materials(
    item: Fields, case: Fields, on: date, overrides: Mapping[date, bool] = NO_OVERRIDES
) -> list[Problem]:
    """What the desk will have to ask for, and promises that the item does not allow."""
    materials, have = parse_materials(item), collected(case)
    missing = missing_materials(materials, have, form_filled=is_form_filled(item, case))
    found = [problem("material_missing", FIELD_PREFIX + material.no, name=material.name) for material in missing]
    essentials_missing = any(material.necessity is Necessity.NECESSARY for material in missing)
    promised = promised_materials(materials, have)
    if promised and essentials_missing:
        found.append(problem("tolerance_essentials"))
    latest = tolerance_latest(item, on, overrides)
    for material in promised:
        found += _advise_promise(material, have[material.no], latest)
    found += [
        problem("material_cancelled", FIELD_PREFIX + material.no, name=material.name)
        for material in materials
        if material.cancelled and _satisfied(have.get(material.no), not_needed=False)
    ]
    return found


def _advise_promise(material: Material, promise: Collected, latest: WorkingDay) -> list[Problem]:
    field = FIELD_PREFIX + material.no
    if material.necessity is Necessity.NECESSARY:
        return [problem("material_not_tolerable", field, name=material.name)]
    if promise.due is not None and promise.due > latest.date:
        return [problem("promise_late", field, latest=latest.date)]
    return []


def _satisfied(value: Collected | None, not_needed: bool = True) -> bool:
    if value is None:
        return False
    return value.state in _IN_HAND or (not_needed and value.state is MaterialState.NOT_NEEDED)


def _is_to_come(value: Collected | None) -> bool:
    return value is not None and value.state in (MaterialState.PROMISED, MaterialState.AWAITED)


def _promised(value: Collected | None) -> bool:
    return value is not None and value.state is MaterialState.PROMISED
