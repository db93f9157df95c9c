"""The chain: a batch goes on where the last one ended, repeats it, leaves a gap, or forks."""

from __future__ import annotations

import pytest

from sync.central.batch import check_chain
from sync.core.changes import OutcomeCode
from sync.core.messages import Status
from tests.sync.central.centre_in_memory import CentreInMemory, Phone
from tests.sync.central.test_merge import RESIDENT


@pytest.fixture
def centre() -> CentreInMemory:
    return CentreInMemory()


@pytest.fixture
def helper(centre: CentreInMemory) -> Phone:
    return Phone(centre, "helper")


def test_a_gap_takes_nothing_and_says_where_to_go_on(centre: CentreInMemory, helper: Phone) -> None:
    helper.send(helper.change("resident", "resident.register", set=RESIDENT))
    ahead = helper.batch(helper.change("resident", "resident.register", set=RESIDENT), first_seq=9)
    plan, _ = centre.exchange(ahead)
    assert (plan.status, plan.chain.last_seq, plan.writes_nothing) == (Status.GAP, 1, True)


def test_another_continuation_is_a_fork_with_a_new_chain(centre: CentreInMemory, helper: Phone) -> None:
    clone = Phone(centre, "helper")
    helper.send(helper.change("resident", "resident.register", set=RESIDENT))
    mine = clone.change("resident", "resident.register", set=RESIDENT)
    plan, _ = centre.exchange(clone.batch(mine))
    assert (plan.status, plan.chain.epoch, plan.chain.last_seq) == (Status.FORK, 2, 0)
    again = Phone(centre, "helper", chain_epoch=2)
    assert again.send(mine)[0].code is OutcomeCode.APPLIED


def test_a_twin_sent_in_a_new_chain_has_its_first_outcome(centre: CentreInMemory, helper: Phone) -> None:
    change = helper.change("resident", "resident.register", set=RESIDENT)
    (first,) = helper.send(change)
    renewed = Phone(centre, "helper", chain_epoch=2)
    (second,) = renewed.send(change)
    assert (second.code, second.rev, second.version) == (first.code, first.rev, first.version)
    assert centre.records["resident", change.record].rev == 1


def test_a_rolled_back_phone_with_nothing_to_send_is_told(centre: CentreInMemory, helper: Phone) -> None:
    old = Phone(centre, "helper")
    helper.send(helper.change("resident", "resident.register", set=RESIDENT))
    plan, _ = centre.exchange(old.batch())
    assert plan.status is Status.FORK


def test_a_part_of_what_is_stored_is_answered_as_it_was(centre: CentreInMemory, helper: Phone) -> None:
    start = Phone(centre, "helper")
    changes = [helper.change("resident", "resident.register", set=RESIDENT) for _ in range(3)]
    helper.send(*changes)
    plan, _ = centre.exchange(start.batch(*changes[:2]))
    assert (plan.status, plan.chain.last_seq, len(plan.answered)) == (Status.OK, 2, 2)
    more = start.change("resident", "resident.register", set=RESIDENT)
    plan, save = centre.exchange(start.batch(*changes, more))
    assert [one.code for one in plan.answered] == [OutcomeCode.APPLIED] * 4
    assert len(save.log) == 1


def test_a_wrong_previous_hash_is_a_fork(centre: CentreInMemory, helper: Phone) -> None:
    helper.send(helper.change("resident", "resident.register", set=RESIDENT))
    batch = helper.batch(helper.change("resident", "resident.register", set=RESIDENT), prev_hash=b"x" * 32)
    chain = centre.chains[helper.device, 1]
    assert check_chain(batch, chain, {}) is Status.FORK
