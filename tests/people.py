"""A small world of people for tests: a clock and randomness held in the hand, a directory, and phones with keys."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.actions.enrol_device import EnrolledDevice, Enrolment, enrol_device
from server.actions.import_accounts import register_accounts
from server.credentials import Secrets, enrolment_proof, refresh_proof, to_base64url
from server.domain.people.entitlement import ListedPlace, ListedUnit, directory_of
from server.domain.people.roles import Role, Scope
from server.domain.places import Level
from server.storage.people import AccountRow
from server.storage.places import PlaceRow, UnitRow, insert_places, insert_units
from server.storage.unit_of_work import Database, Transaction

CITY = "341800000000"
COUNTY, OTHER_COUNTY = "341881000000", "341802000000"
TOWN, ZONE_TOWN = "341881106000", "341871001000"
VILLAGE, SIBLING = "341881106200", "341881106201"
ZONE_VILLAGE = "341871001001"
VILLAGE_UNIT, TOWN_UNIT, HALL, ZONE_UNIT = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
NOW = 1_795_000_000_000
MINUTE, DAY = 60_000, 86_400_000

DIRECTORY = directory_of(
    [
        ListedPlace(CITY, Level.CITY, ""),
        ListedPlace(COUNTY, Level.COUNTY, CITY),
        ListedPlace(OTHER_COUNTY, Level.COUNTY, CITY),
        ListedPlace(TOWN, Level.TOWN, COUNTY),
        ListedPlace(ZONE_TOWN, Level.TOWN, OTHER_COUNTY),
        ListedPlace(VILLAGE, Level.VILLAGE, TOWN),
        ListedPlace(SIBLING, Level.VILLAGE, TOWN),
        ListedPlace(ZONE_VILLAGE, Level.VILLAGE, ZONE_TOWN),
    ],
    [
        ListedUnit(VILLAGE_UNIT, VILLAGE),
        ListedUnit(TOWN_UNIT, TOWN),
        ListedUnit(HALL, COUNTY),
        ListedUnit(ZONE_UNIT, ZONE_VILLAGE),
    ],
)
SCOPES = {
    Role.HELPER: Scope(frozenset({VILLAGE}), frozenset({VILLAGE_UNIT})),
    Role.TOWN_LEAD: Scope(frozenset({TOWN}), frozenset({TOWN_UNIT})),
    Role.CLAIM_WORKER: Scope(frozenset(), frozenset({VILLAGE_UNIT})),
}


@dataclass
class HandClock:
    """Stands still until it is moved."""

    wall: int = NOW
    monotonic: int = 0

    def wall_ms(self) -> int:
        return self.wall

    def monotonic_ms(self) -> int:
        return self.monotonic

    def advance(self, ms: int) -> None:
        self.wall += ms
        self.monotonic += ms


def seeded(seed: int = 7) -> random.Random:
    """`.randbytes` is the randomness handed in."""
    return random.Random(seed)


def account_of(role: Role, *, login: str = "") -> AccountRow:
    """An account whose id is as good as random and the same every time."""
    login = login or f"{role.value}-1"
    scope = SCOPES.get(role, Scope(frozenset({COUNTY}), frozenset({HALL})))
    return AccountRow(login.encode().hex().ljust(32, "0")[:32], login, "王小梅", role, scope, COUNTY)


async def put_directory(tx: Transaction) -> None:
    """The places and units of DIRECTORY, as a world would load them."""
    places = DIRECTORY.places.values()
    await insert_places(tx, [PlaceRow(one.code, one.code, one.code, one.level, one.parent, "") for one in places])
    units = DIRECTORY.units.values()
    await insert_units(tx, [UnitRow(one.id, one.id[:18], one.id, one.place, "", True) for one in units])


async def put_accounts(database: Database, *accounts: AccountRow) -> None:
    async with database.write() as tx:
        await register_accounts(tx, accounts, DIRECTORY, NOW)


@dataclass
class Phone:
    """A device's key, and what it would send."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> str:
        return to_base64url(self.key.public_key().public_bytes_raw())

    def sign(self, payload: bytes) -> str:
        return to_base64url(self.key.sign(payload))

    def enrolment(self, code: str, challenge: str) -> Enrolment:
        proof = self.sign(enrolment_proof(challenge, self.public_key))
        return Enrolment(code, challenge, self.public_key, proof, "Mate 20", "1.0.0")

    def refresh_proof(self, device: str, token: str) -> str:
        return self.sign(refresh_proof(device, token))


async def enrol_phone(
    database: Database, secrets: Secrets, code: str, phone: Phone, *, now_ms: int = NOW, seed: int = 1
) -> EnrolledDevice:
    randomness = seeded(seed).randbytes
    asked = phone.enrolment(code, secrets.challenge(now_ms, randomness(8)))
    return await enrol_device(database, secrets, asked, now_ms=now_ms, randomness=randomness)
