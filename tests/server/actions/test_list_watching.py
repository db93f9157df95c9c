"""Supervisors see what their scope reaches; nobody is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from server.actions.centre_writes import write_edits
from server.actions.desk_change import DeskEdit
from server.actions.list_followup import After
from server.actions.list_watching import SHINING, LightCount, count_lights, list_lights, list_reviews, summed
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.centre import platform_of
from server.domain.people.roles import Scope
from server.merge_policies.supervision_policies import light_id, review_id
from tests.small_centre import VILLAGE, SmallCentre, small_centre


async def shone(platform: Platform, holder: str) -> None:
    levels = ("blue", "yellow", "red")
    await write_edits(
        platform,
        [
            (
                VILLAGE,
                DeskEdit(
                    kind="light",
                    record=light_id(f"{number:032x}", "promise"),
                    name="light.raise",
                    fields={
                        "place": VILLAGE,
                        "about": f"{number:032x}",
                        "about_kind": "case",
                        "code": "promise",
                        "level": level,
                        "holder": holder,
                    },
                ),
            )
            for number, level in enumerate(levels)
        ],
    )


def login(small: SmallCentre, role: str, place: str = "") -> str:
    return next(
        one.login for one in small.world.accounts if one.role == role and (not place or place in one.scope_places)
    )


async def test_lights_are_listed_page_by_page_and_counted_by_place_and_unit(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        [unit] = (await platform.directory()).units_at(VILLAGE)[:1]
        await shone(platform, f"unit:{unit}")
        city = await small.account(login(small, "city_supervisor"))
        first = await list_lights(platform, city, limit=2)
        rest = await list_lights(platform, city, after=After(first[-1].level_since, first[-1].id), limit=2)
        assert {row.level for row in (*first, *rest)} == {"blue", "yellow", "red"}
        assert [row.level for row in await list_lights(platform, city, levels=("red",))] == ["red"]
        assert await list_lights(platform, city, state="cleared") == []
        await small.tamper("UPDATE lights SET state = 'explained' WHERE level = 'red'")
        shining = await list_lights(platform, city, state=SHINING, limit=2)
        more = await list_lights(platform, city, state=SHINING, after=After(shining[-1].level_since, shining[-1].id))
        assert [row.id for row in (*shining, *more)] == [row.id for row in (*first, *rest)]
        [place] = await count_lights(platform, city)
        [of_unit] = await count_lights(platform, city, by_unit=True)
        assert (place.area, of_unit.area) == (VILLAGE, unit)
        assert (place.red, place.yellow, place.blue, place.unknown) == (1, 1, 1, 0)


async def test_whose_scope_is_elsewhere_sees_none_and_a_reviewer_has_no_list(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        await shone(platform, f"place:{VILLAGE}")
        city = await small.account(login(small, "city_supervisor"))
        other = replace(city, scope=Scope(frozenset({"341881107201"})))
        assert await list_lights(platform, other) == []
        assert await count_lights(platform, other) == []
        with pytest.raises(NotFound):
            await list_lights(platform, await small.account(login(small, "catalogue_reviewer")))
        with pytest.raises(NotFound):
            await list_reviews(platform, await small.account(login(small, "desk_clerk")))


async def test_reviews_say_what_was_measured_and_show_ids_alone(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        fields = {
            "place": VILLAGE,
            "code": "AR02",
            "level": "yellow",
            "account": "a" * 32,
            "since": "2026-03-01",
            "until": "2026-03-31",
            "measured": "7",
            "threshold": "6",
            "evidence": ["c" * 32],
        }
        review = review_id("AR02", "a" * 32, "2026-03-01")
        edit = DeskEdit(kind="review", record=review, name="review.open", fields=fields)
        await write_edits(platform, [(VILLAGE, edit)])
        city = await small.account(login(small, "city_supervisor"))
        [row] = await list_reviews(platform, city)
        assert (row.id, row.code, row.measured, row.threshold) == (review, "AR02", "7", "6")
        assert row.evidence == ["c" * 32]
        assert await list_reviews(platform, city, after=row.id) == []


def test_counts_are_summed_over_all_areas_the_worst_first() -> None:
    counts = [LightCount(area="1", red=2), LightCount(area="2", red=1, unknown=4)]
    assert list(summed(counts).items()) == [("red_plus", 0), ("red", 3), ("yellow", 0), ("blue", 0), ("unknown", 4)]
