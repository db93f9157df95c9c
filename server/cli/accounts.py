"""`bangban accounts`: who may come in. Import a spreadsheet, give activation codes, refuse a lost device."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from server.actions.account_sheet import SheetUnreadable, read_account_sheet
from server.actions.activate_account import Activation, activate_accounts, activation_text, terminal_qr
from server.actions.desk_change import DESK_APP
from server.actions.import_accounts import ImportReport, import_accounts
from server.actions.refusals import NotFound
from server.actions.revoke_device import LostDevice, revoke_device
from server.actions.sign_in import GivenSignIn, give_sign_in
from server.centre import Centre, open_centre
from server.cli.centre import ACTOR, DatabaseOption, DataOption, fail, run, settings_with, staff_door
from server.cli.terminal import terminal
from server.settings import Settings
from server.storage.people import accounts_by_login, devices_of
from server.storage.places import read_directory
from sync.core.clock import iso
from sync.core.ids import is_id

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Import, activate and revoke accounts.")


@app.command("import")
def import_command(
    sheet: Annotated[Path, typer.Argument(help="登录名 姓名 角色 区划 单位 站点, one account a row.")],
    partial: Annotated[bool, typer.Option("--partial", help="Take the good rows although others are bad.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Import accounts from an xlsx file. Every bad row is told; nothing is taken unless all are good."""
    report = run(_import(settings_with(database, data), sheet, partial), SheetUnreadable, OSError)
    console = terminal()
    if report.faults:
        table = Table("row", "column", "fault", "问题")
        for fault in report.faults:
            table.add_row(str(fault.row), fault.column, fault.en, fault.zh)
        console.print(table)
    if report.refused:
        fail(f"nothing was imported: {len(report.faults)} faults (--partial takes the good rows)")
    console.print(
        f"{report.rows} rows: {len(report.created)} new accounts, {len(report.updated)} changed, "
        f"{report.unchanged} as they were"
    )


@app.command("activate")
def activate_command(
    logins: Annotated[list[str], typer.Argument(help="One login or several.")],
    qr: Annotated[bool, typer.Option("--qr", help="Show each code as a QR code to be scanned.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Give one-time activation codes. A new code ends the account's earlier unused ones."""
    settings = settings_with(database, data)
    server = settings.public_url or f"http://{settings.host}:{settings.port}"
    for one in run(_activate(settings, logins)):
        print(f"{one.login}\t{one.code}\tuntil {iso(one.expires_at)}")
        if qr:
            print(activation_text(server, one.code))


@app.command("password")
def password_command(
    login: Annotated[str, typer.Argument(help="Whoever signs in at the console.")],
    qr: Annotated[bool, typer.Option("--qr", help="Show the authenticator's secret as a QR code as well.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Give a new password and a new authenticator for the console. Whoever had the old ones is signed out."""
    given = run(_give_sign_in(settings_with(database, data), login))
    print(f"{given.login}\t{given.password}\t{given.secret}")
    if qr:
        print(terminal_qr(given.address))


@app.command("revoke")
def revoke_command(
    which: Annotated[str, typer.Argument(help="A login, for all devices of that account, or one device's id.")],
    reason: Annotated[str, typer.Option("--reason", help="Kept for the auditor.")] = "lost",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Refuse a lost device from now on and have it wiped at its next contact. Says what was unsent on it."""
    lost = run(_revoke(settings_with(database, data), which, reason))
    table = Table("login", "device", "name", "last contact", "unsent then", "since")
    for one in lost:
        contact = iso(one.last_contact) if one.last_contact is not None else "never"
        since = iso(one.unsent_since) if one.unsent_since is not None else "–"
        table.add_row(one.login, one.device, one.device_name, contact, str(one.unsent), since)
    terminal().print(table)


async def _import(settings: Settings, sheet: Path, partial: bool) -> ImportReport:
    content = sheet.read_bytes()  # noqa: ASYNC240 - nothing else runs in this command
    async with open_centre(settings) as centre:
        async with centre.database.read() as snapshot:
            directory = await read_directory(snapshot)
        return await import_accounts(
            centre.database,
            read_account_sheet(content, directory),
            directory=directory,
            partial=partial,
            actor=ACTOR,
            now_ms=centre.clock.wall_ms(),
            randomness=centre.randomness,
        )


async def _activate(settings: Settings, logins: list[str]) -> list[Activation]:
    async with open_centre(settings) as centre:
        return await activate_accounts(
            centre.database,
            centre.secrets,
            logins,
            actor=ACTOR,
            now_ms=centre.clock.wall_ms(),
            randomness=centre.randomness,
            life_ms=settings.activation_days * 86_400_000,
        )


async def _give_sign_in(settings: Settings, login: str) -> GivenSignIn:
    async with open_centre(settings) as centre:
        return await give_sign_in(staff_door(centre), login, actor=ACTOR)


async def _revoke(settings: Settings, which: str, reason: str) -> list[LostDevice]:
    async with open_centre(settings) as centre:
        return [
            await revoke_device(
                centre.database,
                device,
                reason=reason,
                actor=ACTOR,
                now_ms=centre.clock.wall_ms(),
                randomness=centre.randomness,
            )
            for device in await _devices(centre, which)
        ]


async def _devices(centre: Centre, which: str) -> list[str]:
    if is_id(which):
        return [which]
    async with centre.database.read() as snapshot:
        account = (await accounts_by_login(snapshot, [which])).get(which)
        if account is None:
            raise NotFound(f"no account {which}")
        return [device.id for device in await devices_of(snapshot, account.id) if device.app_version != DESK_APP]
