"""Whatever happens to a device and its line, in any order: nothing captured is lost, nothing has two effects."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.device.memory_store import MemoryStore
from tests.sync.device.device import Device, record_id
from tests.sync.device.fake_centre import Bucket, FakeCentre

RECORDS = st.sampled_from([f"r{number}" for number in range(4)])


class PowerCut(BaseException):
    """Not an error that anything may handle."""


class OneDevice(RuleBasedStateMachine):
    """One phone, sometimes rolled back to an old image, and a centre, sometimes restored from a backup."""

    @initialize(rows=st.integers(1, 5))
    def begin(self, rows: int) -> None:
        self.centre = FakeCentre(rows_per_page=rows)
        self.device = Device(page_bytes=4_096)
        self.captured: dict[str, bytes] = {}
        self.excused: set[str] = set()
        """What only a rolled-back image forgot while the centre had not got it: no engine can know of those."""
        self.image: tuple[MemoryStore, set[str]] | None = None
        self.backup = self.centre.backup()
        self.epochs = 1
        self.last_answer = b""

    # What a person and the world do

    @rule(record=RECORDS, size=st.sampled_from([1, 50, 3_000]))
    def capture(self, record: str, size: int) -> None:
        change = self.device.write(record, text="x" * size)
        entry = self.device.store.entry(change.id)
        assert entry is not None
        self.captured[change.id] = entry.line

    @rule(record=RECORDS, at=st.integers(0, 3))
    def power_fails_while_capturing(self, record: str, at: int) -> None:
        self._cut_at(at, lambda: self.device.write(record, text="half"))
        self._reboot()
        for entry in self.device.store.outbox():
            self.captured.setdefault(entry.id, entry.line)

    @rule(record=RECORDS)
    def someone_else_writes(self, record: str) -> None:
        self.centre.put(record_id(f"other {record}"), {"n": self.centre.buckets["village:1"].head})

    @rule()
    def entitlement_changes(self) -> None:
        if "unit:1" in self.centre.granted:
            self.centre.granted.remove("unit:1")
        else:
            self.centre.buckets.setdefault("unit:1", Bucket()).generation += 1
            self.centre.granted.append("unit:1")
            self.centre.put(record_id("u"), {"n": 1}, bucket="unit:1")

    @rule(durable=st.booleans())
    def backups_are_verified(self, durable: bool) -> None:
        # What is durable survives every restore, or the word would mean nothing.
        if durable:
            self.backup = self.centre.backup()
        self.centre.durable = durable

    # What the line does

    @rule()
    def exchange(self) -> None:
        self.device.step(self._line)

    @rule()
    def the_request_is_lost(self) -> None:
        self.device.step(lambda message: None)

    @rule()
    def the_reply_is_lost(self) -> None:
        def line(message: bytes) -> None:
            self.centre.exchange(message)

        self.device.step(line)

    @rule()
    def the_request_is_repeated(self) -> None:
        def line(message: bytes) -> bytes:
            self.centre.exchange(message)
            return self._line(message)

        self.device.step(line)

    @rule()
    def an_old_answer_comes_again(self) -> None:
        self.device.step(lambda message: self.last_answer)

    @rule(cut=st.integers(0, 2_000))
    def the_reply_is_cut(self, cut: int) -> None:
        self.device.step(lambda message: self._line(message)[:cut])

    @rule(at=st.integers(0, 12))
    def power_fails_while_an_answer_is_taken(self, at: int) -> None:
        self._cut_at(at, lambda: self.device.step(self._line))
        self._reboot()

    # What happens to phones and centres

    @rule()
    def an_image_is_taken(self) -> None:
        store = self.device.store
        assert isinstance(store, MemoryStore)
        self.image = (store.clone(), set(self.captured))

    @rule()
    def the_image_is_restored(self) -> None:
        if self.image is None:
            return
        store, known = self.image
        self.device.store = store.clone()
        self.excused |= {change for change in self.captured if change not in known and change not in self.centre.known}
        self._forgotten = set(self.captured) - known
        self.device.open()

    @rule()
    def the_centre_is_restored(self) -> None:
        durable, requests = self.centre.durable, self.centre.requests
        if durable:
            return
        held = {entry.id for entry in [*self.device.store.outbox(), *self.device.store.journal()]}
        self.epochs += 1
        self.centre = self.backup.backup()
        self.centre.requests = requests
        self.centre.restore_as(f"e{self.epochs}")
        # Changes that a rolled-back phone no longer has and a restored centre does not have are gone from the world.
        self.excused |= {change for change in self.captured if change not in held and change not in self.centre.known}

    # Always

    @invariant()
    def every_change_is_on_the_device_or_at_the_centre(self) -> None:
        if not hasattr(self, "captured"):
            return
        held = {entry.id: entry.line for entry in [*self.device.store.outbox(), *self.device.store.journal()]}
        for change, line in self.captured.items():
            if change in self.excused:
                continue
            assert change in held or change in self.centre.known, "a change is nowhere"
            assert held.get(change, line) == line, "a line was changed"

    @invariant()
    def no_change_has_two_effects(self) -> None:
        if hasattr(self, "centre"):
            assert all(count == 1 for count in self.centre.effects.values())

    @invariant()
    def a_timer_is_armed(self) -> None:
        if hasattr(self, "device"):
            assert self.device.session.next_due(self.device.now) is not None

    def teardown(self) -> None:
        """When everything works again the device becomes level, with the centre's own rows."""
        if not hasattr(self, "device"):
            return
        self.device.sync(self._line, rounds=120)
        assert self.device.store.outbox() == []
        missing = [change for change in self.captured if change not in self.centre.known and change not in self.excused]
        assert missing == []
        for name in self.centre.granted:
            held = {row.record: (row.version, row.body) for row in self.device.store.rows_in(name)}
            assert held == {record: (version, body) for record, version, body in self.centre.buckets[name].puts()}

    def _line(self, message: bytes) -> bytes:
        self.last_answer = self.centre.exchange(message)
        return self.last_answer

    def _cut_at(self, at: int, work: object) -> None:
        store, left = self.device.store, at

        def before_write(what: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise PowerCut

        assert isinstance(store, MemoryStore)
        store.before_write = before_write
        try:
            work()  # type: ignore[operator]
        except PowerCut:
            pass
        finally:
            store.before_write = None

    def _reboot(self) -> None:
        self.device.open()


OneDevice.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
TestOneDevice = OneDevice.TestCase
