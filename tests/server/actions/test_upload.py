"""What an upload is: where it stands, and what its refusals are called."""

from __future__ import annotations

import inspect

import pytest

from server.actions import upload
from server.actions.upload import MAGIC, UploadError, UploadLimits


def test_every_refusal_has_a_code_of_its_own() -> None:
    refusals = [one for _, one in inspect.getmembers(upload, inspect.isclass) if issubclass(one, UploadError)]
    assert len({one.code for one in refusals}) == len(refusals) > 10


@pytest.mark.parametrize(
    ("type_", "head"),
    [
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("image/png", b"\x89PNG\r\n\x1a\n"),
        ("image/webp", b"RIFF\0\0\0\0WEBP"),
        ("application/pdf", b"%PDF-1.7"),
    ],
)
def test_a_type_is_known_by_its_first_bytes_and_taken_for_no_other(type_: str, head: bytes) -> None:
    assert [one for one, begins in MAGIC.items() if begins(head)] == [type_]


def test_every_type_has_its_largest_size() -> None:
    assert UploadLimits().size_max.keys() == MAGIC.keys()
