"""Signs staff in at the console: a password first, a second factor after it, then a session that idles out.

    sign_in → (password right) a session that may only show a factor → show_totp | passkeys.py → a full session
    set_password   with an activation code, at the first sign-in or when it was forgotten
    give_sign_in   by who runs the centre: a password and an authenticator that count at once

Laws: an unknown login and a wrong password are the same answer and cost the same time. A session without its factor
opens nothing but the page for the factor. One code of a TOTP is good for one sign-in. The token is in the browser
alone; the database has its hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import pyotp

from server.actions.desk_change import CENTRE_ACCOUNT
from server.actions.refusals import AccountClosed, CodeSpent, CredentialRefused, SessionOver
from server.credentials import CredentialInvalid, Secrets, read_code, to_base64url
from server.domain.people.roles import Role
from server.passwords import Passwords
from server.storage import staff
from server.storage.people import ACTIVE, AccountRow, account_by_id, accounts_by_login, record_event
from server.storage.sealing import Sealing
from server.storage.staff import FactorRow, StaffSessionRow
from server.storage.unit_of_work import Database, Transaction
from sync.core.ids import timed_id

IDLE_MS = 30 * 60_000
LIFE_MS = 12 * 3_600_000
STEP_UP_MS = 5 * 60_000
"""How long a factor counts as just shown, before exports and the like."""
SEEN_EVERY_MS = 60_000
TOTP_STEP_S = 30
TOTP_STEPS_BACK = 1
PASSWORD_BYTES = 15
"""Of a password that the centre makes up: 20 signs, typed once and then kept by a browser."""
STAFF_ROLES = frozenset(Role) - {Role.HELPER, Role.CLAIM_WORKER}
ISSUER = "帮办 Bangban"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the browser's cookie. `session`: its row."""

    token: str
    session: StaffSessionRow
    account: AccountRow


@dataclass(frozen=True, slots=True)
class GivenSignIn:
    """What a person signs in with. `secret` goes into an authenticator, by hand or as `address` in a QR code."""

    login: str
    password: str = field(repr=False)
    secret: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaffVisitor:
    """Who sits at a page. `full`: both factors were shown."""

    account: AccountRow
    session: StaffSessionRow

    @property
    def full(self) -> bool:
        return self.session.factor_at is not None

    def stepped_up(self, now_ms: int) -> bool:
        return self.session.factor_at is not None and now_ms - self.session.factor_at < STEP_UP_MS


@dataclass(frozen=True)
class StaffDoor:
    """What signing in works with."""

    database: Database
    secrets: Secrets
    sealing: Sealing
    passwords: Passwords
    now: Callable[[], int]
    randomness: Callable[[int], bytes]


async def sign_in(door: StaffDoor, login: str, password: str, *, browser: str, address: str) -> SignedIn:
    """A session that still wants its factor. Raises CredentialRefused; TooManySignIns when too many try at once."""
    async with door.database.read() as snapshot:
        account = (await accounts_by_login(snapshot, [login])).get(login)
        kept = await staff.password_of(snapshot, account.id) if account is not None else None
    welcome = account is not None and account.status == ACTIVE and account.role in STAFF_ROLES
    verdict = await door.passwords.check(password, kept if welcome else None)
    if not verdict.right or account is None:
        raise CredentialRefused("login or password")
    now, token = door.now(), to_base64url(door.randomness(32))
    row = StaffSessionRow(session_id(token), account.id, now, now, None, None, browser[:200], address[:64])
    async with door.database.write() as tx:
        if verdict.new_hash is not None:
            await staff.keep_password(tx, account.id, verdict.new_hash)
        await staff.insert_staff_session(tx, row)
        await _note(tx, door, account.id, "sign_in")
    return SignedIn(token, row, account)


def session_id(token: str) -> str:
    """What the database knows a token by."""
    return to_base64url(hashlib.sha256(token.encode()).digest())


async def visitor_of(door: StaffDoor, token: str, *, is_activity: bool = True) -> StaffVisitor:
    """Who shows this token. What a page does by itself is no activity, and keeps no session alive. Raises SessionOver
    when it is unknown, idle, old or ended, or the account is closed.
    """
    now = door.now()
    async with door.database.read() as snapshot:
        session = await staff.staff_session(snapshot, session_id(token))
        account = await account_by_id(snapshot, session.account) if session is not None else None
    if session is None or account is None or session.ended_at is not None:
        raise SessionOver("ended")
    if now - session.seen_at >= IDLE_MS or now - session.started_at >= LIFE_MS:
        raise SessionOver("idle")
    if account.status != ACTIVE or account.role not in STAFF_ROLES:
        raise SessionOver("closed")
    if is_activity and now - session.seen_at >= SEEN_EVERY_MS:
        async with door.database.write() as tx:
            await staff.note_seen(tx, session.id, now)
    return StaffVisitor(account, session)


async def set_password(door: StaffDoor, code: str, password: str) -> AccountRow:
    """The password of the account whose activation code this is; every session of it ends.

    Raises PasswordUnfit, CredentialRefused, CodeSpent or AccountClosed.
    """
    hashed = await door.passwords.hash(password)
    try:
        code_hash = door.secrets.code_hash(read_code(code))
    except CredentialInvalid:
        raise CredentialRefused("code") from None
    now = door.now()
    async with door.database.write() as tx:
        row = await tx.fetch_one(
            "SELECT account, expires_at, used_at FROM activation_codes WHERE code_hash = ?", [code_hash]
        )
        if row is None:
            raise CredentialRefused("code")
        account = await account_by_id(tx, row[0])
        if row[2] is not None or row[1] <= now:
            raise CodeSpent("used or out of time")
        if account is None or account.status != ACTIVE or account.role not in STAFF_ROLES:
            raise AccountClosed("no account for the console")
        await tx.execute("UPDATE activation_codes SET used_at = ? WHERE code_hash = ?", [now, code_hash])
        await keep_new_password(tx, door, account.id, hashed)
    return account


async def keep_new_password(tx: Transaction, door: StaffDoor, account: str, hashed: str) -> None:
    """Whoever had the old one is out."""
    await staff.keep_password(tx, account, hashed)
    await staff.end_staff_sessions(tx, account, door.now(), "password_changed")
    await _note(tx, door, account, "set_password")


async def give_sign_in(door: StaffDoor, login: str, *, actor: str) -> GivenSignIn:
    """A new password and a new authenticator for the account; what it had before opens nothing any more. Raises
    AccountClosed for who does not sign in at the console.
    """
    password = to_base64url(door.randomness(PASSWORD_BYTES))
    hashed = await door.passwords.hash(password)
    secret = base64.b32encode(door.randomness(20)).decode()
    factor, now = timed_id(door.now(), door.randomness(10)), door.now()
    async with door.database.write() as tx:
        account = (await accounts_by_login(tx, [login])).get(login)
        if account is None or account.id == CENTRE_ACCOUNT:
            raise AccountClosed(f"{login} is no account for the console")
        if account.status != ACTIVE or account.role not in STAFF_ROLES:
            raise AccountClosed(f"{login} is no account for the console")
        for one in await staff.factors_of(tx, account.id):
            await staff.drop_factor(tx, one.id, account.id)
        sealed = door.sealing.seal(factor_place(factor), secret.encode())
        await staff.insert_factor(tx, FactorRow(factor, account.id, "totp", actor, sealed, None, 0, now), now)
        await staff.keep_password(tx, account.id, hashed)
        await staff.end_staff_sessions(tx, account.id, now, "password_changed")
        event = timed_id(now, door.randomness(10))
        await record_event(tx, event=event, at_ms=now, actor=actor, verb="give_sign_in", account=account.id)
    return GivenSignIn(login, password, secret, _address_of(secret, login))


def _address_of(secret: str, login: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


async def begin_totp(door: StaffDoor, account: str, name: str) -> tuple[str, str]:
    """A new secret for an authenticator: (factor, otpauth address). It counts once a code of it was shown."""
    secret, factor, now = pyotp.random_base32(), timed_id(door.now(), door.randomness(10)), door.now()
    async with door.database.write() as tx:
        for one in await staff.factors_of(tx, account):
            if one.kind == "totp" and one.confirmed_at is None:
                await staff.drop_factor(tx, one.id, account)
        sealed = door.sealing.seal(factor_place(factor), secret.encode())
        await staff.insert_factor(tx, FactorRow(factor, account, "totp", name[:80], sealed, None, 0, None), now)
        login = await account_by_id(tx, account)
    assert login is not None, "who begins a factor is signed in"
    return factor, _address_of(secret, login.login)


async def show_totp(door: StaffDoor, visitor: StaffVisitor, code: str) -> None:
    """Makes the session full. Raises CredentialRefused."""
    now, digits = door.now(), "".join(sign for sign in code if sign.isdecimal())
    async with door.database.write() as tx:
        for factor in await staff.factors_of(tx, visitor.account.id):
            if factor.kind != "totp" or (factor.confirmed_at is None and await _has_confirmed(tx, visitor)):
                continue
            step = _step_of(
                door.sealing.open(factor_place(factor.id), factor.secret).decode(), digits, now, factor.counter
            )
            if step is not None:
                await staff.note_factor_used(tx, factor.id, step, now)
                await staff.note_factor(tx, visitor.session.id, now)
                await _note(tx, door, visitor.account.id, "show_factor")
                return
    raise CredentialRefused("code")


async def prove_totp(door: StaffDoor, account: str, code: str) -> None:
    """That its owner asks, where no session of a browser tells so: an authenticator's code of this moment, once. Raises
    CredentialRefused, also for who has no authenticator.
    """
    now, digits = door.now(), "".join(sign for sign in code if sign.isdecimal())
    async with door.database.write() as tx:
        for factor in await staff.factors_of(tx, account):
            if factor.kind != "totp" or factor.confirmed_at is None:
                continue
            secret = door.sealing.open(factor_place(factor.id), factor.secret).decode()
            step = _step_of(secret, digits, now, factor.counter)
            if step is not None:
                await staff.note_factor_used(tx, factor.id, step, now)
                await _note(tx, door, account, "show_factor")
                return
    raise CredentialRefused("code")


async def _has_confirmed(tx: Transaction, visitor: StaffVisitor) -> bool:
    """A new authenticator is added only by someone who has shown the old one."""
    confirmed = any(one.confirmed_at is not None for one in await staff.factors_of(tx, visitor.account.id))
    return confirmed and not visitor.full


def _step_of(secret: str, digits: str, now_ms: int, used: int) -> int | None:
    """The time step whose code this is, if it was not used before."""
    totp, current = pyotp.TOTP(secret), now_ms // 1000 // TOTP_STEP_S
    for step in range(current - TOTP_STEPS_BACK, current + 2):
        if step > used and pyotp.utils.strings_equal(digits, totp.generate_otp(step)):
            return step
    return None


async def sign_out(door: StaffDoor, visitor: StaffVisitor, *, session: str = "") -> None:
    """Ends this session, or another of the same person's."""
    async with door.database.write() as tx:
        await staff.end_staff_session(tx, session or visitor.session.id, visitor.account.id, door.now(), "signed_out")


def factor_place(factor: str) -> str:
    """What the seal of a factor's secret is bound to."""
    return f"staff_factors/{factor}"


async def _note(tx: Transaction, door: StaffDoor, account: str, verb: str) -> None:
    event = timed_id(door.now(), door.randomness(10))
    await record_event(tx, event=event, at_ms=door.now(), actor=account, verb=verb, account=account)
