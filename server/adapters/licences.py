"""Who knows a resident's electronic licences: the protocol, and a register over HTTP.

Laws: a register is asked for one kind of one person, with the purpose and the case, and only after the look was
logged. What it finds is class A, or B where only a desk has seen it; it never gives less. A register that cannot be
reached raises RegisterUnavailable and nothing else: the paper may then be asked for. docs/adapters.md is the contract
of the HTTP side.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Protocol

import httpx
import msgspec

from server.domain.catalogue.licences import Source
from server.domain.record_fields import parse_date

TIMEOUT_S = 5.0
SIGNATURE = "Bangban-Signature"


class RegisterUnavailable(Exception):
    """Not now: go on with the paper, or ask again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceQuery:
    """`person`: the citizen id as on the card. `case` and `purpose` are told to the register, which keeps them."""

    person: str
    name: str
    kind: str
    purpose: str
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLicence:
    """`source`: register for the issuer's own, desk for what another desk has verified."""

    ref: str
    source: Source = Source.REGISTER
    number: str = ""
    issuer: str = ""
    issued_on: str = ""
    valid_until: str = ""

    def as_fields(self) -> dict[str, str]:
        """What a licence's record keeps of it."""
        said = {
            "register_ref": self.ref,
            "source": self.source.value,
            "number": self.number,
            "issuer": self.issuer,
            "issued_on": self.issued_on,
            "valid_until": self.valid_until,
        }
        return {name: value for name, value in said.items() if value}


class LicenceRegister(Protocol):
    name: str

    async def find(self, query: LicenceQuery, now_ms: int) -> FoundLicence | None:
        """The newest usable one; None when there is none."""
        ...


class _Answer(msgspec.Struct, frozen=True):
    ref: str
    number: str = ""
    issuer: str = ""
    issued_on: str = ""
    valid_until: str = ""


class HttpRegister:
    """Speaks the contract of docs/adapters.md. `client` is the caller's; `key` signs what is asked."""

    name = "http"

    def __init__(self, client: httpx.AsyncClient, key: bytes) -> None:
        self._client = client
        self._key = key

    async def find(self, query: LicenceQuery, now_ms: int) -> FoundLicence | None:
        body = msgspec.json.encode(query)
        headers = {"Content-Type": "application/json", SIGNATURE: signature(self._key, now_ms, body)}
        try:
            answer = await self._client.post("/licences/lookup", content=body, headers=headers, timeout=TIMEOUT_S)
        except httpx.HTTPError as error:
            raise RegisterUnavailable(type(error).__name__) from None
        if answer.status_code == 404:
            return None
        if not answer.is_success:
            raise RegisterUnavailable(f"{answer.status_code}")
        return _read(answer.content)


def _read(content: bytes) -> FoundLicence:
    try:
        told = msgspec.json.decode(content, type=_Answer)
    except msgspec.MsgspecError as error:
        raise RegisterUnavailable(f"an answer that is none: {error}") from None
    days = (told.issued_on, told.valid_until)
    if not told.ref or any(day and parse_date(day) is None for day in days):
        raise RegisterUnavailable("an answer that is none: no reference, or days that are no days")
    return FoundLicence(
        ref=told.ref,
        number=told.number,
        issuer=told.issuer,
        issued_on=told.issued_on,
        valid_until=told.valid_until,
    )


def signature(key: bytes, now_ms: int, body: bytes) -> str:
    """Over the time and exactly the bytes of the body, so that neither can be used again with the other."""
    mac = hmac.new(key, b"%d." % now_ms + body, hashlib.sha256).digest()
    return f"t={now_ms},v1={base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
