"""One device's conversation with the centre, without I/O: bytes to send, bytes received, events, and the next time.

Laws: one request is in flight at a time. A request that gets no answer in thirty seconds has failed. A timer is
always armed until the device is wiped (I11), so a caller only ever waits for `next_due`. Nothing is remembered here
that a crash could lose: all that counts is in the store. Times are milliseconds of a clock that never goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

import msgspec

from sync.core.chain import encode_hash, evidence_payload, extend, signed_payload
from sync.core.codec import AnswerMessage, encode_request, parse_answer
from sync.core.errors import Malformed, NotAuthentic
from sync.core.messages import PROTOCOL, Cursor, Evidence, FileState, Honour, Request, Status
from sync.device.errors import NotSaved
from sync.device.events import AnswerNotSaved, BadAnswer, Event, Level, NeedToken, Revoked, UpgradeRequired, WipeNow
from sync.device.pacing import LEVEL_MS, REQUEST_MS, Pacing
from sync.device.state import Delivery, Entry, ReplicaStore, Standing
from sync.device.steps import Effect, Sent, SessionSteps

PAGE_BYTES = 48 * 1024
PACKED = 7  # filings pack seven to one and better, and a page is what the line must carry
PAGE_BYTES_MIN = 4 * 1024
PAGE_BYTES_MAX = 1024 * 1024
EXPORT_BYTES_MAX = 3 * 1024 * 1024
LINE_BYTES_TYPICAL = 256
CHANGES_MAX = 10_000
FILES_ASKED_MAX = 200
HONOURS_MAX = 500
REPAIRS_AT_ONCE = 4
SEQ_MAX = 2**53 - 1


class Failure(StrEnum):
    """Why no answer came."""

    NETWORK = "network"
    TIMEOUT = "timeout"
    BAD_ANSWER = "bad_answer"
    BUSY = "busy"
    UNAUTHORIZED = "unauthorized"
    TURNED_AWAY = "turned_away"
    TOO_LARGE = "too_large"
    UPGRADE_REQUIRED = "upgrade_required"


class Session:
    """`sign` is the device key's Ed25519; `random` gives a number in [0, 1)."""

    def __init__(
        self,
        store: ReplicaStore,
        sign: Callable[[bytes], bytes],
        random: Callable[[], float],
        *,
        now: int = 0,
        steps: SessionSteps | None = None,
        page_bytes: int = PAGE_BYTES,
    ) -> None:
        assert PAGE_BYTES_MIN <= page_bytes <= PAGE_BYTES_MAX, "a page is between 4 kB and 1 MB"
        self.store = store
        self.steps = steps or SessionSteps()
        self._sign = sign
        self._pacing = Pacing(random, now)
        self._page_bytes_max = page_bytes
        self._page_bytes = page_bytes
        self._sent: Sent | None = None
        self._news = False
        self._repairs = 0
        self._wiped = False
        self._events: list[Event] = []

    # What the caller waits for

    def next_due(self, now: int) -> int | None:
        """When `next_request` will next have something to do. None only once the device must be wiped."""
        if self._wiped:
            return None
        if self._sent is not None:
            return max(now, self._sent.at + REQUEST_MS)
        return max(now, self._pacing.due)

    def take_events(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    @property
    def failures(self) -> int:
        """How many exchanges in a row went wrong."""
        return self._pacing.failures

    @property
    def in_flight(self) -> bool:
        return self._sent is not None

    # What the caller tells

    def captured(self, now: int) -> None:
        """A change was captured."""
        self._pacing.soon(now)

    def wake(self, buckets: list[str], now: int) -> None:
        """A bucket has news. It may not be ours yet: an entitlement can be the news."""
        self._news = True
        self._pacing.woken(now)

    def files_told(self, states: Mapping[str, str], now: int) -> None:
        """File states that came over the live socket. Of the unknown ones the next exchange will tell."""
        effect = Effect()
        known = {file: FileState(state) for file, state in states.items() if state in set(FileState)}
        with self.store.transaction():
            self.steps.take_files(self.store, known, effect)
        self._events += effect.events

    def network_up(self, now: int) -> None:
        self._pacing.woken(now)

    def exchange_now(self, now: int) -> None:
        """A person asked, or the program opened."""
        self._news = True
        self._pacing.at_once(now)

    def token_renewed(self, now: int) -> None:
        self._pacing.at_once(now)

    # Requests

    def next_request(self, now: int) -> bytes | None:
        """The bytes to send now, or None: nothing is due, or a request is in flight."""
        if self._sent is not None:
            if now < self._sent.at + REQUEST_MS:
                return None
            self.receive_failure(Failure.TIMEOUT, now)
        if self._wiped or now < self._pacing.due:
            return None
        standing = self.store.standing()
        if standing.revoked and not self.store.outbox_size():
            self._wipe()
            return None
        message, self._sent = self._build(standing, now)
        return message

    def export_outbox(self) -> list[bytes]:
        """The outbox as request messages for whoever carries them to the centre, in order. Nothing is marked sent."""
        standing = self.store.standing()
        waiting = self.store.outbox()
        messages: list[bytes] = []
        seq, head = standing.acked_seq, standing.acked_hash
        while waiting:
            batch = self.steps.cut_batch(waiting[:CHANGES_MAX], EXPORT_BYTES_MAX)
            waiting = waiting[len(batch) :]
            hashes = _chain(head, seq + 1, batch)
            request = Request(
                protocol=PROTOCOL,
                device=standing.device,
                epoch=standing.epoch,
                chain_epoch=standing.chain_epoch,
                first_seq=seq + 1,
                prev_hash=encode_hash(head),
                n=len(batch),
                signature=self._signature(standing, seq + len(batch), hashes[-1]),
                waiting=len(waiting),
            )
            messages.append(encode_request(request, [entry.line for entry in batch]))
            seq, head = seq + len(batch), hashes[-1]
        return messages

    def _build(self, standing: Standing, now: int) -> tuple[bytes, Sent]:
        room = self._page_bytes * PACKED
        limit = min(CHANGES_MAX, 1 + room // LINE_BYTES_TYPICAL)
        waiting = [] if standing.restart else self.store.outbox(limit + 1)
        batch = self.steps.cut_batch(waiting[:limit], room)
        hashes = _chain(standing.acked_hash, standing.acked_seq + 1, batch)
        reading = not standing.revoked and not standing.restart
        with_cursors = reading and (bool(batch) or self._news or not standing.tag)
        honours, told = self._honours_for(batch) if reading else ([], ())
        evidence = [] if not reading else self._evidence_now()
        last_seq = standing.acked_seq + len(batch)
        signed = bool(batch) or standing.restart
        request = Request(
            protocol=PROTOCOL,
            device=standing.device,
            epoch=standing.epoch,
            chain_epoch=standing.chain_epoch,
            first_seq=standing.acked_seq + 1,
            prev_hash=encode_hash(standing.acked_hash),
            n=len(batch),
            signature=self._signature(standing, last_seq, hashes[-1] if hashes else standing.acked_hash)
            if signed
            else "",
            ack=standing.ack,
            restart=standing.restart,
            waiting=self.store.outbox_size() - len(batch),
            waiting_since=max(0, min(waiting[len(batch)].captured, SEQ_MAX)) if len(waiting) > len(batch) else 0,
            tag=standing.tag if reading else "",
            cursors=self._cursors() if with_cursors else None,
            target=list(standing.target) if with_cursors and standing.target is not None else None,
            files=self._files_asked() if reading else [],
            honour=honours,
            evidence=[head for head, _ in evidence],
            evidence_signature=self._evidence_signature(standing, evidence) if evidence else "",
        )
        # What repeats is left out only where nothing else is said: such exchanges are most of all there are.
        idle = not (signed or with_cursors or evidence)
        request = msgspec.structs.replace(request, brief=True) if idle else request
        if with_cursors:
            request = msgspec.structs.replace(request, max_bytes=self._page_bytes)
        sent = Sent(
            at=now,
            chain_epoch=standing.chain_epoch,
            first_seq=standing.acked_seq + 1,
            prev_hash=standing.acked_hash,
            entries=tuple(batch),
            hashes=tuple(hashes),
            tag=request.tag,
            with_cursors=with_cursors,
            honours=told,
            evidence=tuple(head.record for head, _ in evidence),
            brief=request if idle else None,
        )
        if with_cursors:
            self._news = False
        return encode_request(request, [*(entry.line for entry in batch), *(body for _, body in evidence)]), sent

    def _signature(self, standing: Standing, last_seq: int, chain_hash: bytes) -> str:
        return encode_hash(self._sign(signed_payload(standing.device, standing.chain_epoch, last_seq, chain_hash)))

    def _evidence_signature(self, standing: Standing, evidence: list[tuple[Evidence, bytes]]) -> str:
        rows = [(head.kind, head.record, head.bucket, head.version, body) for head, body in evidence]
        return encode_hash(self._sign(evidence_payload(standing.epoch, standing.device, rows)))

    def _cursors(self) -> list[Cursor]:
        return [Cursor(b.bucket, b.generation, b.version, b.record) for b in self.store.buckets()]

    def _files_asked(self) -> list[str]:
        """Only those whose bytes are all up: an idle exchange asks for none."""
        return [file.id for file in self.store.files() if file.delivery is Delivery.SENT][:FILES_ASKED_MAX]

    def _honours_for(self, batch: list[Entry]) -> tuple[list[Honour], tuple[str, ...]]:
        """Numbers go with the changes of their record, or the centre would give new ones. With them the records of
        which nothing more will follow: those have been told.
        """
        honours = self.store.honours()
        if not honours:
            return [], ()
        sent, batched = {entry.id for entry in batch}, {entry.record for entry in batch}
        later = {entry.record for entry in self.store.outbox() if entry.id not in sent}
        now = [honour for honour in honours if honour.record in batched or honour.record not in later][:HONOURS_MAX]
        return now, tuple(honour.record for honour in now if honour.record not in later)

    def _evidence_now(self) -> list[tuple[Evidence, bytes]]:
        chosen: list[tuple[Evidence, bytes]] = []
        room = self._page_bytes
        for head, body in self.store.evidence(1 + self._page_bytes // LINE_BYTES_TYPICAL):
            room -= len(body) + 1
            if chosen and room < 0:
                break
            chosen.append((head, body))
        return chosen

    # Answers

    def receive_answer(self, message: bytes, now: int) -> None:
        """The answer to the request in flight. A repeated answer, or one to a request given up, changes nothing."""
        sent = self._sent
        if sent is None:
            return
        try:
            answer = parse_answer(message)
            answer = replace(answer, envelope=sent.completed(answer.envelope))
            self._sent = None
            self._take(sent, answer, now)
        except (Malformed, NotAuthentic, ValueError) as error:
            self._sent = sent
            self._events.append(BadAnswer(str(error)))
            self.receive_failure(Failure.BAD_ANSWER, now)
        except NotSaved as error:
            self._sent = sent
            self._events.append(AnswerNotSaved(str(error)))
            self.receive_failure(Failure.BUSY, now)

    def receive_failure(self, failure: Failure, now: int, retry_after_ms: int = 0) -> None:
        """No answer came. What was sent may have arrived all the same: it is sent again and known by its seq."""
        sent, self._sent = self._sent, None
        if sent is None:
            return
        self._news |= sent.with_cursors
        if failure in (Failure.TIMEOUT, Failure.NETWORK, Failure.BAD_ANSWER, Failure.TOO_LARGE):
            self._page_bytes = max(PAGE_BYTES_MIN, self._page_bytes // 2)
        self._pacing.failed(now, retry_after_ms)
        if failure is Failure.UNAUTHORIZED:
            self._events.append(NeedToken(0))
        if failure is Failure.UPGRADE_REQUIRED:
            self._events.append(UpgradeRequired(0))
            self._pacing.hold(now, max(retry_after_ms, LEVEL_MS))

    def _take(self, sent: Sent, message: AnswerMessage, now: int) -> None:
        answer = message.envelope
        match answer.status:
            case Status.OK:
                effect = self.steps.take_answer(self.store, sent, message)
            case Status.FORK:
                effect = self.steps.adopt_chain(self.store, answer)
            case Status.GAP:
                effect = self.steps.fill_gap(self.store, answer)
            case Status.EPOCH_CHANGED:
                effect = self.steps.change_epoch(self.store, answer)
            case Status.REVOKED:
                effect = self.steps.take_revocation(self.store, sent, answer)
            case Status.UPGRADE_REQUIRED:
                self._sent = sent
                self.receive_failure(Failure.UPGRADE_REQUIRED, now, answer.retry_after * 1_000)
                return
        self._events += effect.events
        self._page_bytes = min(self._page_bytes_max, self._page_bytes * 2)
        if 0 < answer.token_expires_in < 60:
            self._events.append(NeedToken(answer.token_expires_in))
        if answer.status is Status.REVOKED:
            self._after_revocation(effect, now)
            return
        self._plan(effect, repaired=answer.status is not Status.OK or bool(effect.resets), now=now)
        if answer.retry_after:
            self._pacing.hold(now, answer.retry_after * 1_000)

    def _plan(self, effect: Effect, *, repaired: bool, now: int) -> None:
        """Again at once while there is progress and something left; else wait. Repairs that repeat wait longer."""
        done = effect.level and not self.store.outbox_size() and not self.store.evidence_size()
        self._repairs = 0 if effect.level else self._repairs + repaired
        if done:
            self._events.append(Level(self.store.standing().tag))
            self._pacing.succeeded()
            self._pacing.level(now)
            if self._news:
                self._pacing.woken(now)
        elif effect.progressed and self._repairs <= REPAIRS_AT_ONCE:
            self._pacing.succeeded()
            self._pacing.at_once(now)
        else:
            self._pacing.failed(now)

    def _after_revocation(self, effect: Effect, now: int) -> None:
        """Whatever is unsent is deposited first. A centre that takes nothing is asked again, ever more rarely."""
        waiting = self.store.outbox_size()
        self._events.append(Revoked(waiting))
        self._repairs = 0 if effect.progressed else self._repairs + 1
        if not waiting:
            self._wipe()
        elif self._repairs <= REPAIRS_AT_ONCE:
            self._pacing.succeeded()
            self._pacing.at_once(now)
        else:
            self._pacing.failed(now)

    def _wipe(self) -> None:
        self._wiped = True
        self._events.append(WipeNow())


def _chain(head: bytes, first_seq: int, entries: list[Entry]) -> list[bytes]:
    hashes = []
    for seq, entry in enumerate(entries, start=first_seq):
        head = extend(head, seq, entry.hash)
        hashes.append(head)
    return hashes
