"""Listeners hear of their own buckets, once, and nothing piles up."""

from functools import partial

from server.wakeups import Listener, Wakes


def test_a_listener_hears_of_its_buckets_and_no_others() -> None:
    wakes, calls = Wakes(), []
    listener = wakes.listen(["a", "b"], lambda: calls.append(1))
    wakes.publish(["a", "c"])
    wakes.publish(["a"])
    wakes.publish(["b"])
    assert (listener.hear(), len(calls)) == (["a", "b"], 1)
    assert listener.hear() == []
    wakes.publish(["b"])
    assert (listener.hear(), len(calls)) == (["b"], 2)


def test_a_listener_that_moved_or_closed_hears_nothing_of_before() -> None:
    wakes = Wakes()
    listener = wakes.listen(["a"], lambda: None)
    listener.listen_to(["b"])
    wakes.publish(["a"])
    assert listener.hear() == []
    wakes.publish(["b"])
    assert listener.hear() == ["b"]
    assert wakes.listened_to == {"b"}
    listener.close()
    wakes.publish(["b"])
    assert (listener.hear(), wakes.listened_to) == ([], frozenset())


def test_a_listener_may_leave_while_news_is_told() -> None:
    wakes = Wakes()
    leaving: list[Listener] = []

    def leave(number: int) -> None:
        leaving[number].close()

    leaving += (wakes.listen(["a"], partial(leave, 1)), wakes.listen(["a"], partial(leave, 0)))
    wakes.publish(["a"])
    assert wakes.listened_to in (frozenset(), {"a"})
