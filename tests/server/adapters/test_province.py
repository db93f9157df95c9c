"""A line can be checked with the public key alone, whether it stands in a file or went over HTTP."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server.adapters.province import (
    FileProvince,
    HttpProvince,
    ProvinceUnavailable,
    SignedMessage,
    key_id,
    outbound_key,
    sign_message,
)
from server.credentials import Secrets

SIGNER = outbound_key(Secrets(bytes(range(32))))
MESSAGE = '{"key":"k","event":"accepted","applicant_name":"王秀英"}'.encode()
NOW = 1_795_000_000_000


def check(line: bytes, public: Ed25519PublicKey) -> None:
    """As docs/adapters.md tells the other side to."""
    message, _, tail = line.removeprefix(b'{"message":').rpartition(b',"kid":"')
    signature = json.loads(b'{"kid":"' + tail)["signature"]
    public.verify(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)), message)


def test_the_signature_is_over_the_messages_own_bytes() -> None:
    line = sign_message("k", MESSAGE, SIGNER).line
    check(line, SIGNER.public_key())
    assert json.loads(line)["kid"] == key_id(SIGNER.public_key())
    with pytest.raises(InvalidSignature):
        check(line.replace(b"accepted", b"finished"), SIGNER.public_key())


async def test_a_days_lines_are_one_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    province = FileProvince(tmp_path / "out")
    for day in (0, 0, 1):
        assert await province.send(sign_message("k", MESSAGE, SIGNER), NOW + day * 86_400_000) == ""
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == ["2026-11-18.jsonl", "2026-11-19.jsonl"]
    assert [len(file.read_bytes().splitlines()) for file in files] == [2, 1]
    assert files[0].stat().st_mode & 0o777 == 0o600
    check(files[0].read_bytes().splitlines()[0], SIGNER.public_key())


async def test_a_folder_that_cannot_be_written_is_not_now(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProvinceUnavailable):
        await FileProvince(tmp_path / "file").send(SignedMessage("k", b"x"), NOW)


async def test_half_a_line_is_taken_back_and_the_message_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    province, write = FileProvince(tmp_path / "out"), os.write
    await province.send(sign_message("k", MESSAGE, SIGNER), NOW)
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:40]))
    with pytest.raises(ProvinceUnavailable):
        await province.send(sign_message("l", MESSAGE, SIGNER), NOW)
    monkeypatch.undo()
    await province.send(sign_message("l", MESSAGE, SIGNER), NOW)
    [file] = (tmp_path / "out").iterdir()
    lines = file.read_bytes().splitlines()
    assert len(lines) == 2
    for line in lines:
        check(line, SIGNER.public_key())


@pytest.mark.parametrize(("status", "refused"), [(200, ""), (201, ""), (202, ""), (422, "422 no such item")])
async def test_taken_and_never_taken_are_told_apart(status: int, refused: str) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, text="no such item")

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://province.test")
    signed = sign_message("k" * 32, MESSAGE, SIGNER)
    assert await HttpProvince(client).send(signed, NOW) == refused
    assert (seen[0].headers["idempotency-key"], seen[0].content) == ("k" * 32, signed.line)


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_anything_else_is_not_now(status: int) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status))
    client = httpx.AsyncClient(transport=transport, base_url="http://province.test")
    with pytest.raises(ProvinceUnavailable):
        await HttpProvince(client).send(SignedMessage("k", b"x"), NOW)
