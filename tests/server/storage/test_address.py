"""An address names a file or a server, and whatever else it is is told in a sentence."""

import pytest

from server.storage.address import sqlite_path
from server.storage.errors import AddressInvalid


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/centre.db", "var/centre.db"),
        ("sqlite:////var/centre.db", "/var/centre.db"),
        ("postgres://a:b@host:5432/name", None),
        ("postgresql://host/name", None),
    ],
)
def test_an_address_names_a_file_or_a_server(url: str, path: str | None) -> None:
    assert sqlite_path(url) == path


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://centre.db",
        "sqlite:///",
        "mysql://host/name",
        "centre.db",
        "",
        "postgres://h:99999/x",
        "sqlite:///a%00",
    ],
)
def test_any_other_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(AddressInvalid, match="a database address is"):
        sqlite_path(url)
