"""How a device gets over forks, gaps, a restored centre and its revocation: nothing is lost, nothing doubled."""

from __future__ import annotations

from dataclasses import dataclass

from sync.core.codec import parse_request
from sync.core.messages import Status
from sync.device.events import (
    EpochChanged,
    ForkHealed,
    GapFound,
    Revoked,
    WipeNow,
)
from sync.device.memory_store import MemoryStore
from tests.sync.device.device import Device, record_id
from tests.sync.device.fake_centre import Chain, FakeCentre


def test_a_cloned_phone_gets_a_new_chain_and_both_keep_their_work() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", text="x")
    device.sync(centre.exchange)
    assert isinstance(device.store, MemoryStore)
    twin = Device(store=device.store.clone())
    twin.made = 100
    mine, other = device.write("b", text="mine"), twin.write("b", text="other")
    device.sync(centre.exchange)
    twin.sync(centre.exchange)
    assert centre.effects[mine.id] == centre.effects[other.id] == 1
    assert set(centre.effects.values()) == {1}
    assert any(isinstance(event, ForkHealed) for event in twin.events)
    assert twin.store.standing().chain_epoch == 2


def test_an_old_image_of_a_phone_takes_a_new_chain_and_loses_nothing() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", text="1")
    device.sync(centre.exchange)
    assert isinstance(device.store, MemoryStore)
    image = device.store.clone()
    device.write("a", text="2")
    device.sync(centre.exchange)
    restored = Device(store=image)
    restored.made = 50
    restored.sync(centre.exchange)
    late = restored.write("a", text="3")
    restored.sync(centre.exchange)
    assert centre.effects[late.id] == 1
    assert set(centre.effects.values()) == {1}
    assert restored.replica.see(record_id("a")).fields == {"text": "3"}  # type: ignore[union-attr]


def test_a_fork_puts_the_journal_before_the_outbox_with_unchanged_lines() -> None:
    centre, device = FakeCentre(), Device()
    changes = [device.write(str(number), n=number) for number in range(3)]
    device.sync(centre.exchange)
    changes.append(device.write("3", n=3))
    lines = [entry.line for entry in [*device.store.journal(), *device.store.outbox()]]
    centre.chains[device.id, 1] = chain_of_a_stranger()
    device.sync(centre.exchange)
    resent = [line.line for request in centre.requests[-1:] for line in request.changes]
    assert resent == lines
    assert set(centre.effects.values()) == {1}
    assert [entry.id for entry in device.store.journal()] == [change.id for change in changes]


def chain_of_a_stranger() -> Chain:
    other, stranger = FakeCentre(), Device("stranger")
    for number in range(6):
        stranger.write(f"s{number}", n=number)
    stranger.sync(other.exchange)
    return other.chains[stranger.id, 1]


def test_a_gap_is_filled_from_the_journal() -> None:
    centre, device = FakeCentre(), Device()
    for number in range(4):
        device.write(str(number), n=number)
    device.sync(centre.exchange)
    held = centre.chains[device.id, 1]
    del held.lines[2:], held.outcomes[2:]
    device.write("4", n=4)
    device.sync(centre.exchange)
    assert GapFound(2, restart=False) in device.events
    assert len(held.lines) == 5
    assert set(centre.effects.values()) == {1}


def test_a_gap_that_the_journal_cannot_fill_asks_for_a_new_chain() -> None:
    centre, device = FakeCentre(), Device()
    for number in range(4):
        device.write(str(number), n=number)
    device.sync(centre.exchange)
    centre.durable = True
    device.write("4", n=4)
    device.sync(centre.exchange)
    device.write("5", n=5)
    device.sync(centre.exchange)
    assert len(device.store.journal()) < 6
    held = centre.chains[device.id, 1]
    del held.lines[1:], held.outcomes[1:]
    late = device.write("6", n=6)
    device.sync(centre.exchange)
    assert GapFound(0, restart=True) in device.events
    assert device.store.standing().chain_epoch == 2
    assert centre.effects[late.id] == 1


def test_a_restored_centre_gets_back_what_it_lost() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", n=1)
    device.sync(centre.exchange)
    backup = centre.backup()
    lost = [device.write("b", n=2), device.write("c", n=3)]
    centre.put(record_id("case"), {"number": "3418-1"}, kind="case")
    device.sync(centre.exchange)
    backup.restore_as("e2")
    fresh = device.write("d", n=4)
    device.sync(backup.exchange)
    assert any(isinstance(event, EpochChanged) and event.resent == 2 for event in device.events)
    assert all(backup.effects[change.id] == 1 for change in [*lost, fresh])
    assert backup.honoured == {record_id("case"): "3418-1"}
    assert any(b"3418-1" in body for body in backup.evidence)
    assert device.store.standing().epoch == "e2"
    assert device.store.evidence_size() == 0
    assert device.store.honours() == []
    assert device.replica.see(record_id("d")).fields == {"n": 4}  # type: ignore[union-attr]


def test_a_device_that_never_spoke_to_the_lost_centre_reads_on() -> None:
    centre, device = FakeCentre(), Device()
    device.sync(centre.exchange)
    centre.restore_as("e2")
    device.sync(centre.exchange)
    assert device.store.standing().epoch == "e2"


def test_a_revoked_device_deposits_everything_and_then_wipes() -> None:
    centre, device = FakeCentre(), Device(page_bytes=4_096)
    centre.put(record_id("secret"), {"n": 1})
    device.sync(centre.exchange)
    for number in range(4):
        device.write(str(number), text="x" * 3_000)
    centre.revoked = True
    device.step(centre.exchange)
    assert any(isinstance(event, Revoked) for event in device.events)
    assert device.store.row(record_id("secret")) is None
    for _ in range(4):
        device.step(centre.exchange)
    assert device.events[-1] == WipeNow()
    assert len(centre.quarantine) == 4
    assert device.session.next_due(device.now) is None


def test_a_centre_that_repeats_itself_without_progress_is_not_asked_in_a_loop() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", n=1)

    @dataclass
    class Stuck:
        asked: int = 0

        def __call__(self, message: bytes) -> bytes:
            self.asked += 1
            return centre._answer(parse_request(message), Status.FORK, chain_epoch=self.asked + 1)

    stuck = Stuck()
    for _ in range(30):
        device.step(stuck)
    assert device.now > 60_000
    assert device.store.outbox_size() == 1


def test_a_revoked_copy_of_a_phone_deposits_its_work_under_a_new_chain() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", n=1)
    device.sync(centre.exchange)
    assert isinstance(device.store, MemoryStore)
    twin = Device(store=device.store.clone())
    twin.made = 100
    device.write("b", n=2)
    device.sync(centre.exchange)
    other = twin.write("c", n=3)
    centre.revoked = True
    for _ in range(6):
        twin.step(centre.exchange)
    assert twin.events[-1] == WipeNow()
    assert any(other.id.encode() in line for line in centre.quarantine)


def test_a_revoked_device_keeps_its_outbox_while_the_centre_takes_nothing() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", n=1)

    def taking_nothing(message: bytes) -> bytes:
        return centre._answer(parse_request(message), Status.REVOKED)

    for _ in range(20):
        device.step(taking_nothing)
    assert WipeNow() not in device.events
    assert device.store.outbox_size() == 1
    assert device.now > 60_000


def test_an_official_number_goes_with_every_page_of_its_records_changes() -> None:
    centre, device = FakeCentre(), Device(page_bytes=4_096)
    backup = centre.backup()
    case = record_id("case")
    for number in range(4):
        device.write("case", text="x" * 15_000, n=number)
    device.sync(centre.exchange)
    centre.put(case, {"number": "3418-7"}, kind="case")
    device.sync(centre.exchange)
    backup.restore_as("e2")
    device.sync(backup.exchange)
    replayed = [request for request in backup.requests if request.changes and request.envelope.epoch == "e2"]
    assert len(replayed) == 4
    assert all([honour.number for honour in request.envelope.honour] == ["3418-7"] for request in replayed)
    assert device.store.honours() == []


def test_a_revoked_device_deposits_its_work_at_a_centre_that_was_restored() -> None:
    centre, device = FakeCentre(), Device()
    backup = centre.backup()
    device.write("a", n=1)
    device.sync(centre.exchange)
    device.write("b", n=2)
    backup.restore_as("e2")
    backup.revoked = True
    asked: list[str] = []

    def line(message: bytes) -> bytes:
        """A centre of another epoch takes nothing, and says so to a revoked device by its position alone."""
        request = parse_request(message)
        asked.append(request.envelope.epoch)
        if request.envelope.epoch != backup.epoch:
            return backup._answer(request, Status.REVOKED)
        return backup.exchange(message)

    for _ in range(6):
        device.step(line)
    assert asked[0] == "e1"
    assert device.events[-1] == WipeNow()
    assert len(backup.quarantine) == 2
