"""A round's look-back is drawn by a seed, and made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.draw_look_back import draw_look_back
from server.actions.list_claims import list_look_backs
from server.actions.refusals import NotFound
from server.domain.catalogue.look_back import Why
from tests.put_record import case_of, put_record
from tests.server.actions.rounds import CAMPAIGN, round_of
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre


async def test_published_lists_are_drawn_and_drawn_again_nothing_is_made(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        await work.open()
        device = await small.enrol(HELPER)
        claims = [await work.claim(device, number) for number in range(3)]
        for claim in claims:
            await work.publish(claim)
        reviewer = (await work.reviewers())[0]
        drawn, made = await draw_look_back(work.platform, reviewer, CAMPAIGN, "2026")
        assert (len(drawn), made, drawn[0].why) == (1, 1, Why.SAMPLE)
        assert await draw_look_back(work.platform, None, CAMPAIGN, "2026") == (drawn, 0)
        asked, made = await draw_look_back(work.platform, reviewer, CAMPAIGN, "2026", complained=claims)
        assert ([one.why for one in asked], made) == ([Why.COMPLAINT] * 3, 2)
        listed = await list_look_backs(work.platform, reviewer, CAMPAIGN, "sampled")
        assert {row.unit for row in listed} == {work.unit}
        assert len(listed) == 3
        with pytest.raises(NotFound):
            await draw_look_back(work.platform, await small.account(HELPER), CAMPAIGN, "2026")


@pytest.mark.parametrize(
    ("kind", "where", "whys"),
    [
        ("complaint", VILLAGE, [Why.COMPLAINT, Why.SAMPLE]),
        ("question", VILLAGE, [Why.SAMPLE]),
        ("complaint", "341881106201", [Why.SAMPLE]),
    ],
    ids=["a complaint", "a question is none", "one about another village's list"],
)
async def test_a_list_that_somebody_complained_of_is_looked_at(
    either: SmallCentre, kind: str, where: str, whys: list[Why]
) -> None:
    work = round_of(either)
    await work.open()
    device = await either.enrol(HELPER)
    for number in range(3):
        await work.publish(await work.claim(device, number))
    sql = "SELECT id FROM items WHERE base_item = ? AND unit IS NULL AND catalogue LIKE 'village:%'"
    [(item,)] = await either.fetch(sql, [work.codes[0]])
    await put_record(either, "case", "c" * 32, case_of(either, item=item, village=where))
    ticket = {
        "place": where,
        "source": "hotline",
        "type": kind,
        "text": "地点写错了",
        "case": "c" * 32,
        "state": "open",
    }
    await put_record(either, "ticket", "7" * 32, {**ticket, "holder": f"place:{where}"})
    drawn, _ = await draw_look_back(work.platform, None, CAMPAIGN, "2026")
    assert [one.why for one in drawn] == whys
