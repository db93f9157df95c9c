"""A centre is opened, served and ended from one place."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from server.actions.high_water import kept_high_water
from server.backups import second_place
from server.main import open_server, serve
from server.processes import ServeRefused
from tests.small_centre import HELPER, load_small, settings_in, small_centre


def client_of(app: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://centre")  # type: ignore[arg-type]


async def test_a_new_server_makes_its_database_and_secret_and_says_it_has_no_backup(tmp_path: Path) -> None:
    async with open_server(settings_in(tmp_path)) as app, client_of(app) as client:
        answer = await client.get("/v1/health")
        assert answer.status_code == 200
        assert answer.json()["database"] == "green"
        assert answer.json()["backup"] == "red"
        assert (await client.get("/v1/openapi.json")).status_code == 200
    assert (tmp_path / "keys" / "master").exists()


async def test_it_opens_again_as_the_same_centre(tmp_path: Path) -> None:
    epochs = set()
    for _ in range(2):
        async with open_server(settings_in(tmp_path)) as app, client_of(app) as client:
            epochs.add((await client.get("/v1/health")).json()["epoch"])
    assert len(epochs) == 1


async def test_at_the_end_contacts_marks_and_signed_heads_are_written(tmp_path: Path) -> None:
    settings = await load_small(tmp_path)
    async with open_server(settings):
        assert kept_high_water(tmp_path) is None
    assert kept_high_water(tmp_path) is not None
    assert (second_place(settings) / "log-heads.jsonl").exists()


async def test_it_ends_with_work_of_its_own_under_way_and_leaves_no_task(tmp_path: Path) -> None:
    settings = await load_small(tmp_path)
    before = asyncio.all_tasks()
    async with open_server(settings):
        await asyncio.sleep(0)
        assert asyncio.all_tasks() > before
    assert asyncio.all_tasks() == before


async def test_an_old_copy_is_noticed_before_anybody_is_answered(tmp_path: Path) -> None:
    settings = await load_small(tmp_path)
    old = (tmp_path / "bangban.db").read_bytes()
    async with small_centre(tmp_path) as small:
        await small.register(await small.enrol(HELPER))
        [(epoch,)] = await small.fetch("SELECT epoch FROM centre")
    async with open_server(settings):
        pass
    (tmp_path / "bangban.db").write_bytes(old)
    async with open_server(settings) as app, client_of(app) as client:
        assert (await client.get("/v1/health")).json()["epoch"] != epoch


def test_several_workers_on_sqlite_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ServeRefused, match="PostgreSQL"):
        serve(replace(settings_in(tmp_path), workers=2))
    assert not (tmp_path / "bangban.db").exists()


def test_signed_heads_and_backups_go_to_the_second_place_when_there_is_one(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert second_place(settings) == tmp_path / "backups"
    assert second_place(replace(settings, second_backup="/elsewhere")) == Path("/elsewhere")
