"""The commands that look: status, outbox, conflicts; and resolve, which decides what was looked at."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from server.cli.device.deciding import (
    Conflict,
    choice_of,
    conflict_named,
    conflicts_of,
    decide,
    shown,
)
from server.cli.device.desk import desk_of
from server.cli.device.notices import mark_read, unread
from server.cli.device.outcome_words import change_words
from server.cli.device.screen import Screen
from server.cli.device.standing import Standing, moment, standing_of, unsent_changes
from server.cli.device.texts import TEXTS


def status(
    context: typer.Context,
    read: Annotated[bool, typer.Option("--read", help="把通知标为已读 / mark notices as read.")] = False,
) -> None:
    """最近联系、未发多少及从何时起、冲突、等待与未接受的及怎么办。 How this store stands."""
    desk = desk_of(context)
    with desk.office() as office:
        if read:
            office.check_contact()
            mark_read(office, unread(office))
        made = standing_of(office)
    desk.screen.emit(msgspec.to_builtins(made))
    _show_standing(desk.screen, made)


def _show_standing(screen: Screen, made: Standing) -> None:
    say = screen.text
    table = screen.table("", "col_what", "col_state")
    table.title = say("status_title", name=made.name, login=made.login)
    contact = say("never") if not made.last_contact else moment(made.last_contact)
    if made.last_contact and made.days_without_contact:
        contact = say("ago", at=contact, days=made.days_without_contact)
    table.add_row(say("last_contact"), contact)
    unsent = (
        say("unsent_is", changes=made.unsent, since=moment(made.unsent_since)) if made.unsent else say("unsent_none")
    )
    table.add_row(say("unsent"), Text(str(unsent), style="bold yellow") if made.unsent else unsent)
    if made.files_waiting or made.files_sent or made.files_refused:
        files = say("photos_are", waiting=made.files_waiting, sent=made.files_sent, refused=made.files_refused)
        table.add_row(say("photos"), files)
    table.add_row(say("sync_state"), say("level_is") if made.level else say("level_not"))
    for key, count in (("conflicts", made.conflicts), ("drafts", made.drafts), ("notices", made.notices_unread)):
        table.add_row(say(key), say(f"{key}_are", count=count) if count else say("unsent_none"))
    screen.show(table)
    if made.contact_needed:
        key = "clock_hint" if made.contact_needed == "clock_wrong" else "contact_hint"
        screen.say(key, "bold red", **({"days": made.days_without_contact} if key == "contact_hint" else {}))
    for notice in made.notices:
        words = screen.either(notice["zh"], notice["en"])
        key = f"notice_{notice['code']}"
        screen.line("· " + (words or say(key if key in TEXTS else "notice_other", title=notice["title"])))
    if made.notices:
        screen.say("notice_read", "dim")
    if made.attention:
        wait = screen.table("to_look_at", "col_record", "col_outcome", "col_why", "col_do")
        for one in made.attention:
            why, do = screen.either(one["why_zh"], one["why_en"]), screen.either(one["do_zh"], one["do_en"])
            wait.add_row(one["title"], say(f"code_{one['code']}"), why, do)
        screen.show(wait)


def outbox(context: typer.Context) -> None:
    """列出每一条未发内容。 What is unsent, one by one."""
    desk = desk_of(context)
    screen = desk.screen
    with desk.office() as office:
        office.check_contact()
        waiting = unsent_changes(office)
    screen.emit(msgspec.to_builtins(waiting))
    if not waiting:
        screen.say("outbox_empty")
        return
    table = screen.table("", "col_when", "col_what", "col_record", "col_id")
    table.title = screen.text("outbox_title", count=len(waiting))
    for one in waiting:
        table.add_row(moment(one.captured), screen.either(*change_words(one.name)), one.title, one.id[:8])
    screen.show(table)


def conflicts(context: typer.Context) -> None:
    """列出待决定的冲突：原来、先到、后到并排。 Conflicts, side by side."""
    desk = desk_of(context)
    with desk.office() as office:
        office.check_contact()
        found = conflicts_of(office)
    desk.screen.emit([asdict(one) for one in found])
    if not found:
        desk.screen.say("conflicts_none")
    for one in found:
        _show_conflict(desk.screen, one)


def _show_conflict(screen: Screen, one: Conflict) -> None:
    moved = any(side.now != side.theirs for side in one.sides)
    columns = ["col_field", "col_base", "col_theirs", "col_mine", *(["col_now"] if moved else [])]
    table = screen.table("", *columns)
    table.title = f"{one.title or one.kind}  {one.id}"
    for side in one.sides:
        values = [side.base, side.theirs, side.mine, *([side.now] if moved else [])]
        table.add_row(side.label, *(shown(value, screen.text) for value in values))
    screen.show(table)


def resolve(
    context: typer.Context,
    conflict: Annotated[str, typer.Argument(help="冲突编号（conflicts 列出）/ the conflict's id.")] = "",
    take: Annotated[
        list[str] | None,
        typer.Option("--take", help="字段=mine|theirs|base|now，或 字段:=JSON / how each field is decided."),
    ] = None,
) -> None:
    """决定一个冲突，逐个字段选择；落选的内容不会删除。 Decide a conflict, field by field."""
    desk = desk_of(context)
    screen = desk.screen
    with desk.office() as office:
        office.check_contact()
        if not conflict and not screen.as_json:
            conflict = _pick_conflict(screen, conflicts_of(office))
        found = conflict_named(office, conflict)
        chosen = dict(choice_of(found, said) for said in take or [])
        if not screen.as_json:
            _show_conflict(screen, found)
            chosen |= _ask_choices(screen, found, chosen)
        change = decide(office, found, chosen)
    screen.emit({"conflict": found.id, "change": change, "decided_value": chosen})
    screen.say("resolved", "green")


def _pick_conflict(screen: Screen, found: list[Conflict]) -> str:
    if len(found) == 1:
        return found[0].id
    if not found:
        return ""
    titles = [f"{one.title or one.kind}　{'、'.join(side.label for side in one.sides)}" for one in found]
    return found[screen.pick(screen.text("ask_conflict"), titles)].id


def _ask_choices(screen: Screen, found: Conflict, chosen: dict[str, object]) -> dict[str, object]:
    asked: dict[str, object] = {}
    for side in found.sides:
        if side.field in chosen:
            continue
        options = [
            (f"{screen.text('use_theirs')}：{shown(side.now, screen.text)}", side.now),
            (f"{screen.text('use_mine')}：{shown(side.mine, screen.text)}", side.mine),
            (f"{screen.text('use_base')}：{shown(side.base, screen.text)}", side.base),
        ]
        labels = [label for label, _ in options] + [screen.text("use_other")]
        place = screen.pick(screen.text("ask_choice", field=side.label), labels)
        asked[side.field] = options[place][1] if place < len(options) else screen.ask(screen.text("ask_value"))
    return asked
