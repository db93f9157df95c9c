"""Right and wrong cost the same, and only so many wait."""

import asyncio

import pytest
from argon2 import PasswordHasher

from server.passwords import HASHER, WAITING_MAX, Passwords, PasswordUnfit, TooManySignIns

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Counting(PasswordHasher):
    """Counts what was verified."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override] # noqa: A002
        self.verified += 1
        return super().verify(hash, password)


async def test_the_right_password_is_right_however_it_is_composed() -> None:
    passwords = Passwords(QUICK)
    kept = await passwords.hash("cafe\u0301 au lait 1")
    assert (await passwords.check("caf\u00e9 au lait 1", kept)).right
    assert not (await passwords.check("caf\u00e9 au lait 2", kept)).right


async def test_an_unknown_login_is_verified_like_any_other() -> None:
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    passwords = Passwords(hasher)
    assert not (await passwords.check("no account has this password", None)).right
    assert hasher.verified == 1


async def test_a_hash_with_weaker_parameters_is_made_anew() -> None:
    kept = await Passwords(QUICK).hash("a long enough one")
    verdict = await Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)).check(
        "a long enough one", kept
    )
    assert verdict.right
    assert verdict.new_hash is not None
    assert "t=2" in verdict.new_hash


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaaaa", "x" * 129])
async def test_an_unfit_password_is_not_taken(password: str) -> None:
    with pytest.raises(PasswordUnfit):
        await Passwords(QUICK).hash(password)


async def test_a_damaged_hash_is_a_wrong_password() -> None:
    assert not (await Passwords(QUICK).check("a long enough one", "$argon2id$nonsense")).right


async def test_only_so_many_wait() -> None:
    passwords = Passwords(QUICK)
    results = await asyncio.gather(
        *(passwords.check("x", None) for _ in range(WAITING_MAX + 5)), return_exceptions=True
    )
    assert sum(isinstance(result, TooManySignIns) for result in results) == 5


def test_the_real_parameters_are_argon2id_with_64_mib() -> None:
    assert HASHER.memory_cost == 65_536
    assert HASHER.hash("x" * 12).startswith("$argon2id$")
