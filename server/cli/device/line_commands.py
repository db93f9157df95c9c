"""The commands that touch the network: enrol, sync, watch and carry; and export, for who has none."""

from __future__ import annotations

import asyncio
import os
import platform
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from server.cli.device import enrolling
from server.cli.device.carrying import carry_file, export_outbox
from server.cli.device.desk import Desk, desk_of
from server.cli.device.exchanging import PATIENCE_S, Report, exchange, wipe
from server.cli.device.failures import Stopped
from server.cli.device.office import Office
from server.cli.device.screen import Screen
from server.cli.device.telling import tell_event
from server.cli.device.watching import Watch


def enrol(
    context: typer.Context,
    server: Annotated[str, typer.Option("--server", help="中心地址 / the centre's address.")] = "",
    code: Annotated[str, typer.Option("--code", help="激活码 / activation code.")] = "",
) -> None:
    """激活这台电脑（再次激活时保留所有未发内容）。 Enrol this computer."""
    desk = desk_of(context)
    screen = desk.screen
    if screen.as_json and not (server and code):
        raise Stopped("choice_missing", what="--server, --code")
    server = server or screen.ask(screen.text("ask_server"))
    code = code or screen.ask(screen.text("ask_code"))
    new = not enrolling.has_keys(desk.folder)
    identity = enrolling.enrol(
        desk.folder,
        server.rstrip("/"),
        code,
        desk.new_pin() if new else desk.pin(),
        desk.clock,
        os.urandom,
        device_name=platform.node()[:80],
    )
    screen.emit({"device": identity.device, "login": identity.login, "name": identity.name, "mark": identity.mark})
    screen.say("enrolled", "bold green", name=identity.name, login=identity.login, mark=identity.mark)
    screen.say("enrolled_next")


def sync(
    context: typer.Context,
    patience: Annotated[
        float, typer.Option("--patience", min=0, help="线路不通时最多再试几秒 / seconds to go on trying.")
    ] = PATIENCE_S,
) -> None:
    """与中心交换一次：发出未发内容，取回结果和资料，上传照片。 Exchange with the centre until level."""
    desk = desk_of(context)
    screen = desk.screen
    screen.say("syncing", "dim")
    with desk.office() as office:
        report = asyncio.run(exchange(office, lambda event: tell_event(screen, event), patience_s=patience))
        if report.wiped:
            wipe(office, desk.folder)
    screen.emit(msgspec.to_builtins(report)) if report.level else None
    _tell_report(screen, report)


def _tell_report(screen: Screen, report: Report) -> None:
    """Raises Stopped when there was no contact: a program must be able to tell."""
    if report.wiped:
        raise Stopped("wiped")
    if report.files_freed:
        screen.say("photos_freed", count=report.files_freed)
    if report.level:
        screen.say("level", "bold green")
    elif report.contact:
        screen.emit(msgspec.to_builtins(report))
        screen.say("synced_part", "yellow", changes=report.unsent, files=report.files_unsent)
    else:
        raise Stopped("no_contact", changes=report.unsent, files=report.files_unsent)


def watch(context: typer.Context) -> None:
    """保持连接：有消息、有新内容时立即交换。 Stay connected and exchange on every news."""
    desk = desk_of(context)
    key = desk.key()
    desk.screen.say("watching", "dim")
    stay = Watch(desk.folder, key, desk.clock, desk.screen)
    try:
        asyncio.run(stay.run())
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹（如 U 盘）/ where to write, e.g. a USB stick.")],
) -> None:
    """把未发内容密封成文件，交同事带到有网络的地方。 Seal what is unsent for a colleague to carry."""
    desk = desk_of(context)
    with desk.office() as office:
        made = export_outbox(office, folder)
        unsent = office.replica.unsent().changes
    desk.screen.emit({"files": [str(file) for file in made], "changes": unsent})
    if made:
        desk.screen.say("exported", "green", changes=unsent, files=len(made))
    else:
        desk.screen.say("export_empty")


def carry(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="同事密封的文件 / a colleague's sealed files.")],
) -> None:
    """替同事把密封文件交给中心。 Hand in a colleague's sealed files."""
    desk = desk_of(context)
    with desk.office() as office:
        taken = asyncio.run(_carry_all(desk, office, files))
    desk.screen.emit(taken)


async def _carry_all(desk: Desk, office: Office, files: list[Path]) -> list[dict[str, object]]:
    taken: list[dict[str, object]] = []
    for file in files:
        count = await carry_file(office, file)
        taken.append({"file": str(file), "changes": count})
        desk.screen.say("carried", "green", file=file.name, count=count)
    return taken
