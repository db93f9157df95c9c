"""The ends of the audit chains, signed and only ever added to."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.actions.change_epoch import RESTORED, change_epoch
from server.actions.log_heads import FILE, SignedHeads, read_signed_heads, sign_heads, signing_key
from tests.small_centre import HELPER, VILLAGE, SmallCentre, small_centre


async def signed(small: SmallCentre, folder: Path) -> int:
    return await sign_heads(small.centre.database, folder, signing_key(small.centre.secrets), now_ms=1)


def read(small: SmallCentre, folder: Path) -> SignedHeads:
    return read_signed_heads(folder, signing_key(small.centre.secrets).public_key())


async def test_the_first_line_tells_all_and_the_next_what_grew(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        [(count,)] = await small.fetch("SELECT count(*) FROM buckets WHERE log_length > 0")
        assert await signed(small, tmp_path) == count + 1  # the log of accounts is one more
        await small.register(await small.enrol(HELPER))
        assert await signed(small, tmp_path) == 1
        assert await signed(small, tmp_path) == 0
        found = read(small, tmp_path)
        assert found.faults == ()
        assert found.ends[f"place:{VILLAGE}"].length == 2
        assert len((tmp_path / FILE).read_bytes().splitlines()) == 2


async def test_a_new_epoch_begins_anew_because_its_log_may_be_shorter(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await small.register(await small.enrol(HELPER))
        await signed(small, tmp_path)
        centre = small.centre
        old = read(small, tmp_path).epoch
        await change_epoch(centre.store, old, RESTORED, now_ms=2, randomness=centre.randomness)
        [(count,)] = await small.fetch("SELECT count(*) FROM buckets WHERE log_length > 0")
        assert await signed(small, tmp_path) == count + 1
        assert read(small, tmp_path).epoch != old


async def test_what_a_crash_left_of_a_line_spoils_no_other(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await signed(small, tmp_path)
        with (tmp_path / FILE).open("ab") as file:
            file.write(b'{"at":')
        assert read(small, tmp_path).faults == ()
        await small.register(await small.enrol(HELPER))
        await signed(small, tmp_path)
        found = read(small, tmp_path)
        assert found.faults == ()
        assert found.ends[f"place:{VILLAGE}"].length == 2


async def test_another_key_signs_nothing_here(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await signed(small, tmp_path)
        foreign = Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key()
        assert read_signed_heads(tmp_path, foreign).faults


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_signed_heads(tmp_path, Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key()).ends == {}
