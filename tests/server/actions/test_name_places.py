"""What a device is told of its places. On both engines, since a place is found by a part of its bucket's name."""

from __future__ import annotations

from server.actions.name_places import name_places
from tests.small_centre import HELPER, VILLAGE, SmallCentre


async def test_a_person_hears_what_the_own_places_are_called_and_no_others(either: SmallCentre) -> None:
    called = dict(await either.fetch("SELECT code, name FROM places"))
    helper, lead = (await either.account(HELPER)).id, f"t{VILLAGE[:9]}000"
    assert await name_places(either.centre.database, helper) == {VILLAGE: called[VILLAGE]}
    of_lead = await name_places(either.centre.database, (await either.account(lead)).id)
    assert VILLAGE in of_lead
    assert len(of_lead) > 2
    assert of_lead == {code: called[code] for code in of_lead}
    assert all(code.startswith(VILLAGE[:9]) for code in of_lead)


async def test_a_place_that_somebody_no_longer_reads_is_not_told(either: SmallCentre) -> None:
    account = (await either.account(HELPER)).id
    await either.tamper("UPDATE grants SET ended_at = 1 WHERE account = ? AND bucket LIKE 'place:%'", [account])
    assert await name_places(either.centre.database, account) == {}
