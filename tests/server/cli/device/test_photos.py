"""Photographs: upright, small, and nothing of the camera in them."""

import io
from pathlib import Path

import pytest
from PIL import Image

from server.cli.device.failures import Stopped
from server.cli.device.photos import AIM_BYTES, EDGE_MAX, read_photo, shrink


def camera_jpeg(size: tuple[int, int] = (2400, 1200)) -> bytes:
    """Lying on its side, with a position and a maker."""
    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 4, size[1]))
    exif = Image.Exif()
    exif[271], exif[274] = "Phone", 6
    exif[0x8825] = {1: "N", 2: (30.0, 37.0, 1.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"secret")
    return out.getvalue()


def test_position_maker_and_comment_are_gone_and_the_picture_stands_upright() -> None:
    raw = camera_jpeg()
    assert b"Phone" in raw
    content = shrink(raw)
    assert not any(word in content for word in (b"Phone", b"secret", b"Exif"))
    picture = Image.open(io.BytesIO(content))
    assert picture.size == (900, EDGE_MAX)
    (above, green, _), (below, *_) = (picture.crop((450, row, 451, row + 1)).tobytes() for row in (10, 1700))
    assert above > 200 > below or green < 60


def test_a_noisy_picture_is_made_smaller_until_it_can_travel() -> None:
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(out, "JPEG", quality=95)
    assert len(out.getvalue()) > 2 * AIM_BYTES
    assert len(shrink(out.getvalue())) < len(out.getvalue()) / 3


def test_equal_pixels_make_equal_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(camera_jpeg((400, 300)))
    one, two = (read_photo(tmp_path / name, name * 32) for name in ("a", "b"))
    assert one.sha256 == two.sha256
    assert one.value == {"file": "a" * 32, "sha256": one.sha256, "size": len(one.content), "type": "image/jpeg"}
    file, content = one.to_send("c" * 32)
    assert (file.change, file.purpose, content) == ("c" * 32, "material", one.content)


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(shrink(out.getvalue()))).getpixel((5, 5)) == (255, 255, 255)


def test_a_pdf_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(b"%PDF-1.7 x")
    photo = read_photo(tmp_path / "form.pdf", "a" * 32)
    assert (photo.type, photo.content) == ("application/pdf", b"%PDF-1.7 x")


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff\xe0 cut", camera_jpeg((400, 300))[:700]])
def test_what_is_no_picture_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(Stopped) as told:
        read_photo(tmp_path / "x.jpg", "a" * 32)
    assert told.value.code == "file_unusable"


def test_a_picture_that_would_fill_the_memory_is_refused_unopened() -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(Stopped):
        shrink(out.getvalue())


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as told:
        read_photo(tmp_path / "none.jpg", "a" * 32)
    assert "none.jpg" in str(told.value.details["zh"])
