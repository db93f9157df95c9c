"""The commands of a visit: find, file, photo, receipt. No rule of their own."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from server.cli.device.asking import Interview
from server.cli.device.attaching import Brought, attach_photos, bring_materials
from server.cli.device.bundling import BundleSaid, file_bundle
from server.cli.device.choosing import case_for
from server.cli.device.desk import Desk, desk_of
from server.cli.device.failures import Stopped
from server.cli.device.filing import file_visit
from server.cli.device.finding import (
    cases,
    found_case,
    found_resident,
    found_service,
    one_of,
    residents,
    services,
)
from server.cli.device.office import Office
from server.cli.device.receipts import Receipt, as_json, as_page, as_text, receipt_of
from server.cli.device.said import Visit
from server.cli.device.screen import Screen
from server.cli.device.standing import moment
from server.cli.device.unfinished import Unfinished, drafts_of, drop_draft, keep_draft
from server.cli.device.visit import Filing
from server.domain.cases.materials import MaterialState, parse_materials
from server.domain.record_fields import groups, text

SHOWN_MAX = 50
Said = TypeVar("Said", Visit, BundleSaid)

WordsArgument = Annotated[str, typer.Argument(help="姓名、拼音首字母、身份证末几位、事项、回执号。")]


def find(
    context: typer.Context,
    words: WordsArgument = "",
    service: Annotated[bool, typer.Option("--service", help="只查事项 / services only.")] = False,
    case: Annotated[bool, typer.Option("--case", help="只查办件 / cases only.")] = False,
) -> None:
    """查找居民、事项或办件。 Find residents, services or cases."""
    desk = desk_of(context)
    with desk.office() as office:
        office.check_contact()
        found: dict[str, list[Any]] = {}
        if not (service or case):
            found["residents"] = [found_resident(office, seen) for seen in residents(office, words)]
        if service or (words and not case):
            found["services"] = [found_service(seen) for seen in services(office, words)]
        if case or (words and not service):
            found["cases"] = [found_case(office, seen) for seen in cases(office, words)]
    if not any(found.values()):
        raise Stopped("nothing_found", what=words)
    desk.screen.emit({name: [asdict(one) for one in rows] for name, rows in found.items()})
    _show_found(desk.screen, found)


def _show_found(screen: Screen, found: dict[str, list[Any]]) -> None:
    if rows := found.get("residents"):
        table = screen.table("residents_found", "col_name", "col_age", "col_citizen_id", "col_phone", "col_address")
        for one in rows[:SHOWN_MAX]:
            age = screen.text("age_is", age=one.age) if one.age is not None else ""
            table.add_row(one.name, age, one.citizen_id, one.phone, one.address)
        screen.show(table)
    if rows := found.get("services"):
        table = screen.table("services_found", "col_service", "col_dept", "col_days", "col_state")
        for one in rows[:SHOWN_MAX]:
            days = screen.text("days_is", days=one.promise_days) if one.promise_days else screen.text("instant")
            table.add_row(one.name, one.dept, days, one.status)
        screen.show(table)
    if rows := found.get("cases"):
        table = screen.table("cases_found", "col_receipt", "col_resident", "col_service", "col_state")
        for one in rows[:SHOWN_MAX]:
            table.add_row(one.number or one.receipt, one.resident, one.item, screen.text(f"state_{one.state}"))
        screen.show(table)


def file(
    context: typer.Context,
    source: Annotated[
        str, typer.Option("--from", help="程序用：上门内容的 JSON 文件，- 为标准输入 / a visit as JSON, - for stdin.")
    ] = "",
    keep: Annotated[bool, typer.Option("--draft", help="只存草稿 / keep as a draft only.")] = False,
    drafts: Annotated[bool, typer.Option("--drafts", help="列出草稿 / list drafts.")] = False,
    drop: Annotated[str, typer.Option("--drop", help="删除一份草稿 / throw a draft away.")] = "",
) -> None:
    """上门办件：选居民、选事项、核材料、宣读委托、出回执。不需要网络。 File a case; needs no network."""
    desk = desk_of(context)
    with desk.office() as office:
        if drop:
            drop_draft(office, drop)
        if drafts or drop:
            _show_drafts(desk.screen, office)
        elif source:
            _file_said(desk, office, _read_said(source, Visit), keep=keep)
        elif desk.screen.as_json:
            raise Stopped("choice_missing", what="--from")
        else:
            _file_asked(desk.screen, office)


def _read_said(source: str, kind: type[Said]) -> Said:
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return msgspec.json.decode(raw, type=kind)
    except OSError:
        raise Stopped("nothing_found", what=source) from None
    except msgspec.MsgspecError as error:
        raise Stopped("answer_wrong", what="--from", why=error) from None


def _show_drafts(screen: Screen, office: Office) -> None:
    office.check_contact()
    held = drafts_of(office)
    screen.emit([{"id": one.id, "title": one.title, "at": one.at} for one in held])
    table = screen.table("drafts", "col_what", "col_id")
    for one in held:
        table.add_row(one.title, one.id)
    screen.show(table)


def _file_said(desk: Desk, office: Office, visit: Visit, *, keep: bool) -> None:
    if keep:
        draft = Unfinished(id=office.new_id(), title=_title(visit), at=0, visit=visit)
        keep_draft(office, draft)
        desk.screen.emit({"draft": draft.id})
        desk.screen.say("draft_kept")
        return
    _tell_filed(desk.screen, office, *file_visit(office, visit))


def _title(visit: Visit) -> str:
    return str(visit.resident.get("name", "")) if isinstance(visit.resident, dict) else visit.resident


def _file_asked(screen: Screen, office: Office) -> None:
    draft = _draft_to_go_on_with(screen, office) or Unfinished(id=office.new_id(), title="", at=0, visit=Visit())
    if not Interview(office, screen, draft).run():
        return
    _review(screen, office, draft)
    if not screen.confirm(screen.text("ask_submit"), default=True):
        screen.say("draft_kept")
        return
    filing, receipt = file_visit(office, draft.visit)
    drop_draft(office, draft.id)
    _tell_filed(screen, office, filing, receipt)


def _draft_to_go_on_with(screen: Screen, office: Office) -> Unfinished | None:
    """The latest first. Without contact for a week a draft names nobody on the screen."""
    if office.needs_contact() is not None:
        return None
    for draft in reversed(drafts_of(office)):
        at = moment(draft.at)
        if screen.confirm(screen.text("draft_found", what=draft.title or "…", at=at), default=True):
            return draft
    return None


def _review(screen: Screen, office: Office, draft: Unfinished) -> None:
    table = screen.table("review_title", "col_what", "col_state")
    item = one_of(office, "item", draft.visit.item).fields
    table.add_row(screen.text("applicant"), draft.title)
    for row in groups(item, "fields"):
        table.add_row(text(row, "label"), str(draft.visit.form.get(text(row, "name"), "")))
    for material in parse_materials(item):
        said = draft.visit.materials.get(material.no)
        words = screen.text(f"material_{said.state}") if said else ""
        words = screen.text("material_cancelled") if material.cancelled else words
        table.add_row(material.name, " ".join(filter(None, (words, said.due if said else ""))))
    screen.show(table)


def _tell_filed(screen: Screen, office: Office, filing: Filing, receipt: Receipt) -> None:
    advice = [{"code": one.code, "zh": one.zh, "en": one.en} for one in filing.advice]
    screen.emit(
        {
            "case": filing.case,
            "resident": filing.resident,
            "receipt": receipt.receipt,
            "changes": [change for _, change in filing.drafts],
            "missing": receipt.missing,
            "promised": receipt.promised,
            "advice": advice,
        }
    )
    for one in filing.advice:
        screen.say("advice", "yellow", text=screen.either(one.zh, one.en))
    screen.line(as_text(receipt, screen))
    screen.say("filed", "bold green", receipt=receipt.receipt)


def photo(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="照片文件 / photo files.")],
    case: Annotated[str, typer.Option("--case", help="办件：回执号、编号、姓名 / receipt, id or name.")] = "",
    material: Annotated[str, typer.Option("--material", help="材料序号 / the material's number.")] = "",
) -> None:
    """拍照补材料：压缩、去除位置等信息，挂到办件的材料上。 Attach photos to a case's material."""
    desk = desk_of(context)
    screen = desk.screen
    with desk.office() as office:
        seen = case_for(desk, office, case)
        item = office.replica.see(text(seen.fields, "item"))
        listed = [one for one in parse_materials(item.fields if item else {}) if not one.cancelled]
        if not material and not screen.as_json and listed:
            material = listed[screen.pick(screen.text("ask_which_material"), [one.name for one in listed])].no
        made = attach_photos(office, seen, material, paths)
    screen.emit(
        {"case": seen.record, "material": material, "change": made.change, "files": [one.value for one in made.photos]}
    )
    size = sum(len(one.content) for one in made.photos) // 1024
    screen.say("photo_kept", "green", name=made.name, kb=size)


def bundle(
    context: typer.Context,
    source: Annotated[
        str, typer.Option("--from", help="一件事内容的 JSON 文件，- 为标准输入 / as JSON, - for stdin.")
    ] = "",
) -> None:
    """一件事：一次委托，各环节各有办件；不需要网络。 File a bundle: one consent, a case for each leg."""
    desk = desk_of(context)
    if not source:
        raise Stopped("choice_missing", what="--from")
    with desk.office() as office:
        filed = file_bundle(office, _read_said(source, BundleSaid))
    desk.screen.emit(asdict(filed))
    desk.screen.say("bundle_filed", "bold green", receipts="、".join(filed.receipts))
    for one in filed.reminders:
        desk.screen.line(one)


def correct(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="回执号、办件编号或姓名 / number, id or name.")] = "",
    materials: Annotated[
        list[str] | None, typer.Option("--material", help="材料，如 2=paper 或 2=照片.jpg / 2=paper or 2=photo.jpg.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="备注 / a remark.")] = "",
) -> None:
    """补正退回的办件，或补交容缺材料；一次备齐。 Put a returned case right, or bring what was promised."""
    desk = desk_of(context)
    with desk.office() as office:
        seen = case_for(desk, office, case)
        made = bring_materials(office, seen, _brought(materials or []), note)
    desk.screen.emit({"case": seen.record, "change": made.change, "files": [one.value for one in made.photos]})
    desk.screen.say("corrected", "green", names=made.name)


def _brought(said: list[str]) -> dict[str, Brought]:
    """What --material says: a state, or photographs of one material."""
    found: dict[str, Brought] = {}
    for one in said:
        no, equals, value = one.partition("=")
        if not (no and equals and value):
            raise Stopped("answer_wrong", what="--material", why=one)
        held = found.get(no, Brought())
        if value in MaterialState.__members__.values():
            found[no] = Brought(value, held.photos)
        else:
            found[no] = Brought(held.state, (*held.photos, Path(value)))
    if not found:
        raise Stopped("choice_missing", what="--material")
    return found


def receipt(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="回执号、办件编号或姓名 / number, id or name.")] = "",
    page: Annotated[Path | None, typer.Option("--page", help="写成可打印的网页 / write a printable page.")] = None,
) -> None:
    """打印回执：编号、已交与还缺的材料及期限、12345。 Print a receipt."""
    desk = desk_of(context)
    with desk.office() as office:
        made = receipt_of(office, case_for(desk, office, case))
    if page is not None:
        page.write_text(as_page(made, desk.screen), encoding="utf-8")
        desk.screen.say("written", file=page)
    desk.screen.emit(as_json(made))
    desk.screen.line(as_text(made, desk.screen))
