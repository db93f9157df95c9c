"""What a backup is on disk, and the paper that proves it.

    <folder>/bangban-20261122T193000Z/database.sqlite    a database of its own, whatever engine it came from
                                      blobs.tsv          key, sha256 and size of every file's object in it
                                      manifest.json      written last: hashes, counts, ends of chains, and a mac
    <folder>/blobs/ab/ab12…                              the objects, shared by all backups in the folder: keys are
                                                         never used twice, so what lies there never changes

Laws: a folder without a whole manifest is no backup. The mac is made with the centre's master secret: what was altered
since is refused. A backup is always a new folder beside the old ones.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from server.credentials import Secrets

DATABASE = "database.sqlite"
BLOB_LIST = "blobs.tsv"
MANIFEST = "manifest.json"
BLOBS = "blobs"
PREFIX = "bangban-"
UNFINISHED = ".unfinished"
PURPOSE = "backup"
FORMAT = 1


class BackupUnusable(Exception):
    """Damaged, partial, or not this centre's. Says which part and why."""


class KeptFile(msgspec.Struct, frozen=True):
    sha256: str
    size: int


class ChainPosition(msgspec.Struct, frozen=True, array_like=True):
    device: str
    chain_epoch: int
    last_seq: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`verified_at`: when the finished copy was opened again and found whole. `second_place`: it lies outside of the
    centre's own data folder, so that what is in it counts as durable.
    """

    format: int = FORMAT
    made_at: int
    verified_at: int
    second_place: bool
    engine: str
    schema_version: int
    epoch: str
    epoch_block: int
    database: KeptFile
    blob_list: KeptFile
    blobs: int
    blobs_missing: list[str]
    rows: dict[str, int]
    chains: list[ChainPosition]
    log_position: int
    mac: str = ""


def folder_name(now_ms: int) -> str:
    return PREFIX + datetime.fromtimestamp(now_ms / 1000, tz=UTC).strftime("%Y%m%dT%H%M%S%fZ")[:-4] + "Z"


def hash_file(path: Path) -> KeptFile:
    """Raises BackupUnusable when it is not there."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
            return KeptFile(digest.hexdigest(), file.tell())
    except OSError as error:
        raise BackupUnusable(f"{path.name} cannot be read: {error.strerror}") from None


def write_manifest(folder: Path, manifest: Manifest, secrets: Secrets) -> None:
    """Durable when this returns."""
    signed = msgspec.structs.replace(manifest, mac=_mac(manifest, secrets))
    write_durably(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(signed), indent=1))


def read_manifest(folder: Path, secrets: Secrets) -> Manifest:
    """Raises BackupUnusable."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise BackupUnusable(f"{folder} holds no {MANIFEST}: it is no backup, or one that was never finished") from None
    except (OSError, msgspec.MsgspecError) as error:
        raise BackupUnusable(f"{MANIFEST} cannot be read: {type(error).__name__}") from None
    if manifest.format != FORMAT:
        raise BackupUnusable(f"a backup of format {manifest.format}; this program knows {FORMAT}")
    if not hmac.compare_digest(manifest.mac, _mac(manifest, secrets)):
        raise BackupUnusable(f"{MANIFEST} was altered, or was made with another master secret")
    return manifest


def backups_in(folder: Path) -> list[Path]:
    """Finished backups, oldest first, by their names."""
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.name.startswith(PREFIX) and (one / MANIFEST).is_file())


def newest_verified(folder: Path, secrets: Secrets) -> Manifest | None:
    """The newest backup that holds; what does not is passed over."""
    for one in reversed(backups_in(folder)):
        try:
            return read_manifest(one, secrets)
        except BackupUnusable:
            continue
    return None


def write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mac(manifest: Manifest, secrets: Secrets) -> str:
    return secrets.mac(PURPOSE, msgspec.json.encode(msgspec.structs.replace(manifest, mac=""))).hex()
