"""The forms of licences ask for what their steps may write, and offer what the item asks for."""

from __future__ import annotations

from pathlib import Path

from server.actions.show_case import show_case
from server.centre import platform_of
from server.console.licence_forms import LICENCE_KEEP, LICENCE_USE, OF_ONE, kinds_for, offering
from server.domain.catalogue.licence_kinds import LICENCE_KINDS
from server.domain.catalogue.licences import LICENCE_STEPS
from tests.put_record import case_of, put_record
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE
from tests.small_centre import small_centre


def test_a_form_asks_for_nothing_that_its_step_may_not_write() -> None:
    for form in (LICENCE_KEEP, *OF_ONE.values()):
        written = {one.path for one in form.inputs} | {path for path, _ in form.fixed}
        assert all(LICENCE_STEPS[form.step].may_write(one) for one in written), form.step


async def test_what_the_item_asks_for_is_offered_and_what_proves_who_somebody_is(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        item = next(one for one in small.world.standard_items if one.key == "V03")
        await put_record(small, "case", CASE, case_of(small, item=item.id))
        case = await show_case(platform_of(small.centre, small.writer), await clerk_of(small), CASE, "核对材料")
        asked = {kind for one in case.materials for kind in one.licences}
        assert asked
        assert asked | {one.name for one in LICENCE_KINDS.values() if one.identifies} == kinds_for(case).keys()
        assert offering(LICENCE_USE, case).inputs[0].choices == kinds_for(case)
