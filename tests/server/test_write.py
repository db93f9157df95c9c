"""The write path itself: what is locked, that a group is decided in order, and that each step can be watched."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from server.storage.memory import MemoryStore
from server.storage.store import StoreWrite
from server.write import Job, NoSuchDevice, Written, write_jobs
from server.write_steps import Steps
from sync.central.known import Author, Known, Wants
from sync.central.policies import Accept, NewRecord, Situation, Verdict
from sync.core.changes import Fields, OutcomeCode
from sync.core.codec import parse_change_line
from sync.core.messages import Status
from tests.centre import VILLAGE, CentreUnderTest, Phone, StoreKind, ident, open_centre, resident

BUCKET = f"place:{VILLAGE}"


def job(phone: Phone, *lines: bytes, **more: Any) -> Job:
    return Job(
        **{
            "device": phone.device,
            "carrier": phone.device,
            "chain_epoch": phone.chain_epoch,
            "first_seq": phone.last_seq + 1,
            "prev_hash": phone.chain_hash,
            "lines": [parse_change_line(line) for line in lines],
            **more,
        }
    )


async def write(centre: CentreUnderTest, *jobs: Job) -> list[Written]:
    found = []
    for result in await write_jobs(centre.context, jobs):
        assert isinstance(result, Written), result
        found.append(result)
    return found


class WatchedSteps(Steps):
    """Notes what happens in which order, and refuses more locks as often as it is told to."""

    seen: ClassVar[list[str]] = []
    refusals: ClassVar[int] = 0

    async def commit(self, store: Any, work: Any) -> Any:
        self.seen.append("begin")
        result = await super().commit(store, work)
        self.seen.append("committed")
        return result

    async def lock(
        self, unit: StoreWrite, devices: Collection[str], ids: Collection[str], looked_at: Collection[str]
    ) -> None:
        self.seen.append(f"lock {len(ids)}")
        await super().lock(unit, devices, ids, looked_at)

    async def lock_more(self, unit: StoreWrite, ids: Collection[str], looked_at: Collection[str]) -> bool:
        if WatchedSteps.refusals:
            WatchedSteps.refusals -= 1
            return False
        return await super().lock_more(unit, ids, looked_at)

    def decide(self, batch: Any, **rest: Any) -> Any:
        self.seen.append("decide")
        return super().decide(batch, **rest)

    async def lock_heads(self, unit: StoreWrite, plans: Any, before: Any) -> Any:
        self.seen.append("lock heads")
        return await super().lock_heads(unit, plans, before)


@pytest.fixture
async def watched(tmp_path: Path) -> Any:
    WatchedSteps.seen, WatchedSteps.refusals = [], 0
    async with open_centre(StoreKind.MEMORY, tmp_path, steps=WatchedSteps) as centre:
        yield centre


async def test_records_are_locked_first_and_heads_last_and_nothing_is_told_before_the_commit(
    watched: CentreUnderTest,
) -> None:
    wang = await watched.enrol("wang", BUCKET)
    await write(watched, job(wang, resident(wang, 1)))
    assert [one.split()[0] for one in WatchedSteps.seen] == ["begin", "lock", "decide", "lock", "committed"]
    assert WatchedSteps.seen[-2] == "lock heads"


async def test_when_more_is_needed_than_is_free_it_begins_again_with_all_of_it(watched: CentreUnderTest) -> None:
    wang = await watched.enrol("wang", BUCKET)
    WatchedSteps.refusals = 1
    case = wang.change("case", ident(1), "case.open", village=VILLAGE, resident=ident(2), item=ident(3))
    await write(watched, job(wang, case))
    first, second = [int(one.split()[1]) for one in WatchedSteps.seen if one.startswith("lock ") and one[5].isdigit()]
    assert second > first
    assert WatchedSteps.seen.count("begin") == 2
    assert WatchedSteps.seen.count("decide") == 1


async def test_conflicts_that_open_in_a_group_do_not_make_it_begin_again(watched: CentreUnderTest) -> None:
    people = [await watched.enrol(name, BUCKET) for name in ("wang", "li", "zhou")]
    registered = resident(people[0], 1)
    record = msgspec.json.decode(registered)["record"]
    await people[0].tell([registered])
    for phone in people:
        await phone.read_all()
    WatchedSteps.seen.clear()
    edits = [
        phone.change("resident", record, "resident.edit", phone.base_of(record), phone=f"1990000{number}111")
        for number, phone in enumerate(people)
    ]
    written = await write(watched, *(job(phone, edit) for phone, edit in zip(people, edits, strict=True)))
    codes = [one.outcomes[0].code for one in written]
    assert codes == [OutcomeCode.APPLIED, OutcomeCode.CONFLICT, OutcomeCode.CONFLICT]
    assert (WatchedSteps.seen.count("begin"), WatchedSteps.seen.count("decide")) == (1, 3)


async def test_a_long_chain_of_changes_that_wait_for_each_other_is_released_at_once(watched: CentreUnderTest) -> None:
    wang = await watched.enrol("wang", BUCKET)
    lines = [resident(wang, 0)]
    for number in range(1, 60):
        before = msgspec.json.decode(lines[-1])["id"]
        change = msgspec.json.decode(resident(wang, number))
        lines.append(msgspec.json.encode({**change, "needs": [before], "captured": change.pop("captured")}))
    for line in reversed(lines[1:]):
        answer = await wang.tell([line])
        assert [one.code for one in answer.outcomes] == [OutcomeCode.PARKED]
    await wang.tell([lines[0]])
    await wang.read_all()
    names = {wang.fields(ident("resident", wang.device, number))["name"] for number in range(60)}
    assert names == {f"居民{number}" for number in range(60)}


@pytest.fixture(params=[StoreKind.SQLITE, StoreKind.MEMORY], ids=lambda kind: kind.value)
async def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    async with open_centre(request.param, tmp_path) as opened:
        yield opened


async def test_a_group_is_decided_in_order_and_later_jobs_see_earlier_ones(centre: CentreUnderTest) -> None:
    wang, li = await centre.enrol("wang", BUCKET), await centre.enrol("li", BUCKET)
    registered = resident(wang, 1)
    record = msgspec.json.decode(registered)["record"]
    waiting = li.change("resident", record, "resident.edit", phone="19900001111")
    late, early = await write(centre, job(li, waiting), job(wang, registered))
    assert late.outcomes[0].code is OutcomeCode.PARKED
    assert early.outcomes[0].code is OutcomeCode.APPLIED
    reader = await centre.enrol("reader", BUCKET, f"person:{li.account}")
    await reader.read_all()
    outcome = reader.fields(msgspec.json.decode(waiting)["id"])
    assert outcome["code"] != "parked", "what a later job of the group made was what the first one waited for"


async def test_the_same_change_from_two_devices_in_one_group_has_one_effect(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    tablet = await centre.enrol("tablet", account=wang.account)
    line = resident(wang, 1)
    first, second = await write(centre, job(wang, line), job(tablet, line))
    assert [one.outcomes[0].code for one in (first, second)] == [OutcomeCode.APPLIED] * 2
    assert first.outcomes[0].version == second.outcomes[0].version == 1
    reader = await centre.enrol("reader", BUCKET)
    await reader.read_all()
    assert len(reader.rows) == 1


async def test_a_device_nobody_enrolled_fails_alone(centre: CentreUnderTest) -> None:
    wang, stranger = await centre.enrol("wang", BUCKET), await centre.enrol("li", BUCKET)
    stranger.device = ident("nobody")
    good, bad = await write_jobs(centre.context, [job(wang, resident(wang, 1)), job(stranger, resident(stranger, 2))])
    assert isinstance(good, Written)
    assert isinstance(bad, NoSuchDevice)


async def test_the_centres_own_actions_take_the_next_place_in_their_chain(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    author = Author(account=wang.account, device=wang.device, role="helper", grants={BUCKET: 0})
    for expected in (1, 2):
        [written] = await write(centre, Job.of_the_centre(author, [parse_change_line(resident(wang, expected))]))
        assert (written.outcomes[0].seq, written.chain.last_seq) == (expected, expected)


async def test_who_believes_in_another_history_writes_nothing(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    [written] = await write(centre, job(wang, resident(wang, 1), epoch="another"))
    assert (written.status, written.outcomes, written.raised) == (Status.EPOCH_CHANGED, (), frozenset())
    [written] = await write(centre, job(wang, resident(wang, 1), epoch="epoch1"))
    assert written.status is Status.OK


async def test_a_fork_is_kept_so_that_nobody_else_is_given_its_chain(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    epochs = [(await write(centre, job(wang, restart=True)))[0].chain.epoch for _ in range(2)]
    assert epochs == [2, 3]
    if isinstance(centre.store, MemoryStore):
        assert (wang.device, 3) in centre.store.state.chains


async def test_what_is_put_beside_a_change_goes_on_from_what_stands_there(centre: CentreUnderTest) -> None:
    """A policy puts a record of the same name twice: the second is its next rev, and the first is in its history."""
    notice, policy = ident("notice"), centre.context.policies["resident"]

    def settle(situation: Situation) -> Verdict:
        verdict = policy.settle(situation)
        assert isinstance(verdict, Accept)
        fields: Fields = {"to": "lead", "about": situation.change.record, "code": "registered"}
        beside = NewRecord(kind="notice", id=notice, bucket="person:lead", fields=fields)
        return msgspec.structs.replace(verdict, beside=(beside,))

    policies = {**centre.context.policies, "resident": replace(policy, settle=settle)}
    context, records = replace(centre.context, policies=policies), []
    for name in ("wang", "li"):
        line = resident(await centre.enrol(name, BUCKET), 1)
        records.append(msgspec.json.decode(line)["record"])
        phone = await centre.enrol(f"phone of {name}", BUCKET)
        [written] = await write_jobs(context, [job(phone, line)])
        assert isinstance(written, Written), written
    known = Known()
    async with centre.store.read() as unit:
        await unit.load(Wants(records={("notice", notice)}, past={("notice", notice, 1)}), known)
    held, before = known.record("notice", notice), known.past["notice", notice, 1]
    assert held is not None
    assert before is not None
    assert (held.rev, held.fields["about"], before.fields["about"]) == (2, records[1], records[0])
