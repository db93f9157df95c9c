"""Owns the table of device commands: where each lives and what it is for, in one line.

Law: a command's module is loaded only when that command is called: a helper's laptop is slow, and looking at a list
needs neither a network library nor a dictionary of readings.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

import typer
from typer.main import get_command


class Entry(NamedTuple):
    """Module and function under server.cli.device, and the line in the help."""

    module: str
    function: str
    summary: str


COMMANDS = MappingProxyType(
    {
        "enrol": Entry("line_commands", "enrol", "激活这台电脑。 Enrol this computer."),
        "pin": Entry("pin_command", "pin", "换本机密码。 Change this store's PIN."),
        "find": Entry("visit_commands", "find", "查找居民、事项或办件。 Find residents, services or cases."),
        "file": Entry("visit_commands", "file", "上门帮办：问答式登记，不需要网络。 File a visit, offline."),
        "bundle": Entry("visit_commands", "bundle", "一件事：一次委托，各环节各有办件。 File a bundle."),
        "photo": Entry("visit_commands", "photo", "拍照补材料。 Attach photos to a case's material."),
        "correct": Entry("visit_commands", "correct", "补正，或补交容缺材料。 Put a returned case right."),
        "receipt": Entry("visit_commands", "receipt", "打印回执。 Print a receipt."),
        "edit": Entry("follow_up_commands", "edit", "更正居民资料。 Correct a resident's record."),
        "withdraw": Entry("follow_up_commands", "withdraw", "撤回办件。 Withdraw a case for its resident."),
        "revoke": Entry("follow_up_commands", "revoke", "居民撤回同意。 Withdraw a consent."),
        "hand-over": Entry("follow_up_commands", "hand_over_result", "交付办理结果。 Hand a result over."),
        "log": Entry("follow_up_commands", "log", "登记一次服务。 Log that someone was helped."),
        "appeal": Entry("follow_up_commands", "appeal_for", "替居民提出诉求。 Appeal for a resident."),
        "answer": Entry("follow_up_commands", "answer", "答复要求说明的通知。 Answer a notice that asks."),
        "again": Entry("follow_up_commands", "again", "未接受的更正后重新办理。 Take refused work up again."),
        "claim": Entry("claim_commands", "claim", "列出并认领本单位的事项。 List and claim this unit's items."),
        "fill": Entry("claim_commands", "fill", "填写认领的清单。 Fill a claim."),
        "sync": Entry("line_commands", "sync", "与中心交换一次。 Exchange with the centre until level."),
        "watch": Entry("line_commands", "watch", "保持连接。 Stay connected and exchange on every news."),
        "status": Entry("look_commands", "status", "联系、未发、冲突与未接受的。 How this store stands."),
        "outbox": Entry("look_commands", "outbox", "列出每一条未发内容。 What is unsent, one by one."),
        "conflicts": Entry("look_commands", "conflicts", "列出待决定的冲突。 Conflicts, side by side."),
        "resolve": Entry("look_commands", "resolve", "决定一个冲突。 Decide a conflict, field by field."),
        "export": Entry("line_commands", "export", "把未发内容密封成文件。 Seal what is unsent for a colleague."),
        "carry": Entry("line_commands", "carry", "替同事把密封文件交给中心。 Hand in a colleague's sealed files."),
    }
)


def load(name: str) -> Any:
    """The real command of this name, ready to run."""
    entry = COMMANDS[name]
    app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
    app.command(name)(getattr(import_module(f"server.cli.device.{entry.module}"), entry.function))
    command = get_command(app)
    command.name = name
    return command
