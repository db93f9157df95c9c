"""Owns bundles (一件事): what belongs together, in which order, and how long the whole takes.

Laws: one filing, and each leg a case of its own with its own clock and light; one consent names the item of every leg.
What a leg makes is the material of the next, and nobody is asked to bring it. A bundle's time is its critical path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from server.domain.calendar import NO_OVERRIDES, WorkingDay
from server.domain.cases.clocks import counts_all_days, start_clock
from server.domain.cases.lifecycle import CaseState, is_open, parse_state
from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, groups, integer, text, texts


class BundleState(StrEnum):
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Leg:
    """`base_item`: the base code of its item. `after`: legs whose results it needs, and the name of the material that
    each of them makes here; a leg without a material name is only waited for.
    """

    no: int
    base_item: str
    name: str
    after: Mapping[int, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Bundle:
    code: str
    zh: str
    en: str
    legs: tuple[Leg, ...]
    reminders: tuple[str, ...] = ()
    """What the helper is to speak of besides, since it is no case."""

    def leg(self, no: int) -> Leg | None:
        return next((leg for leg in self.legs if leg.no == no), None)


_CARD = Leg(1, "992011001000", "老年人优待证(老年卡)申领")
BUNDLES: Mapping[str, Bundle] = {
    bundle.code: bundle
    for bundle in (
        Bundle(
            "BUNDLE-01",
            "老年证与公交卡一件事",
            "senior card and bus card",
            (_CARD, Leg(2, "992018001000", "老年人免费(优惠)乘车卡办理", {1: "老年人优待证"})),
        ),
        Bundle(
            "BUNDLE-02",
            "身后一件事",
            "after a death",
            (
                Leg(1, "990709002000", "死亡户口注销(协助)"),
                Leg(2, "002014006009", "城乡居民养老保险注销登记", {1: "死亡、火化证明"}),
            ),
            ("停发高龄津贴", "停止养老待遇资格认证", "医保个人账户"),
        ),
        Bundle(
            "BUNDLE-03",
            "八十周岁一件事",
            "turning eighty",
            (_CARD, Leg(2, "990511001000", "80周岁以上老年人高龄津贴申领")),
            ("城乡居民养老保险待遇领取资格认证：须本人",),
        ),
    )
}


def check_bundle(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """Each leg of the definition has its own case and item, and there are no others. The consent and the items are
    looked at where they are to hand; the filing of each leg looks at its own again.
    """
    found = check_shapes("bundle", fields)
    if found:
        return found
    bundle = BUNDLES.get(text(fields, "code"))
    if bundle is None:
        return [problem("bundle_unknown", "code", value=text(fields, "code"))]
    legs = groups(fields, "legs")
    numbers = [integer(leg, "leg") for leg in legs]
    cases = [text(leg, "case") for leg in legs]
    whole = numbers == [leg.no for leg in bundle.legs] and all(cases) and len(set(cases)) == len(cases)
    if not whole or not all(text(leg, "item") for leg in legs):
        return [problem("bundle_legs", "legs")]
    return _check_consent(fields, bundle, ctx)


def _check_consent(fields: Fields, bundle: Bundle, ctx: CheckContext) -> list[Problem]:
    consent = ctx.record(text(fields, "consent"))
    if consent is None:
        return []
    named = texts(consent, "items")
    return [
        problem("bundle_consent", "consent", name=leg.name)
        for leg, held in zip(bundle.legs, groups(fields, "legs"), strict=True)
        if text(held, "item") not in named
    ]


def leg_of(bundle: Fields, case: str) -> int:
    """Which leg a case is; 0 when it is none."""
    return next((integer(leg, "leg") for leg in groups(bundle, "legs") if text(leg, "case") == case), 0)


def fed_by(bundle: Fields, leg: int) -> dict[str, str]:
    """Case → the name of the material there that this leg makes."""
    definition = BUNDLES.get(text(bundle, "code"))
    if definition is None:
        return {}
    found = {}
    for held in groups(bundle, "legs"):
        told = definition.leg(integer(held, "leg"))
        if told is not None and told.after.get(leg):
            found[text(held, "case")] = told.after[leg]
    return found


def is_over(states: Mapping[int, str]) -> bool:
    """Whether every leg has come to its end, by the legs' states."""
    return all(
        (state := parse_state(value)) is not None and state is not CaseState.DRAFT and not is_open(state)
        for value in states.values()
    )


class Path(NamedTuple):
    """How long a way takes: working days, and days of legs whose items count all days (自然日)."""

    working: int = 0
    calendar: int = 0

    @property
    def length(self) -> int:
        """To compare by alone: five working days are a week."""
        return 7 * self.working + 5 * self.calendar


def critical_path(bundle: Bundle, items: Mapping[int, Fields]) -> Path:
    """The longest way through the legs as their items promise; a leg waits for all that it comes after."""
    ends: dict[int, Path] = {}
    for leg in bundle.legs:  # in order: a leg comes after legs before it
        working, calendar = max((ends[one] for one in leg.after), key=lambda end: end.length, default=Path())
        item = items.get(leg.no, {})
        days = integer(item, "promise_days")
        all_days = counts_all_days(item, "promise_days_unit")
        ends[leg.no] = Path(working, calendar + days) if all_days else Path(working + days, calendar)
    return max(ends.values(), key=lambda end: end.length, default=Path())


def bundle_due(
    bundle: Bundle, items: Mapping[int, Fields], received_on: date, overrides: Mapping[date, bool] = NO_OVERRIDES
) -> WorkingDay:
    """When the whole is to be done if every leg keeps its promise: each begins when what it needs is there, and has the
    clock that its case will have. A leg without an item in `items` takes no time.
    """
    ends: dict[int, date] = {}
    provisional = False
    for leg in bundle.legs:
        begins = max((ends[one] for one in leg.after), default=received_on)
        ends[leg.no] = begins
        if leg.no in items:
            clock = start_clock(begins, begins, items[leg.no], overrides=overrides)
            ends[leg.no], provisional = clock.promise_due, provisional or clock.provisional
    return WorkingDay(max(ends.values(), default=received_on), provisional)


assert all(one < leg.no for bundle in BUNDLES.values() for leg in bundle.legs for one in leg.after), (
    "legs are listed so that each comes after those it needs"
)
