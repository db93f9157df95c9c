"""An order is checked after it was answered, by a supervisor."""

from server.domain.supervision.orders import check_order_closing, is_order


def test_it_is_closed_by_a_supervisor_once_it_was_answered() -> None:
    for state, role, codes in (
        ("explained", "county_supervisor", []),
        ("explained", "city_supervisor", []),
        ("open", "city_supervisor", ["order_unanswered"]),
        ("explained", "desk_clerk", ["order_check"]),
        ("explained", "town_lead", ["order_check"]),
        ("explained", "centre", ["order_check"]),
    ):
        order = {"code": "supervision_order", "state": state}
        assert [one.code for one in check_order_closing(order, role)] == codes, (state, role)


def test_other_tasks_are_closed_as_ever() -> None:
    task = {"code": "bad_rating", "state": "open"}
    assert not is_order(task)
    assert check_order_closing(task, "desk_clerk") == []
