"""The phone app's files: what may be fetched, how long it may be kept, and what the page may load."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from agent_api.phone_files import phone_routes, read_built


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "phone"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>帮办</title>" + " " * 600)
    (built / "app.webmanifest").write_text("{}")
    (built / "assets" / "index-abc.js").write_text("run()")
    (tmp_path / "secret.txt").write_text("secret")
    return built


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=phone_routes(folder))) as client:
        yield client


def test_the_page_may_load_only_what_comes_from_here(client: TestClient) -> None:
    answer = client.get("/app/")
    policy = answer.headers["content-security-policy"]
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_only_files_whose_name_holds_their_hash_are_kept_for_ever(client: TestClient) -> None:
    assert "immutable" in client.get("/app/assets/index-abc.js").headers["cache-control"]
    assert client.get("/app/").headers["cache-control"] == "no-cache"
    assert client.get("/app/app.webmanifest").headers["content-type"] == "application/manifest+json"


def test_what_is_held_already_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/app/").headers["etag"]
    again = client.get("/app/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_files_travel_packed_where_that_is_smaller(client: TestClient, folder: Path) -> None:
    with client.stream("GET", "/app/", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert gzip.decompress(raw) == (folder / "index.html").read_bytes()
    assert "content-encoding" not in client.get("/app/", headers={"Accept-Encoding": "identity"}).headers
    assert "content-encoding" not in client.get("/app/assets/index-abc.js").headers


@pytest.mark.parametrize(
    "path", ["/app/secret.txt", "/app/..%2fsecret.txt", "/app/assets", "/app/assets/../../secret.txt"]
)
def test_nothing_outside_the_built_files_can_be_named(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_the_address_without_its_slash_leads_to_the_app(client: TestClient) -> None:
    assert client.get("/app", follow_redirects=False).headers["location"] == "/app/"


def test_an_app_that_was_not_built_says_what_to_do(tmp_path: Path) -> None:
    assert read_built(tmp_path) == {}
    with TestClient(Starlette(routes=phone_routes(tmp_path))) as client:
        answer = client.get("/app/")
    assert answer.status_code == 503
    assert "make phone" in answer.text
