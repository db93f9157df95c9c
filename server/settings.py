"""Every setting of the centre: from a TOML file, and over it from BANGBAN_* in the environment.

Laws: an unknown name is refused, so that a typing mistake is not a default; secrets come from files or the
environment and are never printed; each setting is told in docs/settings.md, which a test holds to this table.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit

import msgspec

PREFIX = "BANGBAN_"


class SettingInvalid(ValueError):
    """Says which setting, from where, and what it must be."""


@dataclass(frozen=True)
class Settings:
    """Defaults suit one machine with an embedded database."""

    data_folder: Path = Path("data")
    database: str = "sqlite:///data/bangban.db"
    database_key_file: Path | None = None
    read_connections: int = 4
    master_secret_file: Path = Path("data/keys/master")
    host: str = "127.0.0.1"
    port: int = 8470
    workers: int = 1
    public_url: str = ""
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    blobs: str = "file:///data/blobs"
    backup_folder: Path = Path("data/backups")
    second_backup: str = ""
    backup_hours: int = 24
    carrier_url: str = ""
    carrier_token: str = field(default="", repr=False)
    province_url: str = ""
    province_token: str = field(default="", repr=False)
    outbound_folder: Path = Path("data/outbound")
    licence_url: str = ""
    licence_key: str = field(default="", repr=False)
    log_level: str = "info"
    metrics_token: str = field(default="", repr=False)
    rate_limit_factor: float = 1.0
    session_days: int = 180
    activation_days: int = 7
    evidence_days: int = 30
    access_cache_ms: int = 1_000
    cipher: str = "aes-gcm"
    min_app: int = 0
    phone_folder: Path = Path(__file__).parents[1] / "build" / "phone"
    console_folder: Path = Path(__file__).parents[1] / "build" / "console"

    @property
    def outside(self) -> dict[str, Any]:
        """What the adapters are opened with (server/adapters/outside.py)."""
        told = ("carrier_url", "carrier_token", "province_url", "province_token", "licence_url", "licence_key")
        return {name: getattr(self, name) for name in (*told, "outbound_folder")}

    @property
    def origin(self) -> str:
        """The outside address as browsers name it: scheme, host and port. "" where none is told."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "log_level": ("debug", "info", "warning", "error"),
    "cipher": ("aes-gcm", "sm4-gcm"),
}
_RANGES: Mapping[str, tuple[float, float]] = {
    "read_connections": (1, 64),
    "port": (0, 65_535),
    "workers": (1, 64),
    "backup_hours": (0, 720),
    "rate_limit_factor": (0, 1_000),
    "session_days": (1, 730),
    "activation_days": (1, 90),
    "evidence_days": (0, 365),
    "access_cache_ms": (0, 5_000),
    "min_app": (0, 1_000_000_000),
}

DEVICE_VARIABLES = ("STORE", "PIN", "LANG")
"""What `bangban device` reads: on a computer that is both, they are no mistyped settings of a centre."""


def read_settings(file: Path | None, environment: Mapping[str, str]) -> Settings:
    """Raises SettingInvalid. The environment wins over the file; a file that is named must be there."""
    values: dict[str, Any] = {}
    if file is not None:
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingInvalid(f"{file}: {error}") from None
    types = get_type_hints(Settings)
    sources = {name: str(file) for name in values}
    for key, text in environment.items():
        if key.startswith(PREFIX):
            name = key.removeprefix(PREFIX).lower()
            values[name], sources[name] = text, key
    for name in values:
        if name not in types:
            raise SettingInvalid(f"{sources[name]}: there is no setting {name}")
    return Settings(**{name: _convert(name, value, types[name], sources[name]) for name, value in values.items()})


def settings_from(environment: Mapping[str, str] | None = None) -> Settings:
    """From BANGBAN_SETTINGS, when it names a file, and the environment."""
    found = dict(os.environ if environment is None else environment)
    file = found.pop(PREFIX + "SETTINGS", "")
    for name in DEVICE_VARIABLES:
        found.pop(PREFIX + name, None)
    return read_settings(Path(file) if file else None, found)


def as_environment(settings: Settings) -> dict[str, str]:
    """The same settings for a child of this process. Secrets go by the environment, never by the command line."""
    told = {}
    for name in get_type_hints(Settings):
        value = getattr(settings, name)
        told[PREFIX + name.upper()] = (
            ",".join(value) if isinstance(value, tuple) else str("" if value is None else value)
        )
    return told


def _convert(name: str, value: object, kind: Any, source: str) -> Any:
    """One value as its type, within its range or among its choices."""
    if kind == tuple[str, ...] and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if Path in (kind, *get_args(kind)):
        if not isinstance(value, str):
            raise SettingInvalid(f"{source}: {name} must be a path")
        return Path(value) if value else None
    try:
        converted = msgspec.convert(value, kind, strict=not isinstance(value, str))
    except msgspec.ValidationError as error:
        raise SettingInvalid(f"{source}: {name}: {error}") from None
    if name in _CHOICES and converted not in _CHOICES[name]:
        raise SettingInvalid(f"{source}: {name} must be one of {', '.join(_CHOICES[name])}")
    if name in _RANGES and not _RANGES[name][0] <= converted <= _RANGES[name][1]:
        raise SettingInvalid(f"{source}: {name} must be from {_RANGES[name][0]:g} to {_RANGES[name][1]:g}")
    return converted
