"""What Chromium's camera sees: pictures as an uncompressed film that goes round."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import segno
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 640
FRAMES_EACH = 3
FRAMES_A_SECOND = 10


def shoot(film: Path, pictures: Iterable[Image.Image]) -> list[str]:
    """The film, and the arguments of a browser whose camera shows it."""
    with film.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            grey = Image.new("L", (WIDTH, HEIGHT), 255)
            side = min(WIDTH / picture.width, HEIGHT / picture.height)
            fitted = picture.convert("L").resize((int(picture.width * side), int(picture.height * side)))
            grey.paste(fitted, ((WIDTH - fitted.width) // 2, (HEIGHT - fitted.height) // 2))
            frame = grey.tobytes() + b"\x80" * (WIDTH * HEIGHT // 2)
            out.write((b"FRAME\n" + frame) * FRAMES_EACH)
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    return [*camera, f"--use-file-for-fake-video-capture={film}"]


def code_picture(text: str) -> Image.Image:
    """A QR code as somebody prints it."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=8, border=4)
    return Image.open(out)


def page_picture() -> Image.Image:
    """A written page on a darker table, whole."""
    picture = Image.new("L", (WIDTH, HEIGHT), 90)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((90, 70, 550, 570), fill=210)
    for line in range(120, 540, 24):
        for word in range(130, 500, 30):
            pen.rectangle((word, line, word + 18, line + 8), fill=50)
    return picture


def png(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))
