"""Owns the seven ways of reducing materials (减证便民), applied to one case: what may be asked for, and what may not.

    1 no legal basis      4 the department finds out      7 a licence at hand stands for it
    2 a written promise   5 its item was removed
    3 shared or verified  6 merged with another form or leg

Laws: what is cancelled is never asked for, nor what has no basis, what the department itself must find out, or what
went with its item. What a promise, a shared register, another leg or a licence stands for is not asked for once it
does; until then it is. The same rules run on a device and at a desk, and a request against them is told with its way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from server.domain.cases.materials import FIELD_PREFIX, Material, Necessity, parse_materials
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields


class Way(IntEnum):
    NONE = 0
    NO_BASIS = 1
    PROMISE = 2
    SHARED = 3
    FOUND_OUT = 4
    ITEM_REMOVED = 5
    MERGED = 6
    LICENCE = 7


WORDS: dict[Way, tuple[str, str]] = {
    Way.NONE: ("已取消", "it was cancelled"),
    Way.NO_BASIS: ("没有法律法规依据，已取消", "it has no basis in law and was cancelled"),
    Way.PROMISE: ("由申请人书面承诺替代", "a written promise stands for it"),
    Way.SHARED: ("由信息共享或网络核验", "it is shared or verified between departments"),
    Way.FOUND_OUT: ("由部门调查核实", "the department finds out itself"),
    Way.ITEM_REMOVED: ("所属事项已取消", "the item it belonged to was removed"),
    Way.MERGED: ("已与其他材料或表单合并", "it was merged with another material or form"),
    Way.LICENCE: ("已有证照可用", "a licence at hand stands for it"),
}


class Ask(Enum):
    """What to do about a material in this case."""

    ASK = "ask"
    PROMISE = "promise"  # ask whether the applicant promises in writing, never for the paper itself
    OPTIONAL = "optional"
    COVERED = "covered"
    NEVER = "never"


@dataclass(frozen=True)
class Facts:
    """What is known of one case. `licences`: kinds that are usable (class A or B); `shared`: names or licence kinds
    that a register confirmed; `results`: names that another leg of the bundle makes or made.
    """

    licences: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    results: frozenset[str] = frozenset()
    promised: bool = False
    form_filled: bool = False


NO_FACTS = Facts()


@dataclass(frozen=True)
class Demand:
    """What becomes of one material, by which way, and why in words."""

    material: Material
    ask: Ask
    way: Way = Way.NONE
    words: tuple[str, str] = field(default=("", ""))

    @property
    def may_be_requested(self) -> bool:
        """Where a promise does, asking means asking for the promise."""
        return self.ask in (Ask.ASK, Ask.OPTIONAL, Ask.PROMISE)


def demand_of(material: Material, facts: Facts = NO_FACTS) -> Demand:
    """What may be asked of the applicant for this material."""
    way = Way(material.cut_mode) if material.cut_mode in Way.__members__.values() else Way.NONE
    if material.never_asked:
        return _demand(material, Ask.NEVER, way)
    covered = _covered_by(material, way, facts)
    if covered is not None:
        return _demand(material, Ask.COVERED, covered)
    if way is Way.PROMISE:
        return _demand(material, Ask.PROMISE, way)
    optional = material.necessity is Necessity.OPTIONAL
    return _demand(material, Ask.OPTIONAL if optional else Ask.ASK, way)


def _covered_by(material: Material, way: Way, facts: Facts) -> Way | None:
    names = {material.name, *material.licences}
    if facts.licences & set(material.licences):
        return Way.LICENCE
    if names & facts.shared:
        return Way.SHARED
    if names & facts.results or (way is Way.MERGED and facts.form_filled):
        return Way.MERGED
    return Way.PROMISE if way is Way.PROMISE and facts.promised else None


def _demand(material: Material, ask: Ask, way: Way) -> Demand:
    if ask in (Ask.ASK, Ask.OPTIONAL):
        return Demand(material, ask, way)
    zh, en = WORDS[way]
    instead = f"（{material.instead}）" if material.instead else ""
    return Demand(material, ask, way, (zh + instead, en))


def demands(item: Fields, facts: Facts = NO_FACTS) -> tuple[Demand, ...]:
    """What becomes of each material of an item, in the list's order."""
    return tuple(demand_of(material, facts) for material in parse_materials(item))


def asked_materials(item: Fields, facts: Facts = NO_FACTS) -> tuple[Material, ...]:
    """What the applicant is asked to bring in this case; neither what may be left out nor what is promised."""
    return tuple(one.material for one in demands(item, facts) if one.ask is Ask.ASK)


def forbidden_requests(
    materials: Iterable[Material], requested: Iterable[str], facts: Facts = NO_FACTS
) -> tuple[Demand, ...]:
    """Of the numbers that somebody asks for, those that must not be asked for."""
    wanted = set(requested)
    found = (demand_of(material, facts) for material in materials if material.no in wanted)
    return tuple(one for one in found if not one.may_be_requested)


def request_problems(materials: Iterable[Material], requested: Iterable[str], facts: Facts = NO_FACTS) -> list[Problem]:
    """The same as reasons for which a request is refused; the refusal stands in the log and is counted."""
    return [
        problem("material_forbidden", FIELD_PREFIX + one.material.no, name=one.material.name, why=one.words[0])
        for one in forbidden_requests(materials, requested, facts)
    ]
