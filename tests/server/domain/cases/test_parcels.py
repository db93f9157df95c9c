"""A parcel keeps every event once, never goes back, and says who took it."""

from server.domain.cases.parcels import (
    ParcelState,
    TrackingEvent,
    after_dispatch,
    after_tracking,
    check_parcel,
    parcel_column,
)

SENT = after_dispatch({"mode": "ems", "state": "asked"}, "EX1", "ems", "2026-11-20T09:00:00+08:00")
MOVING = TrackingEvent("2026-11-20T12:00:00+08:00", ParcelState.MOVING, "宣城")
ARRIVING = TrackingEvent("2026-11-21T08:00:00+08:00", ParcelState.ARRIVING, "胡乐镇")
DONE = TrackingEvent("2026-11-21T10:00:00+08:00", ParcelState.DELIVERED, "胡乐村", "本人")


def test_events_are_kept_once_in_the_order_of_time() -> None:
    moved = after_tracking(SENT, [ARRIVING, MOVING])
    assert (moved["state"], moved["where"]) == ("arriving", "胡乐镇")
    assert after_tracking(moved, [MOVING, ARRIVING]) == moved
    assert [one["state"] for one in moved["events"]] == ["moving", "arriving"]  # type: ignore[attr-defined]


def test_a_late_event_does_not_take_a_parcel_back() -> None:
    moved = after_tracking(after_tracking(SENT, [DONE]), [MOVING])
    assert (moved["state"], moved["delivered_at"], moved["signed_by"]) == ("delivered", DONE.at, "本人")


def test_the_schedule_sees_to_mail_alone_and_only_until_it_ends() -> None:
    states = ("asked", "sent", "moving", "arriving", "delivered", "returned")
    seen = [parcel_column({"parcel": {"mode": "ems", "state": state}}) for state in states]
    assert seen == ["asked", "sent", "moving", "arriving", None, None]
    assert parcel_column({"parcel": {"mode": "pickup", "state": "asked"}}) is None


def test_a_hand_over_names_who_took_it_how_they_are_related_and_when() -> None:
    whole = {"to": "王秀英", "relation": "self", "at": "2026-11-21T10:00:00+08:00"}
    assert check_parcel({"parcel": {"mode": "pickup", "state": "at_village"}, "handover": whole}) == []
    assert len(check_parcel({"handover": {"to": " ", "relation": "friend"}})) == 3
    assert len(check_parcel({"parcel": {"mode": "drone", "state": "lost"}})) == 2
