"""A person at a desk finds what they were told, opens what it is about, and says that it was read."""

from __future__ import annotations

import re
from pathlib import Path

from server.actions.raise_lights import raise_lights
from sync.core.clock import from_iso
from tests.server.actions.test_raise_lights import platform_on as platform_at
from tests.server.actions.test_raise_lights import put_case
from tests.server.console.office import office
from tests.server.merge_policies.test_supervision_orders import ORDER
from tests.small_centre import TOWN


async def test_a_supervisor_hears_of_an_order_and_says_that_it_was_read(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        county = await desk.sign_in(desk.login_of("county_supervisor", in_place=TOWN))
        assert "没有通知" in (await county.get("/console/notices")).text
        await put_case(desk.small)
        await raise_lights(platform_at(desk.small, from_iso("2026-03-09T10:00:00+08:00"))[0])
        page = (await county.get("/console/notices")).text
        assert "已发出督办单" in page
        assert f"/console/tasks/{ORDER}" in page
        [notice] = re.findall(r'action="/console/notices/([0-9a-f]{32})/read"', page)
        seen = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("epoch", "rev", "hash")}
        for _ in range(2):  # a second click, or the back button, does no harm
            assert (await county.post(f"/console/notices/{notice}/read", **seen)).status_code == 303
        page = (await county.get("/console/notices")).text
        assert "未读" not in page
        assert "已发出督办单" in page
        city = await desk.sign_in(desk.login_of("city_supervisor"))
        assert (await city.post(f"/console/notices/{notice}/read", **seen)).status_code == 404, "not one's own"
        auditor = await desk.sign_in(desk.login_of("auditor"))
        assert (await auditor.get("/console/notices")).status_code == 404
