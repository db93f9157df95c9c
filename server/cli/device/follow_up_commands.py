"""The commands for what follows a visit, edit to again. No rule of their own."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from server.cli.device.choosing import case_for
from server.cli.device.desk import Desk, desk_of
from server.cli.device.failures import Stopped
from server.cli.device.filing import resident_of
from server.cli.device.finding import found_resident, residents
from server.cli.device.follow_ups import (
    Written,
    answer_notice,
    appeal,
    asking_notices,
    edit_resident,
    hand_over,
    log_service,
    revoke_consent,
    standing_consents,
    withdraw_case,
)
from server.cli.device.office import Office
from server.cli.device.retaking import Refused, refused_named, refused_work, take_again
from server.cli.device.titles import title_of
from server.domain.cases.parcels import RELATIONS
from server.domain.cases.service_log import ServiceKind
from server.domain.record_fields import text
from sync.core.ids import is_id
from sync.device.replica import Sighting

RELATION_CHOICES = sorted(RELATIONS)

ResidentArgument = Annotated[str, typer.Argument(help="姓名、拼音首字母、证件末几位或编号 / who.")]
CaseArgument = Annotated[str, typer.Argument(help="回执号、办件编号或姓名 / number, id or name.")]


def edit(
    context: typer.Context,
    resident: ResidentArgument = "",
    values: Annotated[list[str] | None, typer.Option("--set", help="字段=新值，可写多次 / field=value.")] = None,
) -> None:
    """更正居民资料，只写改动的字段。 Correct a resident's record."""
    desk = desk_of(context)
    with desk.office() as office:
        seen = _resident_for(desk, office, resident)
        said = dict(_pair(value) for value in values or [])
        if not said and not desk.screen.as_json:
            for name in ("phone", "address"):
                said[name] = desk.screen.ask(desk.screen.text(f"ask_{name}"), text(seen.fields, name) or "-")
            said = {name: value for name, value in said.items() if value not in ("-", text(seen.fields, name))}
        done = edit_resident(office, seen, said)
    _tell(desk, "edited", done)


def withdraw(
    context: typer.Context,
    case: CaseArgument = "",
    reason: Annotated[str, typer.Option("--reason", help="撤回的原因 / why.")] = "",
) -> None:
    """居民不办了：撤回办件（办结前都可以）。 Withdraw a case for its resident."""
    desk = desk_of(context)
    with desk.office() as office:
        seen = case_for(desk, office, case)
        done = withdraw_case(office, seen, _said(desk, reason, "--reason", "ask_why"))
    _tell(desk, "withdrawn", done)


def revoke(
    context: typer.Context,
    resident: Annotated[str, typer.Argument(help="居民，或同意书编号 / the resident, or the consent's id.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="原因，可不写 / why, if told.")] = "",
) -> None:
    """居民撤回同意：未送出的停止，已送出的由窗口处理。 Withdraw a consent."""
    desk = desk_of(context)
    with desk.office() as office:
        done = revoke_consent(office, _consent_for(desk, office, resident), reason)
    _tell(desk, "revoked_consent", done)


def hand_over_result(
    context: typer.Context,
    case: CaseArgument = "",
    to: Annotated[str, typer.Option("--to", help="领取人 / who took it.")] = "",
    relation: Annotated[str, typer.Option("--relation", help="与本人关系 / " + ", ".join(RELATION_CHOICES))] = "",
) -> None:
    """把到村的办理结果交给居民，登记领取人。 Hand a result over in the village."""
    desk = desk_of(context)
    screen = desk.screen
    with desk.office() as office:
        seen = case_for(desk, office, case)
        to = _said(desk, to, "--to", "ask_taken_by")
        if not relation and not screen.as_json:
            words = [screen.text(f"relation_{one}") for one in RELATION_CHOICES]
            relation = RELATION_CHOICES[screen.pick(screen.text("ask_relation"), words)]
        done = hand_over(office, seen, to, relation)
    _tell(desk, "handed_over", done)


def log(
    context: typer.Context,
    resident: ResidentArgument = "",
    kind: Annotated[str, typer.Option("--kind", help="/".join(ServiceKind))] = ServiceKind.ADVICE.value,
    minutes: Annotated[int, typer.Option("--minutes", help="用时（分钟）/ minutes.")] = 0,
    outcome: Annotated[str, typer.Option("--outcome", help="结果；不帮办的须写原因 / what came of it.")] = "",
    follow_up: Annotated[str, typer.Option("--follow-up", help="回访日期 / the day to come back, 2026-12-01.")] = "",
    note: Annotated[str, typer.Option("--note", help="备注 / a remark.")] = "",
    returned: Annotated[bool, typer.Option("--returned", help="原件已当场归还 / originals handed back.")] = False,
    village: Annotated[str, typer.Option("--village", help="区划代码 / division code.")] = "",
) -> None:
    """登记一次服务：咨询、上门、代办、送达或不帮办。 Log that someone was helped."""
    desk = desk_of(context)
    with desk.office() as office:
        seen = _resident_for(desk, office, resident) if resident else None
        said = {"kind": kind, "minutes": minutes, "outcome": outcome, "follow_up": follow_up, "note": note}
        done = log_service(office, {**said, "village": village, "materials_returned": returned or None}, seen)
    _tell(desk, "service_logged", done)


def appeal_for(
    context: typer.Context,
    resident: ResidentArgument = "",
    words: Annotated[str, typer.Option("--text", help="居民的诉求 / what is asked.")] = "",
    case: Annotated[str, typer.Option("--case", help="关于哪个办件 / about which case.")] = "",
    phone: Annotated[str, typer.Option("--phone", help="回电号码 / where to call back.")] = "",
) -> None:
    """替居民提出诉求，答复会作为通知回来。 Appeal for a resident."""
    desk = desk_of(context)
    with desk.office() as office:
        seen = _resident_for(desk, office, resident)
        about = case_for(desk, office, case) if case else None
        done = appeal(office, seen, _said(desk, words, "--text", "ask_appeal"), about, phone)
    _tell(desk, "appealed", done)


def answer(
    context: typer.Context,
    notice: Annotated[str, typer.Argument(help="通知编号（可写开头）/ the notice's id or its start.")] = "",
    words: Annotated[str, typer.Option("--text", help="说明 / the explanation.")] = "",
) -> None:
    """答复要求说明的通知；不写编号则列出。 Answer a notice that asks for an explanation."""
    desk = desk_of(context)
    screen = desk.screen
    with desk.office() as office:
        office.check_contact()
        asking = asking_notices(office)
        if not notice and (screen.as_json or not asking):
            screen.emit(
                [{"id": one.record, "zh": one.fields["text_zh"], "en": one.fields["text_en"]} for one in asking]
            )
            screen.say("nothing_asks")
            return
        seen = _notice_for(desk, office, asking, notice)
        done = answer_notice(office, seen, _said(desk, words, "--text", "ask_explanation"))
    _tell(desk, "answered", done)


def again(
    context: typer.Context,
    change: Annotated[str, typer.Argument(help="变更编号（可写开头）或记录 / the change or its record.")] = "",
    values: Annotated[
        list[str] | None, typer.Option("--set", help="更正：字段=值 或 字段:=JSON / what to put right.")
    ] = None,
) -> None:
    """把未接受的内容更正后重新办理；不写编号则列出。 Take refused work up again."""
    desk = desk_of(context)
    screen = desk.screen
    with desk.office() as office:
        office.check_contact()
        waiting = refused_work(office)
        if not change and (screen.as_json or not waiting):
            screen.emit([_refused(one) for one in waiting])
            screen.say("nothing_refused")
            return
        if not change:
            titles = [f"{screen.either(one.name_zh, one.name_en)}　{one.title}" for one in waiting]
            change = waiting[screen.pick(screen.text("ask_again"), titles)].change.id
        made = take_again(office, refused_named(office, change), dict(_valued(value) for value in values or []))
    screen.emit({"changes": made})
    screen.say("taken_again", "green", count=len(made))


def _asking(one: Sighting) -> dict[str, str]:
    return {"id": one.record, "zh": text(one.fields, "text_zh"), "en": text(one.fields, "text_en")}


def _refused(one: Refused) -> dict[str, object]:
    return {"change": one.change.id, "name": one.change.name, "record": one.change.record, "title": one.title}


def _resident_for(desk: Desk, office: Office, words: str) -> Sighting:
    if words or desk.screen.as_json:
        return resident_of(office, words)
    office.check_contact()

    def look(typed: str) -> list[tuple[str, str]]:
        shown = [found_resident(office, seen) for seen in residents(office, typed)]
        return [(one.record, f"{one.name}　{one.citizen_id}　{one.address}") for one in shown]

    return resident_of(office, desk.screen.search(desk.screen.text("ask_resident"), look))


def _consent_for(desk: Desk, office: Office, words: str) -> Sighting:
    """By its id, or a resident's only one that stands; a person chooses among several."""
    seen = office.replica.see(words) if is_id(words) else None
    if seen is not None and seen.kind == "consent":
        return seen
    standing = standing_consents(office, _resident_for(desk, office, words).record)
    if not standing:
        raise Stopped("nothing_found", what=words)
    if len(standing) == 1:
        return standing[0]
    if desk.screen.as_json:
        records = ", ".join(one.record for one in standing[:5])
        raise Stopped("several_found", what=words, count=len(standing), records=records)
    titles = [f"{title_of(office, one.record)}　{text(one.fields, 'signed_at')[:10]}" for one in standing]
    return standing[desk.screen.pick(desk.screen.text("ask_consent"), titles)]


def _notice_for(desk: Desk, office: Office, asking: list[Sighting], words: str) -> Sighting:
    if not words:
        shown = [desk.screen.either(text(one.fields, "text_zh"), text(one.fields, "text_en")) for one in asking]
        return asking[desk.screen.pick(desk.screen.text("ask_notice"), shown)]
    found = [one for one in office.replica.see_all("notice") if one.record.startswith(words)]
    if len(found) != 1:
        raise Stopped("nothing_found", what=words)
    return found[0]


def _said(desk: Desk, given: str, option: str, label: str) -> str:
    """What was said on the line, or is asked for now."""
    if given:
        return given
    if desk.screen.as_json:
        raise Stopped("choice_missing", what=option)
    return desk.screen.ask(desk.screen.text(label))


def _pair(said: str) -> tuple[str, str]:
    name, equals, value = said.partition("=")
    if not equals:
        raise Stopped("answer_wrong", what=said, why="=")
    return name, value


def _valued(said: str) -> tuple[str, object]:
    name, colon, value = said.partition(":=")
    if not colon:
        return _pair(said)
    try:
        return name, msgspec.json.decode(value)
    except msgspec.MsgspecError as error:
        raise Stopped("answer_wrong", what=name, why=error) from None


def _tell(desk: Desk, key: str, done: Written) -> None:
    desk.screen.emit({"record": done.record, "change": done.change})
    desk.screen.say(key, "green")
