"""One exchange, from the bytes of a request to the bytes of its answer (docs/protocol.md).

    answer          parse → who wrote it → write its changes → one snapshot → compose
    ├── _write          signature, then the write path; with nothing to send only a look at the chain
    └── _compose        by status: level or paging, fork, gap, another epoch, revoked, relayed

Laws: nothing is answered before its commit. Outcomes and rows are one snapshot, taken after. The signature says who
wrote the changes; the token of whoever carries them opens nothing of the author's but outcomes. An idle exchange
writes nothing here; what the device said of itself is noted for later (server/storage/contacts.py).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agent_api.caller import Caller
from server.actions.change_epoch import PROVED_BY_DEVICE, change_epoch
from server.storage.contacts import Contact, ContactBook
from server.storage.errors import StorageError, Superseded
from server.storage.feed import Asked, Down, heads_told, read_feed
from server.storage.store import DeviceKey, Entitlement, EvidenceRow, Store, StoreRead
from server.write import Job, NoSuchDevice, Writer
from server.write_steps import Steps
from sync.central.known import ChainState, KnownChange
from sync.core.chain import (
    acknowledged_payload,
    content_hash,
    decode_hash,
    encode_hash,
    evidence_payload,
    extend_all,
    signed_payload,
)
from sync.core.clock import Clock
from sync.core.codec import RequestMessage, encode_answer, parse_request
from sync.core.errors import Malformed, NotAuthentic
from sync.core.messages import PROTOCOL, Answer, FileState, Outcome, Request, Status

KEYS_KEPT = 10_000
EVIDENCE_MS = 30 * 86_400_000
"""So long after a restore a device may show what it holds from beyond the backup."""
TOKEN_END_TOLD_S = 120
ACK_BYTES = 16
"""Every exchange carries it both ways; nobody but the centre makes or checks one."""


@dataclass(frozen=True, kw_only=True)
class _Up:
    """What came of the upward part, and the chain to answer with."""

    status: Status
    chain: ChainState
    outcomes: tuple[KnownChange, ...] = ()
    author_revoked: bool = False


class _Need(Enum):
    """What must be done before the answer can be given."""

    FORK = "fork"  # a new chain, which only the write path gives out
    EPOCH = "epoch"  # the device proved that this centre was restored
    FENCE = "fence"  # it proved that another centre has begun a later history


class Exchange:
    """Answers requests. `ack_key` authenticates acknowledgements and outlives every restore of the database."""

    def __init__(
        self,
        *,
        store: Store,
        writer: Writer,
        steps: Steps,
        clock: Clock,
        randomness: Callable[[int], bytes],
        ack_key: bytes,
        contacts: ContactBook,
        min_app: int = 0,
        evidence_ms: int = EVIDENCE_MS,
    ) -> None:
        self._store = store
        self._writer = writer
        self._steps = steps
        self._clock = clock
        self._randomness = randomness
        self._ack_key = ack_key
        self._contacts = contacts
        self._min_app = min_app
        self._evidence_ms = evidence_ms
        self._keys: dict[str, tuple[DeviceKey, Ed25519PublicKey]] = {}
        self._told_to_wipe: set[str] = set()

    async def answer(self, message: bytes, caller: Caller) -> bytes:
        """Raises SyncError for what counts as nothing at all, StorageError when it could not be kept, Superseded among
        them when of two centres this is the older."""
        request = parse_request(message)
        envelope = request.envelope
        key, public_key = await self._key_of(envelope.device, caller)
        if envelope.n or envelope.restart:
            _check_signature(request, public_key)
        up = await self._write(request, caller) if envelope.n or envelope.restart else None
        if request.evidence and caller.device == envelope.device and not caller.revoked:
            await self._keep_evidence(request, public_key)
        done = await self._look(envelope, caller, key, up)
        while isinstance(done, _Need):
            up = await self._write(request, caller) if done is _Need.FORK else None
            if done is _Need.EPOCH:
                await self._change_epoch(envelope)
            if done is _Need.FENCE:
                await self._note_elsewhere(envelope)
            done = await self._look(envelope, caller, key, up)
        if caller.device == envelope.device:
            if caller.revoked or (up is not None and up.author_revoked):
                await self._note_wiped(envelope.device)
            since = envelope.waiting_since if envelope.waiting else None
            self._contacts.note(envelope.device, Contact(self._clock.wall_ms(), envelope.waiting, since))
        return done

    async def _key_of(self, device: str, caller: Caller) -> tuple[DeviceKey, Ed25519PublicKey]:
        """A device's key never changes, so it is read once: with its bearer's standing, or here for another's."""
        found = self._keys.get(device)
        if found is None:
            if caller.device == device and caller.public_key:
                key: DeviceKey | None = DeviceKey(account=caller.account, public_key=caller.public_key)
            else:
                async with self._store.read() as unit:
                    key = await unit.device_key(device)
            if key is None:
                raise NotAuthentic("no such device")
            found = key, Ed25519PublicKey.from_public_bytes(key.public_key)
            if len(self._keys) >= KEYS_KEPT:
                self._keys.clear()
            self._keys[device] = found
        return found

    async def _write(self, request: RequestMessage, caller: Caller) -> _Up:
        envelope = request.envelope
        job = Job(
            device=envelope.device,
            carrier=caller.device,
            chain_epoch=envelope.chain_epoch,
            first_seq=envelope.first_seq,
            prev_hash=_hash(envelope.prev_hash),
            lines=request.changes,
            restart=envelope.restart,
            honoured={one.record: one.number for one in envelope.honour},
            epoch=envelope.epoch,
        )
        try:
            written = await self._writer.write(job)
        except NoSuchDevice:
            raise NotAuthentic("no such device") from None
        return _Up(
            status=written.status,
            chain=written.chain,
            outcomes=written.outcomes,
            author_revoked=written.revoked,
        )

    async def _keep_evidence(self, request: RequestMessage, public_key: Ed25519PublicKey) -> None:
        """Only what the device signed, and only while a restored centre is being made whole."""
        if not _covers_evidence(request, public_key):
            return
        rows = []
        for one, body in zip(request.envelope.evidence, request.evidence, strict=True):
            name = f"{request.envelope.device}\n{one.kind}\n{one.record}\n{one.bucket}\n{one.version}\n"
            ident = encode_hash(content_hash(name.encode() + body))
            rows.append(EvidenceRow(ident, one.kind, one.record, one.bucket, one.version, body))
        async with self._store.read() as reading:
            state, since = await reading.centre(), await reading.restored_at()
            restored = await reading.restored_heads({one.bucket for one in rows})
        # Of another history, or of what the backup held, it proves nothing.
        rows = [one for one in rows if one.version > restored[one.bucket]]
        if not rows or request.envelope.epoch != state.epoch or state.superseded_by:
            return
        if since is None or self._clock.wall_ms() - since >= self._evidence_ms:
            return
        async with self._store.write() as unit:
            await unit.keep_evidence(request.envelope.device, state.epoch, self._clock.wall_ms(), rows)

    async def _note_wiped(self, device: str) -> None:
        """That it was told to wipe is written once. What fails now is written at the next contact."""
        if device in self._told_to_wipe:
            return
        with suppress(StorageError):
            async with self._store.write() as unit:
                await unit.note_wiped(device, self._clock.wall_ms())
            self._told_to_wipe.add(device)

    async def _change_epoch(self, envelope: Request) -> None:
        await change_epoch(
            self._store,
            envelope.epoch,
            PROVED_BY_DEVICE,
            now_ms=self._clock.wall_ms(),
            randomness=self._randomness,
        )

    async def _note_elsewhere(self, envelope: Request) -> None:
        async with self._store.write() as unit:
            await unit.note_elsewhere(envelope.epoch, self._clock.wall_ms())

    async def _look(self, envelope: Request, caller: Caller, key: DeviceKey, up: _Up | None) -> bytes | _Need:
        """The answer from one snapshot, or what must be done first."""
        async with self._steps.snapshot(self._store) as unit:
            view = await unit.entitlement(key.account, envelope.device, envelope.chain_epoch)
            if view.centre.superseded_by:
                raise Superseded(view.centre.superseded_by)
            held = view.chain or ChainState.start(envelope.device, envelope.chain_epoch)
            if await self._proves_another(unit, envelope, view):
                return _Need.FENCE
            if self._proves_future(envelope, view, held):
                return _Need.EPOCH
            if not self._steps.knows_epoch(envelope.epoch, view.centre):
                up = _Up(status=Status.EPOCH_CHANGED, chain=held)
            up = up or _check_position(envelope, held)
            if up is None:
                return _Need.FORK
            return await self._compose(unit, envelope, caller, key, view, up)

    async def _proves_another(self, unit: StoreRead, envelope: Request, view: Entitlement) -> bool:
        """Whether the device shows this centre's own word of a later history that it never had: it was restored
        elsewhere, and this is the old one that somebody left running or started again."""
        if envelope.epoch <= view.centre.epoch or not envelope.ack:
            return False
        position, digest = envelope.first_seq - 1, _hash(envelope.prev_hash)
        word = self._ack(envelope.epoch, envelope, position, digest)
        return hmac.compare_digest(envelope.ack, word) and not await unit.had_epoch(envelope.epoch)

    def _proves_future(self, envelope: Request, view: Entitlement, held: ChainState) -> bool:
        """Whether the device shows the centre's own word, in this epoch, for something the centre does not have."""
        position, digest = envelope.first_seq - 1, _hash(envelope.prev_hash)
        lacks = position > held.last_seq or (position == held.last_seq and digest != held.hash)
        if not lacks or not envelope.ack:
            return False
        return hmac.compare_digest(envelope.ack, self._ack(view.centre.epoch, envelope, position, digest))

    def _ack(self, epoch: str, envelope: Request, last_seq: int, digest: bytes, chain_epoch: int = -1) -> str:
        chain_epoch = chain_epoch if chain_epoch >= 0 else envelope.chain_epoch
        payload = acknowledged_payload(epoch, envelope.device, chain_epoch, last_seq, digest)
        return encode_hash(hmac.digest(self._ack_key, payload, "sha256")[:ACK_BYTES])

    async def _compose(
        self, unit: StoreRead, envelope: Request, caller: Caller, key: DeviceKey, view: Entitlement, up: _Up
    ) -> bytes:
        own = caller.device == envelope.device
        revoked = own and (caller.revoked or up.author_revoked)
        opens = own and not revoked
        answer = Answer(
            protocol=PROTOCOL,
            status=Status.REVOKED if revoked else up.status,
            epoch=view.centre.epoch,
            server_time=self._clock.wall_ms(),
            chain_epoch=up.chain.epoch,
            last_seq=up.chain.last_seq,
            chain_hash=encode_hash(up.chain.hash),
            durable_upto=min(view.durable_upto, up.chain.last_seq) if up.chain.epoch == envelope.chain_epoch else 0,
            ack=self._ack(view.centre.epoch, envelope, up.chain.last_seq, up.chain.hash, up.chain.epoch),
            outcomes=[] if revoked else list(outcomes_of(up)),
            token_expires_in=caller.token_expires_in if own else 0,
            min_app=self._min_app,
        )
        if opens and up.status is Status.EPOCH_CHANGED:
            heads = await unit.restored_heads([one.bucket for one in self._steps.may_read(view)])
            answer = msgspec.structs.replace(answer, restored=heads_told(heads))
        if not opens or up.status is not Status.OK:
            return encode_answer(_in_brief(answer, envelope), [])
        asked = Asked(tag=envelope.tag, cursors=envelope.cursors, target=envelope.target, max_bytes=envelope.max_bytes)
        down = await read_feed(unit, view.centre.epoch, self._steps.may_read(view), asked)
        files = await unit.file_states(envelope.files, key.account) if envelope.files else {}
        return encode_answer(_in_brief(_with_down(answer, down, files), envelope), down.bodies)


def outcomes_of(up: _Up) -> Iterator[Outcome]:
    """Each change's outcome as it is told to its author, in the order of their seqs."""
    for change in up.outcomes:
        landed = change.code.has_effect and change.bucket != ""
        yield Outcome(
            seq=change.seq,
            id=change.id,
            code=change.code,
            at=(change.bucket, change.version) if landed else None,
            rev=change.rev,
            conflict=change.conflict,
            reason=change.reason,
            detail=change.detail,
        )


def _with_down(answer: Answer, down: Down, files: Mapping[str, FileState]) -> Answer:
    return msgspec.structs.replace(
        answer,
        tag=down.tag,
        need_cursors=down.need_cursors,
        entitled=down.entitled,
        target=down.target,
        pages=down.pages,
        resets=down.resets,
        files=dict(files),
        more=down.more,
    )


def _in_brief(answer: Answer, envelope: Request) -> Answer:
    """Without what repeats the request, when that asked for it."""
    if not envelope.brief:
        return answer
    stands = (answer.chain_epoch, answer.last_seq) == (envelope.chain_epoch, envelope.first_seq - 1)
    same_hash = stands and answer.chain_hash == envelope.prev_hash
    return msgspec.structs.replace(
        answer,
        epoch="" if answer.epoch == envelope.epoch else answer.epoch,
        chain_hash="" if same_hash else answer.chain_hash,
        ack="" if same_hash and answer.ack == envelope.ack else answer.ack,
        token_expires_in=answer.token_expires_in if answer.token_expires_in < TOKEN_END_TOLD_S else 0,
    )


def _check_position(envelope: Request, held: ChainState) -> _Up | None:
    """Where a device stands that sends nothing. None: it was rolled back, or is another copy."""
    position = envelope.first_seq - 1
    if position > held.last_seq:
        return _Up(status=Status.GAP, chain=held)
    if position < held.last_seq or _hash(envelope.prev_hash) != held.hash:
        return None
    return _Up(status=Status.OK, chain=held)


def _check_signature(request: RequestMessage, public_key: Ed25519PublicKey) -> None:
    """Proves that the device wrote these changes, in this order, after those before them."""
    envelope = request.envelope
    last_seq = envelope.first_seq - 1 + envelope.n
    reached = extend_all(_hash(envelope.prev_hash), envelope.first_seq, (line.hash for line in request.changes))
    try:
        signature = decode_hash(envelope.signature)
        public_key.verify(signature, signed_payload(envelope.device, envelope.chain_epoch, last_seq, reached))
    except (ValueError, InvalidSignature):
        raise NotAuthentic("the signature does not fit the changes") from None


def _covers_evidence(request: RequestMessage, public_key: Ed25519PublicKey) -> bool:
    envelope = request.envelope
    shown = zip(envelope.evidence, request.evidence, strict=True)
    rows = [(one.kind, one.record, one.bucket, one.version, body) for one, body in shown]
    try:
        signature = decode_hash(envelope.evidence_signature)
        public_key.verify(signature, evidence_payload(envelope.epoch, envelope.device, rows))
    except (ValueError, InvalidSignature):
        return False
    return True


def _hash(text: str) -> bytes:
    try:
        digest = decode_hash(text)
    except ValueError:
        raise Malformed("prev_hash is not a hash") from None
    if len(digest) != 32:
        raise Malformed("prev_hash is not a hash")
    return digest
