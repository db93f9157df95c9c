"""Enrolment that is cut off anywhere: the same key asks again."""

import os
from pathlib import Path

import httpx
import msgspec
import pytest

from server.cli.device import enrolling
from server.cli.device.failures import Stopped
from server.cli.device.office import is_enrolled, open_office
from sync.core.ids import derived_id
from tests.people import HandClock
from tests.server.cli.device.village import FAST, PIN

ANSWER = {name: name for name in ("account", "login", "name", "role", "refresh_token", "relay_public_key")}
ANSWER |= {"mark": "0001", "device": derived_id("device", "1")}


def enrol(folder: Path, keys: list[str], answer: httpx.Response) -> None:
    def centre(request: httpx.Request) -> httpx.Response:
        if request.url.path == enrolling.CHALLENGE_PATH:
            return httpx.Response(200, json={"challenge": "c" * 43, "expires_in": 120})
        keys.append(msgspec.json.decode(request.content)["public_key"])
        return answer

    transport = httpx.MockTransport(centre)
    enrolling.enrol(folder, "http://c", "X", PIN, HandClock(), os.urandom, transport=transport, slowness=FAST)


def test_a_lost_answer_is_asked_for_again_with_the_same_key(tmp_path: Path) -> None:
    keys: list[str] = []
    with pytest.raises(Stopped) as told:
        enrol(tmp_path, keys, httpx.Response(200, text="<html>please log in</html>"))
    assert told.value.code == "no_contact"
    assert not is_enrolled(tmp_path)
    enrol(tmp_path, keys, httpx.Response(200, json=ANSWER))
    assert keys[0] == keys[1]
    with open_office(tmp_path, PIN, HandClock()) as office:
        assert office.identity.mark == "0001"


def test_a_kill_before_the_answer_was_kept_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    keys: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(enrolling, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            enrol(tmp_path, keys, httpx.Response(200, json=ANSWER))
    enrol(tmp_path, keys, httpx.Response(200, json=ANSWER))
    assert keys[0] == keys[1]


def test_the_centres_own_words_are_passed_on(tmp_path: Path) -> None:
    document = {"code": "code_spent", "title_zh": "激活码已使用", "title": "used", "next_zh": "要新的", "next": "ask"}
    with pytest.raises(Stopped) as told:
        enrol(tmp_path, [], httpx.Response(401, json=document))
    assert (told.value.code, told.value.details["zh"]) == ("turned_away", "激活码已使用")
