"""A place is chosen by its town and name, and only out of one's scope."""

from __future__ import annotations

from pathlib import Path

from tests.server.console.office import office
from tests.server.console.scene import stranger_of
from tests.small_centre import VILLAGE


async def test_choices_name_the_town_first_and_hold_nothing_foreign(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        city = await desk.sign_in(desk.login_of("city_supervisor"))
        clerk = await desk.sign_in(stranger_of(desk))
        [[village, town]] = await desk.small.fetch(
            "SELECT v.name, t.name FROM places v JOIN places t ON t.code = v.parent WHERE v.code = ?", [VILLAGE]
        )
        wanted = f'value="{town} {village}"'
        pages = [(await browser.get("/console/tickets/new")).text for browser in (city, clerk)]
        assert [wanted in page for page in pages][1] is False
        assert wanted in pages[0]
