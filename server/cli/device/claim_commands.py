"""The commands of a campaign: claim and fill. No rule of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from server.cli.device.claims import (
    Claimable,
    advice_on,
    claimables,
    copied_from,
    decline_claims,
    fill_claim,
    find_claimables,
    give_back,
    lease_claims,
    needs_place,
    neighbour_of,
    open_campaign,
    read_value,
    remember_place,
    take_claims,
    taken_out,
)
from server.cli.device.desk import desk_of
from server.cli.device.failures import Stopped
from server.cli.device.office import Office
from server.cli.device.screen import Screen
from server.domain.catalogue.claim_fields import CLAIM_FIELDS, LOCAL_FIELDS
from server.domain.catalogue.claim_item import own_values
from server.domain.catalogue.claims import ClaimState
from server.domain.catalogue.item_values import inherited_words
from server.domain.record_fields import Fields, groups, text
from sync.device.replica import Sighting

SHOWN_MAX = 200


def claim(
    context: typer.Context,
    items: Annotated[
        list[str] | None, typer.Argument(help="基本编码或名称；不写则列出 / base codes or words; none lists.")
    ] = None,
    take_all: Annotated[bool, typer.Option("--all", help="认领全部待认领的 / every free one.")] = False,
    bulk: Annotated[bool, typer.Option("--bulk", help="认领标准清单中待认领的 / every free standard item.")] = False,
    decline: Annotated[str, typer.Option("--decline", help="申请不认领的理由 / why it is not this unit's.")] = "",
    lease: Annotated[int, typer.Option("--lease", help="领取几天 / take out as a batch for so many days.")] = 0,
    back: Annotated[bool, typer.Option("--give-back", help="交回领取的 / give batches back.")] = False,
    place: Annotated[str, typer.Option("--place", help="区划代码 / division code.")] = "",
) -> None:
    """列出本单位可认领与已认领的事项，一次可认领多项。 List and claim this unit's items."""
    desk = desk_of(context)
    screen = desk.screen
    with desk.office() as office:
        office.check_contact()
        campaign, found = _campaign_items(screen, office, place)
        if back:
            changes = give_back(office)
            screen.emit({"claims": [], "changes": changes})
            screen.say("given_back", "green", count=len(changes))
            return
        wanted = _wanted(found, items or [], take_all=take_all, bulk=bulk)
        if not (items or take_all or bulk):
            _list(screen, campaign, found, office.identity.account, taken_out(office))
            if screen.as_json or not any(one.state is ClaimState.FREE for one in found):
                return
            wanted = _ask_which(screen, found)
        if decline:
            changes = decline_claims(office, wanted, decline)
            screen.emit({"claims": [one.claim for one in wanted], "changes": changes})
            screen.say("declined", "green", count=len(changes))
            return
        changes = take_claims(office, wanted)
        if lease and wanted:
            changes += lease_claims(office, wanted, lease)
    screen.emit({"claims": [one.claim for one in wanted], "changes": changes})
    screen.say("claimed", "green", count=len(changes))


def _campaign_items(screen: Screen, office: Office, place: str = "") -> tuple[Sighting, list[Claimable]]:
    campaign = open_campaign(office)
    if campaign is None:
        raise Stopped("no_campaign")
    if not place and needs_place(office):
        if screen.as_json:
            raise Stopped("choice_missing", what="--place")
        place = screen.ask(screen.text("ask_unit_place"))
    if place:
        remember_place(office, place)
    return campaign, claimables(office, campaign)


def _wanted(found: list[Claimable], words: list[str], *, take_all: bool, bulk: bool = False) -> list[Claimable]:
    """Each word must point at something; several words may point at the same."""
    if take_all or bulk:
        return [one for one in found if one.state is ClaimState.FREE and (take_all or one.is_standard)]
    wanted: dict[str, Claimable] = {}
    for word in words:
        matching = find_claimables(found, word)
        if not matching:
            raise Stopped("nothing_found", what=word)
        wanted |= {one.claim: one for one in matching}
    return list(wanted.values())


def _list(screen: Screen, campaign: Sighting, found: list[Claimable], account: str, out: Mapping[str, str]) -> None:
    screen.emit(
        [
            {"claim": one.claim, "base_item": one.base_item, "name": one.name, "state": one.state, "unit": one.unit}
            for one in found
        ]
    )
    table = screen.table("", "#", "col_code", "col_service", "col_state", "col_who")
    table.title = screen.text("claims_title", campaign=text(campaign.fields, "name"), end=text(campaign.fields, "end"))
    for number, one in enumerate(found[:SHOWN_MAX], 1):
        worker = out.get(one.claim) or one.claimed_by
        who = screen.text("you") if worker == account else worker[:8]
        if one.claim in out:
            who += screen.text("taken_out")
        table.add_row(str(number), one.base_item, one.name, screen.text(f"state_{one.state}"), who)
    screen.show(table)
    if not found:
        screen.say("claims_none")


def _ask_which(screen: Screen, found: list[Claimable]) -> list[Claimable]:
    said = screen.ask(screen.text("ask_claims"), "").replace("，", ",")
    numbers = [int(word) for word in said.split(",") if word.strip().isdecimal()]
    return [found[number - 1] for number in numbers if 1 <= number <= len(found)]


def fill(
    context: typer.Context,
    claim: Annotated[str, typer.Argument(help="基本编码、名称或编号 / base code, words or id.")] = "",
    values: Annotated[
        list[str] | None, typer.Option("--set", help="要素=值，可写多次 / field=value, repeatable.")
    ] = None,
    copy_from: Annotated[str, typer.Option("--copy-from", help="从相邻一项复制（本地要素除外）/ a neighbour.")] = "",
    every: Annotated[bool, typer.Option("--all-fields", help="问全部要素 / ask every field.")] = False,
    submit: Annotated[bool, typer.Option("--submit", help="填完提交审核 / submit it.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="退回认领 / give it back.")] = False,
) -> None:
    """填写认领的清单：沿用标准清单，只问本地要素。 Fill a claim; only local fields are asked for."""
    desk = desk_of(context)
    screen = desk.screen
    with desk.office() as office:
        office.check_contact()
        _, found = _campaign_items(screen, office)
        one = _one_claim(screen, found, claim)
        seen = office.replica.see(one.claim)
        if seen is None:
            raise Stopped("nothing_found", what=claim)
        said = _copied(office, found, copy_from, one) | _said(values or [])
        if not screen.as_json and not withdraw and not values:
            said |= _ask_fields(screen, one, seen.fields, said, every=every)
            submit = submit or screen.confirm(screen.text("ask_submit_claim"), default=False)
        _tell_base_changes(screen, seen.fields)
        changes, count = fill_claim(office, seen, said, submit=submit, withdraw=withdraw)
        now = office.replica.see(one.claim)
        advice = advice_on(one.item, now.fields if now else {})
    screen.emit(
        {
            "claim": one.claim,
            "changes": changes,
            "fields": count,
            "base_changes": [dict(one) for one in groups(seen.fields, "rebased")],
            "reasons": [{"code": told.code, "field": told.field, "zh": told.zh, "en": told.en} for told in advice],
        }
    )
    for told in advice:
        screen.say("fill_reason", "yellow", text=screen.either(told.zh, told.en))
    screen.say("filled", "green", count=count)


def _tell_base_changes(screen: Screen, claim: Fields) -> None:
    """What changed in the base item since it was filled, with the unit's own words where they stand over it."""
    for one in groups(claim, "rebased"):
        words = {name: str(one.get(name) or "—") for name in ("label", "was", "now")}
        screen.say("fill_base_changed", "yellow", **words)
        if one.get("own") is not None:
            screen.say("fill_base_own", "dim", own=str(one["own"]))


def _one_claim(screen: Screen, found: list[Claimable], words: str) -> Claimable:
    """Among those that are claimed."""
    taken = [one for one in found if one.state is not ClaimState.FREE]
    if not words and not screen.as_json:
        words = screen.search(
            screen.text("ask_claim"),
            lambda typed: [(one.claim, f"{one.base_item}　{one.name}") for one in find_claimables(taken, typed)],
        )
    matching = find_claimables(taken, words) if words else []
    if not matching:
        raise Stopped("nothing_found", what=words)
    if len(matching) > 1:
        records = ", ".join(one.base_item for one in matching[:5])
        raise Stopped("several_found", what=words, count=len(matching), records=records)
    return matching[0]


def _copied(office: Office, found: list[Claimable], words: str, filled: Claimable) -> dict[str, object]:
    """From the same item of a neighbouring unit, or from another item of one's own; never the local fields."""
    if not words:
        return {}
    neighbour = neighbour_of(office, filled, words)
    if neighbour is not None:
        return copied_from(neighbour)
    for one in find_claimables(found, words):
        seen = office.replica.see(one.claim)
        if seen is not None and own_values(seen.fields):
            return copied_from(seen.fields)
    raise Stopped("nothing_found", what=words)


def _said(values: list[str]) -> dict[str, object]:
    """`field=value`, the field by its name or its Chinese one."""
    by_label = {field.zh: name for name, field in CLAIM_FIELDS.items()}
    said: dict[str, object] = {}
    for value in values:
        name, equals, rest = value.partition("=")
        if not equals:
            raise Stopped("answer_wrong", what=value, why="=")
        name = by_label.get(name, name)
        said[name] = read_value(name, rest)
    return said


def _ask_fields(
    screen: Screen, one: Claimable, claim: Fields, said: dict[str, object], *, every: bool
) -> dict[str, object]:
    """The local fields, or all; what stands already is offered as the answer."""
    standing = {**inherited_words(one.item), **own_values(claim), **said}
    asked: dict[str, object] = {}
    screen.say("fill_title", "bold", name=one.name)
    for name, field in CLAIM_FIELDS.items():
        if not every and name not in LOCAL_FIELDS:
            continue
        answer = screen.ask(field.zh, str(standing.get(name, "-") or "-"))
        if answer != "-" and answer != str(standing.get(name, "")):
            asked[name] = read_value(name, answer)
    if not every:
        screen.say("fill_inherited", "dim", count=len(CLAIM_FIELDS) - len(LOCAL_FIELDS))
    return asked
