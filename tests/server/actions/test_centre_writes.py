"""What the centre writes by itself."""

from __future__ import annotations

from pathlib import Path

from server.actions.centre_writes import EDITS_MAX, standing_of, write_edits
from server.actions.desk_change import DeskEdit
from server.centre import platform_of
from server.merge_policies.supervision_policies import light_id
from tests.small_centre import VILLAGE, small_centre


async def test_many_edits_go_in_jobs_and_stand_with_the_state_to_name(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        abouts = [f"{one:032x}" for one in range(EDITS_MAX + 5)]
        fields = {"place": VILLAGE, "about_kind": "case", "code": "step", "level": "yellow"}
        edits = [
            (
                VILLAGE,
                DeskEdit(
                    kind="light", record=light_id(one, "step"), name="light.raise", fields={**fields, "about": one}
                ),
            )
            for one in abouts
        ]
        assert await write_edits(platform, edits) == len(edits)
        await write_edits(platform, edits[:3])
        assert await small.fetch("SELECT max(rev), count(*) FROM lights") == [(1, len(edits))]
        wanted = light_id(abouts[0], "step")
        async with small.centre.database.read() as snapshot:
            found = await standing_of(snapshot, platform, "light", [wanted, "0" * 32])
            assert await standing_of(snapshot, platform, "light", []) == {}
        [(light, (base, stood))] = found.items()
        assert (light, base.rev, stood["about"]) == (wanted, 1, abouts[0])
