"""Owns how a database is addressed: sqlite:///folder/file.db or postgres://user:password@host:port/name."""

from urllib.parse import urlsplit

from server.storage.errors import AddressInvalid

_ADDRESS = "a database address is sqlite:///folder/file.db or postgres://user@host:port/name"


def sqlite_path(url: str) -> str | None:
    """The file an address names, or None when it names a server. Raises AddressInvalid for any other address."""
    try:
        parts = urlsplit(url)
        names_a_server = parts.scheme in ("postgres", "postgresql") and (parts.port or 1) > 0
    except ValueError:  # a port that is none
        raise AddressInvalid(_ADDRESS) from None
    if "\x00" in url or "%00" in url:
        raise AddressInvalid(_ADDRESS)
    if names_a_server:
        return None
    if parts.scheme != "sqlite" or parts.netloc or len(parts.path) < 2 or parts.query:
        raise AddressInvalid(_ADDRESS)
    # sqlite:///name is relative to the working folder, sqlite:////name is absolute: three slashes end the address.
    return parts.path[1:]
