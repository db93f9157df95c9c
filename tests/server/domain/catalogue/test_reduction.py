"""The seven ways of reducing materials, each applied to a case."""

from __future__ import annotations

import pytest

from server.domain.cases.materials import Material, Necessity, parse_materials
from server.domain.catalogue.dictionaries import DICTIONARIES
from server.domain.catalogue.reduction import (
    WORDS,
    Ask,
    Facts,
    Way,
    asked_materials,
    demand_of,
    forbidden_requests,
    request_problems,
)

NEVER, COVERED, ASK = Ask.NEVER, Ask.COVERED, Ask.ASK


def material(way: int, **more: object) -> Material:
    return Material(no="1", name="证明", cut_mode=way, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("way", "facts", "ask", "by"),
    [
        (0, Facts(), ASK, Way.NONE),
        (1, Facts(), NEVER, Way.NO_BASIS),
        (2, Facts(), Ask.PROMISE, Way.PROMISE),
        (2, Facts(promised=True), COVERED, Way.PROMISE),
        (3, Facts(), ASK, Way.SHARED),
        (3, Facts(shared=frozenset({"身份证"})), COVERED, Way.SHARED),
        (3, Facts(shared=frozenset({"证明"})), COVERED, Way.SHARED),
        (4, Facts(), NEVER, Way.FOUND_OUT),
        (5, Facts(), NEVER, Way.ITEM_REMOVED),
        (6, Facts(), ASK, Way.MERGED),
        (6, Facts(form_filled=True), COVERED, Way.MERGED),
        (6, Facts(results=frozenset({"证明"})), COVERED, Way.MERGED),
        (7, Facts(), ASK, Way.LICENCE),
        (7, Facts(licences=frozenset({"身份证"})), COVERED, Way.LICENCE),
        (7, Facts(licences=frozenset({"户口簿"})), ASK, Way.LICENCE),
    ],
)
def test_each_way_is_followed_when_its_fact_is_there(way: int, facts: Facts, ask: Ask, by: Way) -> None:
    found = demand_of(material(way, licences=("身份证",)), facts)
    assert (found.ask, found.way) == (ask, by)


@pytest.mark.parametrize("way", range(8))
def test_what_is_cancelled_is_never_asked_for_whatever_the_way(way: int) -> None:
    found = demand_of(material(way, cancelled=True, instead="共享核验"))
    assert found.ask is NEVER
    assert "共享核验" in found.words[0]
    assert not found.may_be_requested


def test_what_may_be_left_out_may_be_asked_for_but_need_not_come() -> None:
    found = demand_of(material(0, necessity=Necessity.OPTIONAL))
    assert (found.ask, found.may_be_requested) == (Ask.OPTIONAL, True)


def test_every_way_of_the_dictionary_has_its_words() -> None:
    assert {str(int(way)) for way in Way if way} == set(DICTIONARIES["material_cut_mode"])
    assert set(WORDS) == set(Way)


@pytest.mark.parametrize("way", range(8))
def test_what_is_never_asked_for_is_never_missing(way: int) -> None:
    """Or a desk could neither ask for it nor go on without it."""
    assert material(way).asked == (demand_of(material(way)).ask is not NEVER)


ITEM = {
    "materials": [
        {"no": 1, "name": "居民身份证", "licence": ["身份证"], "cut": 3},
        {"no": 2, "name": "户口簿", "cancelled": True, "cut": 3, "instead": "共享核验"},
        {"no": 3, "name": "申请表"},
        {"no": 4, "name": "收入证明", "cut": 2},
    ]
}


def test_a_case_is_asked_only_for_what_nothing_stands_for() -> None:
    assert [one.no for one in asked_materials(ITEM)] == ["1", "3"]
    assert [one.no for one in asked_materials(ITEM, Facts(licences=frozenset({"身份证"})))] == ["3"]


def test_a_request_for_what_must_not_be_asked_for_is_told_with_its_way() -> None:
    listed = parse_materials(ITEM)
    assert [one.material.no for one in forbidden_requests(listed, ["1", "2", "3", "4", "9"])] == ["2"]
    promised = forbidden_requests(listed, ["4"], Facts(promised=True))
    assert [(one.material.no, one.way) for one in promised] == [("4", Way.PROMISE)]
    told = request_problems(listed, ["2"])
    assert [(one.code, one.field, one.zh) for one in told] == [
        ("material_forbidden", "material.2", "“户口簿”不得索要：由信息共享或网络核验（共享核验）")
    ]
