"""The limits of the process that decodes, tried on itself."""

import io
import os
import time

import pytest
from PIL import Image, ImageFile

from server import rendition_child
from server.rendition_child import MADE, OVER_LIMITS, TOO_MANY_PIXELS, _render_in_child, render
from tests.file_reception import picture


def test_transparency_becomes_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(written, "PNG")
    verdict, jpeg = render(written.getvalue(), "PNG")
    assert verdict == MADE
    with Image.open(io.BytesIO(jpeg)) as shown:
        assert shown.getpixel((4, 4)) == (255, 255, 255)


def test_pixels_are_counted_before_any_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendition_child, "PIXELS_MAX", 100)

    def decode(self: object) -> None:
        raise AssertionError("it was decoded")

    wide = picture(11, 10)
    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    assert render(wide, "JPEG") == (TOO_MANY_PIXELS, b"")


def take_memory(picture: bytes, of_format: str) -> tuple[int, bytes]:
    return MADE, bytes(2**30)


def take_time(picture: bytes, of_format: str) -> tuple[int, bytes]:
    while True:
        pass


def take_the_disk(picture: bytes, of_format: str) -> tuple[int, bytes]:
    with open("written", "wb") as file:
        file.write(bytes(10))
    return MADE, b"x"


def sleep(picture: bytes, of_format: str) -> tuple[int, bytes]:
    time.sleep(60)
    return MADE, b"x"


def say_too_much(picture: bytes, of_format: str) -> tuple[int, bytes]:
    return MADE, bytes(rendition_child.RENDITION_MAX)


@pytest.mark.parametrize("misdeed", [take_memory, take_time, take_the_disk, sleep, say_too_much])
def test_a_decoder_gone_wrong_is_ended_by_its_limits(
    misdeed: object, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.setattr(rendition_child, "render", misdeed)
    monkeypatch.setattr(rendition_child, "CPU_S_MAX", 1 if misdeed is take_time else 5)
    monkeypatch.setattr(rendition_child, "WALL_S_MAX", 0.2 if misdeed is sleep else 8)
    monkeypatch.setattr(rendition_child, "MEMORY_MAX", 2**30)
    assert _render_in_child(b"", "JPEG") == (OVER_LIMITS, b"")
    assert not os.path.exists("written") or os.path.getsize("written") == 0
