"""What a red light and its supervision order (督办单) do to each other, in one decision.

Laws: an order's id follows from its light and how often that came up, so that each time has one, whoever looks and
however often. The order stands beside the change that made the light red. An answer to the one is an answer to the
other; who was told of the order as its supervisor is told of the answer, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from server.domain.people.reach import desk_bucket
from server.domain.record_fields import integer, text, texts
from server.domain.supervision.lights import LightState
from server.domain.supervision.notice_texts import answered_notice, order_notice, order_said, watcher_notice
from server.domain.supervision.orders import ORDERED, is_order
from server.domain.supervision.tasks import TaskCode, TaskState, open_task
from server.merge_policies.judging import china_day
from server.merge_policies.own_days import own_days, reads_own_days
from sync.central.known import Known, Record, Wants
from sync.central.policies import NewRecord, Reading, Situation
from sync.core.changes import Change, Fields
from sync.core.clock import iso
from sync.core.ids import derived_id

_ISSUING = ("light.raise", "light.change", "light.order")
Writes = tuple[tuple[str, str, Fields], ...]


class Beside(NamedTuple):
    """What a decision does to other records."""

    records: tuple[NewRecord, ...] = ()
    writes: Writes = ()


def order_id(light: str, times: int) -> str:
    return derived_id("task", TaskCode.SUPERVISION_ORDER.value, light, str(times))


def order_of(situation: Situation, fields: Fields, times: int) -> str:
    """The order of a light that is or becomes red with this change; "" when none is wanted."""
    if situation.change.name not in _ISSUING or text(fields, "level") not in ORDERED:
        return ""
    return order_id(situation.change.record, times)


def reads_orders(change: Change, reading: Reading) -> Wants:
    """What a light's change must see of its order, and whom that was told."""
    if change.kind != "light" or change.name not in (*_ISSUING, "light.explain"):
        return Wants()
    orders = _orders(reading, change.record)
    told = {account for source in reading.sources("light", change.record) for account in texts(source, "told")}
    notices = {("notice", _notice_id(order, account)) for order in orders for account in told}
    return Wants(records={("task", order) for order in orders} | notices) | reads_own_days(change, reading)


def reads_its_light(change: Change, reading: Reading) -> Wants:
    """What a step of an order must see of its light."""
    if change.name != "task.explain" or TaskCode.SUPERVISION_ORDER not in reading.texts("task", change.record, "code"):
        return Wants()
    return Wants(records={("light", light) for light in reading.texts("task", change.record, "about")})


def reads_answered(reading: Reading, kind: str, about: str) -> Wants:
    """What an answer to a notice about a light or an order must see of the other."""
    match kind:
        case "light":
            return Wants(records={("task", order) for order in _orders(reading, about)})
        case "task" if TaskCode.SUPERVISION_ORDER in reading.texts("task", about, "code"):
            return Wants(records={("light", light) for light in reading.texts("task", about, "about")})
    return Wants()


def issued(situation: Situation, light: Fields) -> Beside:
    """The order of a light that is red now, with who hears of it; or, where it stands, that another has to act."""
    order = text(light, "order")
    if situation.change.name not in _ISSUING or not order:
        return Beside()
    holder = text(light, "holder")
    standing = situation.known.record("task", order)
    if standing is None:
        task = _order_record(situation, light)
        due = text(task, "due")
        watchers = [
            NewRecord(
                kind="notice",
                id=derived_id("notice", order, account, "issued"),
                bucket=f"person:{account}",
                fields=watcher_notice(account, order, light, due),
            )
            for account in texts(light, "watchers")
        ]
        bucket = desk_bucket(text(light, "place"))
        made = NewRecord(kind="task", id=order, bucket=bucket, fields=task)
        return Beside((made, *_to_holders(situation, light, due), *watchers))
    if text(standing.fields, "state") != TaskState.OPEN or text(standing.fields, "holder") == holder:
        return Beside()
    told = _to_holders(situation, light, text(standing.fields, "due"))
    return Beside(told, (("task", order, {"holder": holder}),))


def _order_record(situation: Situation, light: Fields) -> Fields:
    now, record = situation.centre.now, situation.change.record
    day = china_day(now)
    task = open_task(
        TaskCode.SUPERVISION_ORDER,
        place=text(light, "place"),
        about=record,
        about_kind="light",
        said=" ".join(order_said(light)),
        opened_on=day,
        overrides=own_days(situation, day),
        at=iso(now),
        holder=text(light, "holder"),
    )
    if text(light, "state") != LightState.EXPLAINED:
        return task
    return {**task, "state": TaskState.EXPLAINED.value, **_answer_of(light)}


def _to_holders(situation: Situation, light: Fields, due: str) -> tuple[NewRecord, ...]:
    order = text(light, "order")
    if text(light, "state") == LightState.EXPLAINED:
        return ()  # they said why already
    notices = {account: _notice_id(order, account) for account in texts(light, "told")}
    return tuple(
        NewRecord(
            kind="notice",
            id=notice,
            bucket=f"person:{account}",
            fields=order_notice(account, order, light, due),
        )
        for account, notice in notices.items()
        if situation.known.record("notice", notice) is None
    )


def answered(known: Known, kind: str, record: Record, said: Fields) -> Beside:
    """What an answer to a light or an order does to the other of them, and who is told. `said`: explanation,
    explained_by and explained_at.
    """
    light, order = _pair(known, kind, record)
    if light is None or order is None:
        return Beside()
    is_new = text(order.fields, "state") == TaskState.OPEN
    writes: Writes = ()
    if kind == "light" and is_new:
        writes = (("task", order.id, {**said, "state": TaskState.EXPLAINED.value}),)
    if kind == "task" and text(light.fields, "state") == LightState.LIT:
        writes = (("light", light.id, {**said, "state": LightState.EXPLAINED.value}),)
    told = tuple(
        NewRecord(
            kind="notice",
            id=derived_id("notice", order.id, account, "answered"),
            bucket=f"person:{account}",
            fields=answered_notice(account, order.id, light.fields),
        )
        for account in texts(light.fields, "watchers")
        if is_new
    )
    return Beside(told, writes)


def _pair(known: Known, kind: str, record: Record) -> tuple[Record | None, Record | None]:
    """The light and its order."""
    if kind == "light":
        order = text(record.fields, "order")
        return record, known.record("task", order) if order else None
    if kind != "task" or not is_order(record.fields):
        return None, None
    return known.record("light", text(record.fields, "about")), record


def _answer_of(light: Fields) -> Fields:
    return {name: text(light, name) for name in ("explanation", "explained_by", "explained_at") if text(light, name)}


def _orders(reading: Reading, light: str) -> set[str]:
    """The orders that a light may have when the decision looks: it may come up once more with it."""
    sources: Sequence[Fields] = reading.sources("light", light)
    times = {integer(source, "times") for source in sources}
    return {order_id(light, number + more) for number in (0, *times) for more in (0, 1)}


def _notice_id(order: str, account: str) -> str:
    return derived_id("notice", order, account)
