"""A grant that is given releases what waited for it, on every store, whoever gave it and whenever."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.release_waiting import WaitingWork
from server.storage.memory import MemoryStore, give_grant
from server.write_parallel import ParallelWriter
from server.write_queue import WriteQueue
from sync.core.changes import OutcomeCode
from tests.centre import TOWN, VILLAGE, CentreUnderTest, Phone, StoreKind, ident, open_centre, resident

HOME, AWAY = f"place:{VILLAGE}", f"place:{TOWN}"


@pytest.fixture(params=list(StoreKind), ids=lambda kind: kind.value)
async def centre(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CentreUnderTest]:
    url = str(request.getfixturevalue("postgres_url")) if request.param is StoreKind.POSTGRES else ""
    async with open_centre(request.param, tmp_path, url) as centre:
        yield centre


def work_of(centre: CentreUnderTest) -> WaitingWork:
    assert isinstance(centre.writer, WriteQueue | ParallelWriter)
    return WaitingWork(centre.store, centre.writer)


async def give(centre: CentreUnderTest, account: str, bucket: str) -> None:
    if isinstance(centre.store, MemoryStore):
        give_grant(centre.store.state, account, bucket)
    else:
        sql = "INSERT INTO grants (account, bucket, generation, since) VALUES (?, ?, 1, 1)"
        await centre.run(sql, (account, bucket))


async def outcome_of(phone: Phone, change: str) -> tuple[str, str]:
    await phone.read_all()
    fields = phone.fields(change)
    return fields["code"], fields["reason"]


async def two_of_two_villages(centre: CentreUnderTest) -> tuple[Phone, Phone, str, list[str]]:
    """Li keeps a resident elsewhere. Wang, who may not see it, has edited it."""
    li, wang = await centre.enrol("li", AWAY), await centre.enrol("wang", HOME)
    await li.tell([resident(li, 1, village=TOWN)])
    await li.read_all()
    person = ident("resident", li.device, 1)
    answer = await wang.tell([wang.change("resident", person, "resident.edit", li.base_of(person), name="汪")])
    assert (answer.outcomes[0].code, answer.outcomes[0].reason) == (OutcomeCode.PARKED, "record_unknown")
    return li, wang, person, [one.id for one in answer.outcomes]


async def test_a_grant_releases_what_waited_for_a_foreign_record(centre: CentreUnderTest) -> None:
    li, wang, person, changes = await two_of_two_villages(centre)
    work = work_of(centre)
    assert await work.release() == 0
    await give(centre, wang.account, AWAY)
    assert await work.release() == 1
    assert await outcome_of(wang, changes[0]) == ("applied", "")
    await li.read_all()
    assert li.fields(person)["name"] == "汪"


async def test_what_was_given_before_the_process_began_is_seen_at_its_first_look(centre: CentreUnderTest) -> None:
    _, wang, _, changes = await two_of_two_villages(centre)
    await give(centre, wang.account, AWAY)
    assert await work_of(centre).release() == 1
    assert await outcome_of(wang, changes[0]) == ("applied", "")


async def test_what_still_may_not_be_goes_on_waiting(centre: CentreUnderTest) -> None:
    _, wang, _, changes = await two_of_two_villages(centre)
    work = work_of(centre)
    await give(centre, wang.account, "place:341802001003")
    assert await work.release() == 0
    assert await outcome_of(wang, changes[0]) == ("parked", "record_unknown")


async def test_when_nothing_was_given_nothing_is_written(centre: CentreUnderTest) -> None:
    _, wang, _, _ = await two_of_two_villages(centre)
    work = work_of(centre)
    await give(centre, wang.account, AWAY)
    for _ in range(3):
        await work.release()
    raised = len(centre.raised)
    assert await work.release() == 0
    assert len(centre.raised) == raised


async def test_a_later_write_of_the_foreign_record_leaves_it_waiting(centre: CentreUnderTest) -> None:
    li, wang, person, changes = await two_of_two_villages(centre)
    await li.tell([li.change("resident", person, "resident.edit", li.base_of(person), name="李")])
    assert await outcome_of(wang, changes[0]) == ("parked", "record_unknown")
    await give(centre, wang.account, AWAY)
    assert await work_of(centre).release() == 1
    assert (await outcome_of(wang, changes[0]))[0] != "parked"
