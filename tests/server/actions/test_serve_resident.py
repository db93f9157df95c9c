"""Whoever knows the number and four signs is told, may rate once and may ask to withdraw; on both engines."""

from __future__ import annotations

from server.actions.find_rating import RatingPlace, find_rating
from server.actions.serve_resident import Said, ask_revocation, rate_case, tell_status
from server.actions.take_step import take_step
from server.centre import platform_of
from sync.core.changes import OutcomeCode
from tests.put_record import NUMBER, RECEIPT, case_of, put_record
from tests.server.merge_policies.test_followup_policies import login_of
from tests.small_centre import VILLAGE, SmallCentre

CASE, CONSENT = "c" * 32, "e" * 32


async def test_either_number_with_the_phones_or_the_cards_last_four_tells_the_state(either: SmallCentre) -> None:
    await put_record(either, "case", CASE, case_of(either))
    platform = platform_of(either.centre, either.writer)
    card = either.world.residents_of(VILLAGE, 1)[0].citizen_id[-4:].upper()
    for number in (NUMBER, RECEIPT):
        for last4 in ("5678", card):
            told = await tell_status(platform, number, last4)
            assert told is not None
            assert told.state == "delivered"
    assert await tell_status(platform, NUMBER, "0001") is None
    assert await tell_status(platform, "341881202611220000025", "5678") is None


async def test_a_case_is_rated_once_by_its_resident_and_only_when_it_is_over(either: SmallCentre) -> None:
    await put_record(either, "case", CASE, case_of(either))
    early = case_of(either, state="accepted", receipt="T0A3K2611220008P", number="")
    await put_record(either, "case", "d" * 32, early)
    platform = platform_of(either.centre, either.writer)
    given = await rate_case(platform, NUMBER, "5678", grade=1, reasons=["态度"], said="等了很久")
    again = await rate_case(platform, NUMBER, "5678", grade=5, reasons=[], said="")
    too_early = await rate_case(platform, "T0A3K2611220008P", "5678", grade=5, reasons=[], said="")
    assert (given, again) == (Said(True), Said(False, "record_exists"))
    told = await tell_status(platform, NUMBER, "5678")
    assert told is not None
    assert (told.rated, told.rateable) == (True, False)
    assert too_early == Said(False, "rating_too_early")
    assert await either.fetch("SELECT grade, bucket FROM ratings") == [("1", f"desk:{VILLAGE}")]
    assert await either.fetch("SELECT code FROM tasks") == [("bad_rating",)]
    assert await rate_case(platform, NUMBER, "0001", grade=5, reasons=[], said="") is None


async def test_a_rating_that_was_set_aside_is_given_anew_once(either: SmallCentre) -> None:
    await put_record(either, "case", CASE, case_of(either))
    platform = platform_of(either.centre, either.writer)
    supervisor = await either.account(login_of(either, "county_supervisor"))

    async def rate(grade: int) -> Said | None:
        return await rate_case(platform, NUMBER, "5678", grade=grade, reasons=[], said="")

    async def set_aside(place: RatingPlace) -> OutcomeCode:
        assert place.standing is not None
        seen = await either.seen("rating", place.record)
        why = {"set_aside_why": "号码登记错误，不是本人"}
        taken = await take_step(
            platform, supervisor, kind="rating", record=place.record, name="rating.set_aside", fields=why, seen=seen
        )
        return taken.outcome.code

    assert await rate(1) == Said(True)
    assert await set_aside(await find_rating(platform, CASE)) is OutcomeCode.APPLIED
    told = await tell_status(platform, NUMBER, "5678")
    assert told is not None
    assert (told.rated, told.rateable) == (False, True)
    assert await rate(5) == Said(True)
    assert await rate(1) == Said(False, "record_exists")
    assert await either.fetch("SELECT grade, state FROM ratings ORDER BY grade") == [("1", "set_aside"), ("5", "given")]
    second = await find_rating(platform, CASE)
    assert second.instead_of
    assert await set_aside(second) is OutcomeCode.APPLIED
    assert await rate(5) == Said(False, "record_exists"), "once more, and then no more"
    told = await tell_status(platform, NUMBER, "5678")
    assert told is not None
    assert told.rated


async def test_asking_to_withdraw_opens_one_task_of_calling_back_and_revokes_nothing_yet(either: SmallCentre) -> None:
    await put_record(either, "case", CASE, case_of(either, consent=CONSENT))
    platform = platform_of(either.centre, either.writer)
    assert await ask_revocation(platform, NUMBER, "5678") == Said(True)
    assert await ask_revocation(platform, NUMBER, "5678") == Said(True)
    assert await either.fetch("SELECT code, about FROM tasks") == [("revocation_asked", CONSENT)]
    assert await ask_revocation(platform, NUMBER, "0001") is None


async def test_a_case_without_a_consent_has_none_to_withdraw(either: SmallCentre) -> None:
    await put_record(either, "case", CASE, case_of(either))
    platform = platform_of(either.centre, either.writer)
    assert await ask_revocation(platform, NUMBER, "5678") == Said(False, "consent_absent")
