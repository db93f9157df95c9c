"""Owns who is asking: a Caller is a device whose access token was verified and whose standing was looked up.

Laws:
- A token says who; the database says whether that one may still come in. A standing is kept for a second at most,
  and is forgotten at once when this process hears of a change.
- A revoked device, or one whose account was closed, is a caller only where `Who.DEPOSITOR` says so: it may hand over
  what it holds and be told to wipe.
- Nothing here reads the request's URL: the host header is the client's to choose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from server.actions.rotate_signing_key import load_key_ring
from server.credentials import Secrets
from server.domain.people.entitlement import person_bucket
from server.domain.people.roles import Role
from server.storage.people import ACTIVE, Standing, standing_of
from server.storage.unit_of_work import Database
from server.tokens import AccessClaims, KeyRing, TokenInvalid
from sync.core.clock import Clock

RING_LIFE_MS = 30_000
STANDINGS_MAX = 20_000


class Who(Enum):
    """Who may call a route."""

    ANYONE = "anyone"
    DEVICE = "device"  # a device in good standing, of one of the route's roles
    DEPOSITOR = "depositor"  # the same, and a revoked device too
    OPERATOR = "operator"  # the machine itself, or whoever holds the metrics token


@dataclass(frozen=True, slots=True)
class Caller:
    """`token_expires_in` in seconds. `revoked`: it may deposit and must be told to wipe, nothing else."""

    account: str
    device: str
    session: int
    role: Role
    token_expires_in: int
    revoked: bool
    public_key: bytes = b""
    """The device's, when it was looked up with the rest."""

    @property
    def person_bucket(self) -> str:
        return person_bucket(self.account)


class Denied(Exception):
    """The caller cannot come in; `code` is a problem's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Access:
    """Verifies tokens and looks standings up. One per process."""

    def __init__(self, database: Database, secrets: Secrets, clock: Clock, *, standing_life_ms: int = 1_000) -> None:
        self._database = database
        self._secrets = secrets
        self._clock = clock
        self._standing_life_ms = standing_life_ms
        self._ring: KeyRing | None = None
        self._ring_read_at = 0
        self._standings: dict[tuple[str, int], tuple[int, Standing | None]] = {}

    async def ring(self) -> KeyRing:
        """The keys, read anew now and then: another process may have rotated them."""
        now = self._clock.monotonic_ms()
        if self._ring is None or now - self._ring_read_at > RING_LIFE_MS:
            async with self._database.read() as snapshot:
                self._ring = await load_key_ring(snapshot, self._secrets, now_ms=self._clock.wall_ms())
            self._ring_read_at = now
        return self._ring

    def forget(self) -> None:
        """Somebody was revoked, closed or moved: look everybody up again."""
        self._standings.clear()

    async def caller(
        self,
        authorization: str | None,
        who: Who,
        roles: frozenset[Role],
        *,
        enter: Callable[[str], None] = lambda device: None,
    ) -> Caller:
        """Raises Denied, or what `enter` does: it hears whose the token is before anything is looked up."""
        claims = await self._claims(authorization)
        enter(claims.device)
        standing = await self._standing(claims.device, claims.session)
        caller = _caller(claims, standing, self._clock.wall_ms())
        if caller.revoked and who is not Who.DEPOSITOR:
            raise Denied("device_revoked")
        if not caller.revoked and caller.role not in roles:
            raise Denied("not_allowed")
        return caller

    async def still_welcome(self, device: str, session: int) -> bool:
        """Whether an open socket of this session may stay."""
        standing = await self._standing(device, session)
        now = self._clock.wall_ms()
        return standing is not None and not _is_revoked(standing) and _session_lives(standing, now)

    async def _claims(self, authorization: str | None) -> AccessClaims:
        if not authorization:
            raise Denied("token_missing")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Denied("token_missing")
        ring = await self.ring()
        try:
            return ring.read(token, now_ms=self._clock.wall_ms())
        except TokenInvalid as error:
            raise Denied("token_expired" if error.expired else "token_invalid") from None

    async def _standing(self, device: str, session: int) -> Standing | None:
        now = self._clock.monotonic_ms()
        kept = self._standings.get((device, session))
        if kept is not None and now - kept[0] < self._standing_life_ms:
            return kept[1]
        async with self._database.read() as snapshot:
            standing = await standing_of(snapshot, device, session)
        if len(self._standings) >= STANDINGS_MAX:
            self._standings.clear()
        # Stamped with the time before the read: what changed while reading is seen a moment sooner, not later.
        self._standings[(device, session)] = (now, standing)
        return standing


def _caller(claims: AccessClaims, standing: Standing | None, now_ms: int) -> Caller:
    if standing is None or standing.account != claims.account:
        raise Denied("token_invalid")
    revoked = _is_revoked(standing)
    if not revoked and not _session_lives(standing, now_ms):
        raise Denied("session_ended")
    return Caller(
        account=claims.account,
        device=claims.device,
        session=claims.session,
        role=standing.role,
        token_expires_in=max(claims.expires_s - now_ms // 1000, 0),
        revoked=revoked,
        public_key=standing.public_key,
    )


def _is_revoked(standing: Standing) -> bool:
    return standing.revoked_at is not None or standing.status != ACTIVE


def _session_lives(standing: Standing, now_ms: int) -> bool:
    expires, ended = standing.session_expires_at, standing.session_ended_at
    return expires is not None and ended is None and now_ms < expires
