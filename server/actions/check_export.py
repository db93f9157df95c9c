"""Reads an export again: that every file is there, whole and as it was written, and that every line can be read.

Law: it needs the folder alone, neither the centre nor a secret of it: so does whoever takes the data over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from server.actions.export_all import FORMAT, MANIFEST


class ExportUnusable(Exception):
    """The folder is no whole export: says which file, and why."""


@dataclass(frozen=True)
class CheckedExport:
    """Records by kind, and how many other lines and originals were read."""

    records: dict[str, int]
    lines: int
    originals: int


class _File(msgspec.Struct, frozen=True):
    lines: int
    sha256: str


class _Manifest(msgspec.Struct, frozen=True):
    format: int
    files: dict[str, _File]
    originals: int


class _Record(msgspec.Struct, frozen=True):
    kind: str
    id: str
    bucket: str
    version: int
    rev: int
    fields: dict[str, Any]


class _Original(msgspec.Struct, frozen=True):
    sha256: str


_BESIDE = frozenset({"history", "changes", "places", "units", "accounts", "epochs", "reads", "evidence", "outbound"})


def check_export(folder: Path) -> CheckedExport:
    """Raises ExportUnusable with the first thing that is wrong."""
    manifest = _manifest(folder)
    records: dict[str, int] = {}
    others = 0
    for name, told in manifest.files.items():
        kind = name.removesuffix(".jsonl")
        shape: Any = _Original if kind == "files" else dict[str, Any] if kind in _BESIDE else _Record
        count = sum(1 for _ in _lines(folder / name, told, shape))
        if count != told.lines:
            raise ExportUnusable(f"{name} has {count} lines of {told.lines}")
        if shape is _Record:
            records[kind] = count
        else:
            others += count
    return CheckedExport(records, others, _originals(folder, manifest))


def _manifest(folder: Path) -> _Manifest:
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Manifest)
    except FileNotFoundError:
        raise ExportUnusable(f"there is no {MANIFEST}: the export was cut short, or this is no export") from None
    except msgspec.MsgspecError as error:
        raise ExportUnusable(f"{MANIFEST}: {error}") from None
    if manifest.format != FORMAT:
        raise ExportUnusable(f"{MANIFEST} is of format {manifest.format}, this program reads {FORMAT}")
    return manifest


def _lines(path: Path, told: _File, shape: Any) -> Iterator[object]:
    decoder = msgspec.json.Decoder(shape)
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != told.sha256:
                raise ExportUnusable(f"{path.name} is not as it was written: its hash is another")
            file.seek(0)
            for number, line in enumerate(file, start=1):
                try:
                    yield decoder.decode(line)
                except msgspec.MsgspecError as error:
                    raise ExportUnusable(f"{path.name}, line {number}: {error}") from None
    except OSError as error:
        raise ExportUnusable(f"{path.name}: {error.strerror}") from None


def _originals(folder: Path, manifest: _Manifest) -> int:
    """Every original under its own hash."""
    found = sorted((folder / "files").iterdir())
    for path in found:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                raise ExportUnusable(f"files/{path.name} is not what its name says")
    listed = {
        one.sha256
        for one in _lines(folder / "files.jsonl", manifest.files["files.jsonl"], _Original)
        if isinstance(one, _Original)
    }
    if strangers := {path.name for path in found} - listed:
        raise ExportUnusable(f"files/{min(strangers)} is listed nowhere")
    return len(found)
