"""A register over HTTP: what it is told, that it is signed, and what of its answers counts."""

from __future__ import annotations

import json

import httpx
import pytest

from server.adapters.licences import SIGNATURE, HttpRegister, LicenceQuery, RegisterUnavailable, signature

NOW = 1_795_000_000_000
KEY = b"k" * 32
QUERY = LicenceQuery(person="341802193507020027", name="汪秀英", kind="身份证", purpose="高龄津贴", case="c" * 32)
FOUND = {"ref": "A-1", "number": "341802193507020027", "issuer": "公安", "valid_until": "2036-01-01"}


def register(status: int, body: object, seen: list[httpx.Request]) -> HttpRegister:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if status == 0:
            raise httpx.ConnectTimeout("too slow")
        return httpx.Response(status, json=body)

    return HttpRegister(httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://register.test"), KEY)


async def test_what_is_asked_is_signed_and_says_why() -> None:
    seen: list[httpx.Request] = []
    found = await register(200, FOUND, seen).find(QUERY, NOW)
    assert found is not None
    assert found.as_fields() == {
        "register_ref": "A-1", "source": "register", "number": "341802193507020027", "issuer": "公安",
        "valid_until": "2036-01-01",
    }  # fmt: skip
    [asked] = seen
    assert (asked.method, asked.url.path) == ("POST", "/licences/lookup")
    assert json.loads(asked.content)["purpose"] == "高龄津贴"
    assert asked.headers[SIGNATURE] == signature(KEY, NOW, asked.content)


def test_a_signature_fits_one_time_one_body_and_one_key() -> None:
    right = signature(KEY, NOW, b"{}")
    assert right.startswith(f"t={NOW},v1=")
    assert len({right, signature(KEY, NOW + 1, b"{}"), signature(KEY, NOW, b"{ }"), signature(b"x", NOW, b"{}")}) == 4


async def test_not_found_is_none() -> None:
    assert await register(404, {}, []).find(QUERY, NOW) is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (0, {}),
        (500, {}),
        (429, {}),
        (200, []),
        (200, {"ref": ""}),
        (200, {**FOUND, "valid_until": "for ever"}),
    ],
)
async def test_whatever_is_no_answer_is_a_register_that_is_away(status: int, body: object) -> None:
    with pytest.raises(RegisterUnavailable):
        await register(status, body, []).find(QUERY, NOW)
