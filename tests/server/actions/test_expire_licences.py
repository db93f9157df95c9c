"""A licence past its last day: it covers nothing any more, and whoever relied on it is told. On both databases."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from server.actions.expire_licences import ExpiryReport, expire_licences
from server.actions.take_step import read_record
from server.centre import platform_of
from server.storage.errors import Unreachable
from tests.put_record import case_of, put_record
from tests.small_centre import HELPER, VILLAGE, SmallCentre

expiring: Any = import_module("server.actions.expire_licences")
CASE, ACCEPTED, OVER, LICENCE = "c" * 32, "d" * 32, "e" * 32, "f" * 32
PAST = "2020-01-01"


async def stand(small: SmallCentre, *, until: str = PAST, kind: str = "身份证") -> str:
    """A licence, and three cases that rely on one: received, accepted, delivered. Returns the helper's account."""
    item = next(one for one in small.world.standard_items if one.key == "V01")
    helper = (await small.account(HELPER)).id
    relies = {"item": item.id, "material.1": {"state": "licence"}, "helper": helper, "holder": f"place:{VILLAGE}"}
    for case, state in ((CASE, "received"), (ACCEPTED, "accepted"), (OVER, "delivered")):
        await put_record(small, "case", case, case_of(small, state=state, number="", finished_at="", **relies))
    await put_record(small, "licence", LICENCE, licence_of(small, until=until, kind=kind))
    return helper


def licence_of(small: SmallCentre, *, until: str, kind: str = "身份证") -> dict[str, Any]:
    resident = small.world.residents_of(VILLAGE, 1)[0].id
    whose = {"resident": resident, "village": VILLAGE, "kind": kind, "source": "desk", "trust": "B"}
    return {**whose, "state": "held", "valid_until": until}


async def test_before_acceptance_the_material_is_missing_again_and_after_it_the_desk_has_a_task(
    either: SmallCentre,
) -> None:
    helper = await stand(either)
    platform = platform_of(either.centre, either.writer)
    assert await expire_licences(platform) == ExpiryReport(expired=1, reopened=1, tasks=1)
    materials = {}
    for case in (CASE, ACCEPTED, OVER):
        held = await read_record(platform, "case", case)
        assert held is not None
        materials[case] = held.fields["material.1"]["state"]
    assert materials == {CASE: "missing", ACCEPTED: "licence", OVER: "licence"}
    assert await either.fetch("SELECT code, about, holder FROM tasks") == [
        ("licence_expired", ACCEPTED, f"place:{VILLAGE}")
    ]
    assert await either.fetch("SELECT count(*) FROM notices WHERE bucket = ?", [f"person:{helper}"]) == [(1,)]
    assert await either.fetch("SELECT state FROM licences WHERE id = ?", [LICENCE]) == [("expired",)]
    assert await expire_licences(platform) == ExpiryReport(), "a second run finds nothing left"


async def test_a_run_that_ends_after_the_first_case_leaves_none_untold(
    either: SmallCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The licence is still found by the next run, and nobody is told twice."""
    await stand(either)
    platform, task = platform_of(either.centre, either.writer), expiring._open_task

    async def cut_off(*_: object) -> int:
        raise Unreachable("the power was cut")

    monkeypatch.setattr(expiring, "_open_task", cut_off)
    with pytest.raises(Unreachable):
        await expire_licences(platform)
    monkeypatch.setattr(expiring, "_open_task", task)
    assert (await expire_licences(platform)).tasks == 1
    assert await either.fetch("SELECT code, about FROM tasks") == [("licence_expired", ACCEPTED)]
    assert await expire_licences(platform) == ExpiryReport()


async def test_a_newer_licence_of_the_kind_goes_on_covering(either: SmallCentre) -> None:
    await stand(either)
    await put_record(either, "licence", "a" * 32, licence_of(either, until="2099-01-01"))
    report = await expire_licences(platform_of(either.centre, either.writer))
    assert report == ExpiryReport(expired=1)


async def test_what_nothing_relies_on_or_what_still_holds_changes_no_case(either: SmallCentre) -> None:
    await stand(either, kind="结婚证")
    assert await expire_licences(platform_of(either.centre, either.writer)) == ExpiryReport(expired=1)
    await put_record(either, "licence", "a" * 32, licence_of(either, until="2099-01-01"))
    assert await expire_licences(platform_of(either.centre, either.writer)) == ExpiryReport()
