"""The command that changes the store's PIN."""

from __future__ import annotations

import os

import typer

from server.cli.device.desk import NEW_PIN_VARIABLE, desk_of
from server.cli.device.pin import change_pin


def pin(context: typer.Context) -> None:
    """换本机密码；数据不重写，旧密码随即失效。 Change this store's PIN."""
    desk = desk_of(context)
    desk.check_enrolled()
    old = desk.pin()
    change_pin(desk.folder, old, desk.new_pin(NEW_PIN_VARIABLE), desk.clock.wall_ms(), os.urandom)
    desk.screen.emit({"changed": True})
    desk.screen.say("pin_changed", "green")
