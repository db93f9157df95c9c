"""What devices say of themselves is written together, and not oftener than it is news."""

import pytest

from server.storage.contacts import AGAIN_AFTER_MS, Contact, ContactBook
from server.storage.errors import Unreachable
from server.storage.memory import CentreMemory, MemoryStore
from server.storage.store import CentreState


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(CentreMemory(CentreState("epoch", 0)))


async def test_the_newest_word_of_each_device_is_written_once(store: MemoryStore) -> None:
    book = ContactBook(store)
    book.note("a", Contact(1, 5, 0))
    book.note("a", Contact(2, 4, 0))
    book.note("b", Contact(3, 0, None))
    assert await book.flush() == 2
    assert store.state.contacts == {"a": (2, 4, 0), "b": (3, 0, None)}
    assert await book.flush() == 0


async def test_nothing_new_within_a_minute_is_let_go(store: MemoryStore) -> None:
    book = ContactBook(store)
    book.note("a", Contact(0, 0, None))
    await book.flush()
    book.note("a", Contact(AGAIN_AFTER_MS - 1, 0, None))
    assert await book.flush() == 0
    book.note("a", Contact(AGAIN_AFTER_MS - 1, 1, 5))
    assert await book.flush() == 1
    book.note("a", Contact(3 * AGAIN_AFTER_MS, 1, 5))
    assert await book.flush() == 1


async def test_what_could_not_be_written_waits_for_the_next_time(store: MemoryStore) -> None:
    book = ContactBook(store)
    fails = True

    async def pause(where: str) -> None:
        if fails and where == "before commit":
            book.note("b", Contact(9, 0, None))
            raise Unreachable("gone")

    store.pause = pause
    book.note("a", Contact(1, 0, None))
    book.note("b", Contact(2, 0, None))
    with pytest.raises(Unreachable):
        await book.flush()
    fails = False
    assert await book.flush() == 2
    assert store.state.contacts["b"][0] == 9
