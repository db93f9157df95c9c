"""What an exchange tells and keeps besides changes and rows: brief answers, evidence, and that a device was wiped."""

from typing import Any

import pytest

from agent_api.exchange import EVIDENCE_MS
from server.storage.memory import MemoryStore
from sync.core.chain import encode_hash, genesis
from sync.core.codec import parse_answer
from sync.core.messages import Answer, Evidence, Status
from tests.centre import VILLAGE, CentreUnderTest, Phone, resident, restored

BUCKET = f"place:{VILLAGE}"


async def ask(phone: Phone, message: bytes) -> Answer:
    return parse_answer(await phone.exchange.answer(message, phone.caller)).envelope


async def test_that_a_device_was_told_to_wipe_is_written_once(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await wang.tell([resident(wang, 1)])
    assert await wiped_at(centre, wang) is None
    await centre.revoke(wang)
    first = centre.clock.now
    for _ in range(3):
        assert (await wang.tell([])).status is Status.REVOKED
        centre.clock.now += 60_000
    assert await wiped_at(centre, wang) == first


async def wiped_at(centre: CentreUnderTest, phone: Phone) -> int | None:
    if isinstance(centre.store, MemoryStore):
        return centre.store.state.wiped.get(phone.device)
    assert centre.database is not None
    async with centre.database.read() as snapshot:
        row = await snapshot.fetch_one("SELECT wiped_at FROM devices WHERE id = ?", (phone.device,))
    assert row is not None
    at: int | None = row[0]
    return at


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ({}, 1),
        ({"epoch": "another"}, 0),
        ({"epoch": ""}, 0),
        ({"version": 1}, 0),
        ({"evidence_signature": ""}, 0),
        ({"evidence_signature": "A" * 86}, 0),
        ({"founded": True}, 0),
        ({"later_ms": EVIDENCE_MS - 1}, 1),
        ({"later_ms": EVIDENCE_MS}, 0),
    ],
    ids=lambda shown: ",".join(shown) if isinstance(shown, dict) else str(shown),
)
async def test_what_proves_nothing_is_not_kept_as_evidence(
    centre: CentreUnderTest, shown: dict[str, Any], kept: int
) -> None:
    """From another history or a device that knows of none; of a row that the backup held as well; not signed by who
    shows it; to a centre that lost nothing; long after the restored one was made whole."""
    shown = dict(shown)
    wang = await centre.enrol("wang", BUCKET)
    await wang.tell([resident(wang, 1)])
    if not shown.pop("founded", False):
        await restored(centre)
        wang.epoch = (await ask(wang, wang.request())).epoch
    centre.clock.now += shown.pop("later_ms", 0)
    version = shown.pop("version", 7)
    body = b'{"id":"' + b"a" * 32 + b'","kind":"resident","rev":3,"fields":{"name":"\xe6\xb1\xaa"}}'
    held = Evidence("resident", "a" * 32, BUCKET, version)
    await ask(wang, wang.request(evidence=[held], bodies=[body], **shown))
    if isinstance(centre.store, MemoryStore):
        count = len(centre.store.state.evidence)
    else:
        assert centre.database is not None
        async with centre.database.read() as snapshot:
            [[count]] = await snapshot.fetch("SELECT count(*) FROM evidence")
    assert count == kept


async def test_an_idle_device_that_asks_for_it_in_brief_is_told_nothing_twice(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await wang.tell([resident(wang, 1)])
    await wang.read_all()
    whole = await ask(wang, wang.request())
    brief = await ask(wang, wang.request(brief=True))
    assert (brief.epoch, brief.chain_hash, brief.ack, brief.token_expires_in) == ("", "", "", 0)
    assert (whole.epoch, whole.chain_hash, whole.ack) == (wang.epoch, encode_hash(wang.chain_hash), wang.ack)
    assert (brief.status, brief.last_seq, brief.tag) == (whole.status, whole.last_seq, whole.tag)


async def test_what_differs_is_told_in_brief_as_well(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await wang.tell([resident(wang, 1)])
    behind = wang.request(brief=True, first_seq=1, prev_hash=encode_hash(genesis(wang.device, 1)), epoch="other")
    answer = await ask(wang, behind)
    assert (answer.status, answer.epoch, answer.last_seq) == (Status.EPOCH_CHANGED, wang.epoch, 1)
    assert answer.chain_hash == encode_hash(wang.chain_hash)
    assert answer.ack
