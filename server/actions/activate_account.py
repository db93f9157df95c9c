"""Gives an account a one-time activation code, which its owner types or scans on a new device.

Laws: the code is shown once and kept as a keyed hash; a new code ends the account's earlier unused ones.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import segno

from server.actions.desk_change import CENTRE_ACCOUNT
from server.actions.refusals import AccountClosed, NotFound
from server.credentials import Secrets, new_code, read_code
from server.storage.people import ACTIVE, account_by_id, accounts_by_login, record_event
from server.storage.unit_of_work import Database
from sync.core.ids import timed_id

CODE_LIFE_MS = 7 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Activation:
    """`code` is shown to the person and to nobody else."""

    account: str
    login: str
    name: str
    code: str
    expires_at: int

    def __repr__(self) -> str:
        return f"Activation({self.login})"


async def activate_account(
    database: Database,
    secrets: Secrets,
    login: str,
    *,
    actor: str,
    now_ms: int,
    randomness: Callable[[int], bytes],
    life_ms: int = CODE_LIFE_MS,
) -> Activation:
    """A new code for the account with this login (or id). Raises NotFound or AccountClosed."""
    return (
        await activate_accounts(
            database, secrets, [login], actor=actor, now_ms=now_ms, randomness=randomness, life_ms=life_ms
        )
    )[0]


async def activate_accounts(
    database: Database,
    secrets: Secrets,
    logins: Sequence[str],
    *,
    actor: str,
    now_ms: int,
    randomness: Callable[[int], bytes],
    life_ms: int = CODE_LIFE_MS,
) -> list[Activation]:
    """New codes for many accounts in one transaction, in the order of `logins`."""
    made: list[Activation] = []
    async with database.write() as tx:
        known = await accounts_by_login(tx, logins)
        for login in logins:
            account = known.get(login) or await account_by_id(tx, login)
            if account is None or account.id == CENTRE_ACCOUNT:
                raise NotFound(f"no account {login}")
            if account.status != ACTIVE:
                raise AccountClosed(login)
            code = new_code(randomness(16))
            made.append(Activation(account.id, account.login, account.name, code, now_ms + life_ms))
        ids = [activation.account for activation in made]
        await tx.execute(
            "UPDATE activation_codes SET expires_at = ? WHERE account IN (?*) AND used_at IS NULL AND expires_at > ?",
            [now_ms, ids, now_ms],
        )
        columns = ("code_hash", "account", "created_at", "expires_at")
        rows = [(secrets.code_hash(read_code(a.code)), a.account, now_ms, a.expires_at) for a in made]
        await tx.insert_many("activation_codes", columns, rows)
        for account_id in ids:
            event = timed_id(now_ms, randomness(10))
            await record_event(tx, event=event, at_ms=now_ms, actor=actor, verb="activate", account=account_id)
    return made


def activation_link(server: str, code: str) -> str:
    """What the QR code holds: where to enrol, and with which code."""
    return f"bangban:{server}?code={quote(code, safe='')}"


def activation_svg(server: str, code: str) -> str:
    """The link as a QR code, as an SVG element."""
    out = io.BytesIO()
    segno.make(activation_link(server, code), error="m").save(out, kind="svg", scale=6, xmldecl=False, nl=False)
    return out.getvalue().decode()


def activation_text(server: str, code: str) -> str:
    """The same for a terminal."""
    return terminal_qr(activation_link(server, code))


def terminal_qr(said: str) -> str:
    """Any text as a QR code of blocks."""
    out = io.StringIO()
    segno.make(said, error="m").terminal(out, compact=True)
    return out.getvalue()
