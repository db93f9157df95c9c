"""Tells whoever listens in this process that a bucket has news. A wake carries no data, and may be lost.

Laws: nothing piles up: what a listener has not heard yet is a set of buckets, never longer than what it listens to.
Publishing waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection


class Listener:
    """One who listens to some buckets. `on_news` is called when the set of unheard buckets was empty and is not now."""

    __slots__ = ("_hub", "_on_news", "_unheard", "buckets")

    def __init__(self, hub: Wakes, buckets: frozenset[str], on_news: Callable[[], None]) -> None:
        self._hub = hub
        self._on_news = on_news
        self._unheard: set[str] = set()
        self.buckets = buckets

    def hear(self) -> list[str]:
        """The buckets that have news since the last time."""
        heard = sorted(self._unheard)
        self._unheard.clear()
        return heard

    def listen_to(self, buckets: Collection[str]) -> None:
        """From now on to these."""
        self._hub.move(self, frozenset(buckets))

    def close(self) -> None:
        self._hub.move(self, frozenset())

    def wake(self, bucket: str) -> None:
        was_quiet = not self._unheard
        self._unheard.add(bucket)
        if was_quiet:
            self._on_news()


class Wakes:
    """The listeners of this process by bucket."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}

    def listen(self, buckets: Collection[str], on_news: Callable[[], None]) -> Listener:
        """Close the listener when it is done."""
        listener = Listener(self, frozenset(), on_news)
        self.move(listener, frozenset(buckets))
        return listener

    def move(self, listener: Listener, buckets: frozenset[str]) -> None:
        for bucket in listener.buckets - buckets:
            listeners = self._listeners[bucket]
            listeners.discard(listener)
            if not listeners:
                del self._listeners[bucket]
        for bucket in buckets - listener.buckets:
            self._listeners.setdefault(bucket, set()).add(listener)
        listener.buckets = buckets

    def publish(self, buckets: Collection[str]) -> None:
        """These buckets have news."""
        for bucket in buckets:
            for listener in tuple(self._listeners.get(bucket, ())):
                listener.wake(bucket)

    @property
    def listened_to(self) -> frozenset[str]:
        """Every bucket that somebody listens to."""
        return frozenset(self._listeners)
