"""The exchange, on every store: what goes up is decided once, what comes down is one moment and only what is due."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent_api.exchange import Exchange
from server.storage.memory import MemoryGrant, MemoryStore
from server.storage.schema.records import KIND_TABLES
from sync.central.plan import Head
from sync.core.changes import OutcomeCode
from sync.core.codec import parse_answer
from sync.core.errors import NotAuthentic, SyncError
from sync.core.messages import Answer, Evidence, Status
from tests.centre import TOWN, VILLAGE, CentreUnderTest, Phone, StoreKind, ident, open_centre, resident, restored

BUCKET, OTHER = f"place:{VILLAGE}", f"place:{TOWN}"
LOG_TABLES = (
    *("centre", "epochs", "buckets", "changes", "waits", "history", "natural_keys", "chains", "number_series"),
    *("evidence", "exits", *(table.table for table in KIND_TABLES.values())),
)


async def everything(centre: CentreUnderTest) -> dict[str, Any]:
    """All that the centre holds, people apart."""
    if isinstance(centre.store, MemoryStore):
        return {name: value for name, value in vars(centre.store.copy()).items() if name != "contacts"}
    assert centre.database is not None
    async with centre.database.read() as snapshot:
        rows = await snapshot.fetch_each([(f"SELECT * FROM {table}", ()) for table in LOG_TABLES])
    return {table: sorted(map(repr, found)) for table, found in zip(LOG_TABLES, rows, strict=True)}


def codes(answer: Answer) -> list[tuple[str, str]]:
    return [(one.code.value, one.reason) for one in answer.outcomes]


async def ask(phone: Phone, message: bytes, carrier: Phone | None = None) -> Answer:
    return parse_answer(await phone.exchange.answer(message, (carrier or phone).caller)).envelope


# Up


async def test_what_one_phone_sends_another_reads(centre: CentreUnderTest) -> None:
    wang, li = await centre.enrol("wang", BUCKET), await centre.enrol("li", BUCKET)
    answer = await wang.tell([resident(wang, number) for number in range(3)])
    assert [one.code for one in answer.outcomes] == [OutcomeCode.APPLIED] * 3
    await li.read_all()
    assert {li.fields(record)["name"] for record in li.rows} == {"居民0", "居民1", "居民2"}


async def test_a_request_whose_answer_was_lost_is_answered_the_same_and_changes_nothing(
    centre: CentreUnderTest,
) -> None:
    wang = await centre.enrol("wang", BUCKET)
    message = wang.request([resident(wang, 1), resident(wang, 2), wang.change("resident", ident(1), "resident.fly")])
    first = await ask(wang, message)
    before = await everything(centre)
    again = await ask(wang, message)
    assert (first.outcomes, first.last_seq, first.chain_hash, first.ack) == (
        *(again.outcomes, again.last_seq, again.chain_hash, again.ack),
    )
    assert codes(first)[2] == ("parked", "unknown_change")
    assert await everything(centre) == before


async def test_a_repeated_request_may_have_grown_meanwhile(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    lines = [resident(wang, 1), resident(wang, 2), resident(wang, 3)]
    first = await ask(wang, wang.request(lines[:2]))
    grown = await wang.tell(lines)
    assert grown.outcomes[:2] == first.outcomes
    assert grown.last_seq == 3
    assert wang.made == len(grown.outcomes)


async def test_a_line_that_is_no_change_is_refused_and_kept_and_repeated(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    message = wang.request([b'{"not":"a change"}', resident(wang, 1)])
    first = await ask(wang, message)
    assert codes(first) == [("refused", "malformed"), ("applied", "")]
    assert (await ask(wang, message)).outcomes == first.outcomes


async def test_a_signature_of_another_key_or_for_other_changes_counts_as_nothing(centre: CentreUnderTest) -> None:
    wang, li = await centre.enrol("wang", BUCKET), await centre.enrol("li", BUCKET)
    before = await everything(centre)
    good = wang.request([resident(wang, 1)])
    forged = good.replace("居民1".encode(), "居民2".encode())
    wang.private, own = li.private, wang.private
    foreign = wang.request([resident(wang, 1)])
    wang.private = own
    stranger = good.replace(wang.device.encode(), ident("stranger").encode())
    for message in (forged, foreign, stranger):
        with pytest.raises(NotAuthentic):
            await centre.exchange.answer(message, wang.caller)
    assert await everything(centre) == before


@pytest.mark.parametrize("cut", [0, 1, 7, 40, 300])
async def test_a_request_that_was_cut_changes_nothing(centre: CentreUnderTest, cut: int) -> None:
    wang = await centre.enrol("wang", BUCKET)
    message = wang.request([resident(wang, 1), resident(wang, 2)])
    with pytest.raises(SyncError):
        await centre.exchange.answer(message[: len(message) - 1 - cut], wang.caller)
    assert not wang.rows
    assert (await wang.tell([])).last_seq == 0


# The chain


async def test_a_device_that_is_ahead_is_told_from_where_to_send(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await wang.tell([resident(wang, 1)])
    wang.last_seq = 5
    answer = await ask(wang, wang.request([resident(wang, 2)], ack=""))
    assert (answer.status, answer.last_seq, answer.outcomes) == (Status.GAP, 1, [])


@pytest.mark.parametrize("sends", [True, False])
async def test_two_copies_of_a_phone_get_chains_of_their_own_and_lose_nothing(
    centre: CentreUnderTest, sends: bool
) -> None:
    wang = await centre.enrol("wang", BUCKET)
    shared = [resident(wang, 1)]
    await wang.tell(shared)
    copy_epoch, copy_seq, copy_hash = wang.chain_epoch, wang.last_seq, wang.chain_hash
    await wang.tell([resident(wang, 2)])
    wang.chain_epoch, wang.last_seq, wang.chain_hash, wang.ack = copy_epoch, copy_seq, copy_hash, ""
    forked = await wang.tell([resident(wang, 3)] if sends else [])
    assert (forked.status, forked.last_seq, forked.outcomes) == (Status.FORK, 0, [])
    assert forked.chain_epoch == 2
    again = await wang.tell([*shared, resident(wang, 3)])
    assert codes(again) == [("applied", ""), ("applied", "")]
    reader = await centre.enrol("reader", BUCKET)
    await reader.read_all()
    assert sorted(reader.fields(record)["name"] for record in reader.rows) == ["居民1", "居民2", "居民3"]


async def test_every_fork_gives_out_a_chain_that_nobody_had(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await wang.tell([resident(wang, 1)])
    message = wang.request([], restart=True)
    assert [(await ask(wang, message)).chain_epoch for _ in range(3)] == [2, 3, 4]


async def test_an_id_that_comes_back_with_another_content_is_refused_and_both_are_kept(
    centre: CentreUnderTest,
) -> None:
    wang = await centre.enrol("wang", BUCKET)
    first = resident(wang, 1)
    wang.made -= 1
    other = resident(wang, 2)
    answer = await wang.tell([first, other])
    assert codes(answer) == [("applied", ""), ("refused", "id_reused")]
    await wang.read_all()
    assert sorted(row[0] for row in wang.rows.values()) == [f"person:{wang.account}", BUCKET]


# Down


async def test_an_idle_exchange_writes_nothing_and_carries_only_the_tag(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await wang.tell([resident(wang, 1)])
    await wang.read_all()
    before = await everything(centre)
    raw = await centre.exchange.answer(wang.request(), wang.caller)
    answer = parse_answer(raw).envelope
    assert (answer.status, answer.tag, answer.entitled, answer.pages) == (Status.OK, wang.tag, None, [])
    assert len(raw) < 300
    assert await everything(centre) == before


async def test_an_old_tag_without_cursors_asks_for_cursors(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await wang.tell([resident(wang, 1)])
    answer = await ask(wang, wang.request(tag="x" * 22))
    assert answer.need_cursors
    assert answer.entitled is not None
    assert {one.bucket: one.count for one in answer.entitled} == {BUCKET: 1, f"person:{wang.account}": 0}
    assert answer.pages == []


async def test_reading_in_small_pages_ends_while_others_write(centre: CentreUnderTest) -> None:
    wang, li = await centre.enrol("wang", BUCKET), await centre.enrol("li", BUCKET)
    await wang.tell([resident(wang, number, notes=["备注" * 200]) for number in range(60)])
    target = None
    for number in range(100, 200):
        message = li.request(cursors=list(li.cursors.values()), target=target, max_bytes=4096)
        parsed = parse_answer(await centre.exchange.answer(message, li.caller))
        li._apply(parsed.envelope, parsed.bodies)
        assert sum(map(len, parsed.bodies)) < 3 * 4096 + 3000
        if not parsed.envelope.more or parsed.envelope.target is None:
            break
        target = parsed.envelope.target
        await wang.tell([resident(wang, number)])
    assert 60 <= len(li.rows) < 80
    assert await li.read_all(max_bytes=4096) >= 1
    assert len(li.rows) == wang.made


async def test_nothing_of_a_bucket_that_was_taken_away_leaves_the_centre(centre: CentreUnderTest) -> None:
    wang, li = await centre.enrol("wang", BUCKET, OTHER), await centre.enrol("li", BUCKET, OTHER)
    await wang.tell([resident(wang, 1), resident(wang, 2, TOWN)])
    await li.read_all()
    assert len(li.rows) == 2
    await centre.end_grant(li.account, BUCKET)
    await wang.tell([resident(wang, 3), resident(wang, 4, TOWN)])
    message = li.request(cursors=list(li.cursors.values()))
    answer = await ask(li, message)
    assert [(one.bucket, one.reason) for one in answer.resets] == [(BUCKET, "gone")]
    assert {page.bucket for page in answer.pages} == {OTHER}
    await li.read_all()
    assert {row[0] for row in li.rows.values()} == {OTHER}


async def test_a_bucket_given_back_is_read_anew_in_another_generation(centre: CentreUnderTest) -> None:
    wang, li = await centre.enrol("wang", BUCKET), await centre.enrol("li", BUCKET)
    await wang.tell([resident(wang, 1)])
    await li.read_all()
    if isinstance(centre.store, MemoryStore):
        centre.store.state.grants[li.account, BUCKET] = MemoryGrant(generation=2)
    else:
        await centre.run("UPDATE grants SET generation = 2 WHERE account = ? AND bucket = ?", (li.account, BUCKET))
    answer = await ask(li, li.request(cursors=list(li.cursors.values())))
    assert [(one.bucket, one.reason) for one in answer.resets] == [(BUCKET, "generation")]
    await li.read_all()
    assert len(li.rows) == 1


async def test_a_record_that_moves_leaves_one_bucket_and_comes_into_the_other(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET, OTHER)
    here, there = await centre.enrol("here", BUCKET), await centre.enrol("there", OTHER)
    await wang.tell([resident(wang, 1)])
    await wang.read_all()
    await here.read_all()
    [record] = here.rows
    for village, reader, loser in ((TOWN, there, here), (VILLAGE, here, there)):
        move = wang.change("resident", record, "resident.edit", wang.base_of(record), village=village)
        answer = await wang.tell([move])
        assert codes(answer) == [("applied", "")]
        await loser.read_all()
        await reader.read_all()
        await wang.read_all()
        assert (list(reader.rows), list(loser.rows)) == ([record], [])
    newcomer = await centre.enrol("newcomer", BUCKET, OTHER)
    await newcomer.read_all()
    assert list(newcomer.rows) == [record]


async def test_an_outcome_that_is_not_plain_is_read_by_the_authors_other_device(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    tablet = await centre.enrol("tablet", account=wang.account)
    await wang.tell([wang.change("resident", ident(9), "resident.edit", notes=["?"])])
    await tablet.read_all()
    [record] = tablet.rows
    assert tablet.fields(record)["code"] == "parked"


async def test_a_parked_change_is_released_by_what_it_waited_for(centre: CentreUnderTest) -> None:
    wang, li = await centre.enrol("wang", BUCKET), await centre.enrol("li", BUCKET)
    registered = resident(wang, 1)
    record = msgspec.json.decode(registered)["record"]
    early = li.change("resident", record, "resident.edit", phone="19900001111")
    assert codes(await li.tell([early])) == [("parked", "record_unknown")]
    await wang.tell([registered])
    await li.read_all()
    outcome = msgspec.json.decode(early)["id"]
    assert li.fields(outcome)["code"] != "parked"


# Who may what


async def test_a_revoked_device_hands_over_is_told_to_wipe_and_receives_nothing(centre: CentreUnderTest) -> None:
    wang, li = await centre.enrol("wang", BUCKET), await centre.enrol("li", BUCKET)
    await li.tell([resident(li, 1)])
    await centre.revoke(wang)
    parsed = parse_answer(await centre.exchange.answer(wang.request([resident(wang, 1)], cursors=[]), wang.caller))
    answer = parsed.envelope
    assert (answer.status, answer.last_seq) == (Status.REVOKED, 1)
    assert (answer.outcomes, answer.pages, answer.entitled, answer.tag, parsed.bodies) == ([], [], None, "", ())
    await li.read_all()
    assert len(li.rows) == 1, "what a revoked device sent waits in quarantine"


async def test_whoever_carries_gets_outcomes_and_nothing_of_the_authors_records(centre: CentreUnderTest) -> None:
    wang, carrier = await centre.enrol("wang", BUCKET), await centre.enrol("carrier", OTHER)
    await wang.tell([resident(wang, 1)])
    message = wang.request([resident(wang, 2)], cursors=[], files=[ident("file")])
    answer = await ask(wang, message, carrier)
    assert codes(answer) == [("applied", "")]
    assert (answer.tag, answer.entitled, answer.pages, answer.files) == ("", None, [], {})
    assert answer.token_expires_in == 0


async def test_files_are_told_in_the_answer_that_asks(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    file = ident("file")
    assert (await ask(wang, wang.request(files=[file]))).files == {file: "missing"}


async def test_what_a_device_says_of_itself_is_written_once_a_minute(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await ask(wang, wang.request(waiting=3, waiting_since=centre.clock.now))
    assert await centre.contacts.flush() == 1
    await ask(wang, wang.request(waiting=3))
    assert await centre.contacts.flush() == 0
    await ask(wang, wang.request())
    assert await centre.contacts.flush() == 1
    centre.clock.now += 61_000
    await ask(wang, wang.request())
    assert await centre.contacts.flush() == 1


# Epochs


async def test_a_device_of_an_old_epoch_is_told_where_the_centre_was_restored_to(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await wang.tell([resident(wang, 1)])
    async with centre.store.write() as unit:
        assert await unit.change_epoch("epoch1", "epoch2", "restored", centre.clock.now)
    async with centre.store.write() as unit:
        assert not await unit.change_epoch("epoch1", "epoch3", "restored", centre.clock.now)
    for sends in ([resident(wang, 2)], []):
        answer = await ask(wang, wang.request(sends))
        assert (answer.status, answer.epoch, answer.last_seq) == (Status.EPOCH_CHANGED, "epoch2", 1)
        assert answer.outcomes == []
        assert answer.restored is not None
        assert {one.bucket: one.version for one in answer.restored}[BUCKET] == 1
    wang.epoch = "epoch2"
    assert codes(await wang.tell([resident(wang, 3)])) == [("applied", "")]


async def test_a_centre_that_meets_its_own_word_from_the_future_begins_another_epoch(tmp_path: Path) -> None:
    async with open_centre(StoreKind.MEMORY, tmp_path) as centre:
        assert isinstance(centre.store, MemoryStore)
        wang = await centre.enrol("wang", BUCKET)
        await wang.tell([resident(wang, 1)])
        backup = centre.store.copy()
        await wang.tell([resident(wang, 2)])
        centre.store.restore(backup)
        forged = await ask(wang, wang.request(ack="x" * 43))
        assert forged.status is Status.GAP
        answer = await ask(wang, wang.request())
        assert (answer.status, answer.last_seq) == (Status.EPOCH_CHANGED, 1)
        assert answer.epoch != wang.epoch
        assert centre.store.state.centre.epoch_block == 1


async def test_records_from_beyond_a_restored_head_are_parked_once_for_the_operator(centre: CentreUnderTest) -> None:
    wang = await centre.enrol("wang", BUCKET)
    await restored(centre)
    await wang.tell([])
    body = b'{"kind":"resident","id":"' + b"a" * 32 + b'","rev":1,"fields":{}}'
    held = Evidence("resident", "a" * 32, BUCKET, 7)
    for _ in range(2):
        answer = await ask(wang, wang.request(evidence=[held], bodies=[body]))
        assert answer.status is Status.OK
    kept = await everything(centre)
    assert len(kept["evidence"]) == 1


# One order, one result


async def test_equal_arrival_gives_equal_bytes_versions_and_sums_on_every_store(
    tmp_path: Path, postgres_url: str
) -> None:
    found = []
    for kind in StoreKind:
        async with open_centre(kind, tmp_path, postgres_url) as centre:
            found.append(await _a_morning(centre))
    assert len(found[0][0]) >= 6
    assert found[0] == found[1] == found[2]


async def _a_morning(centre: CentreUnderTest) -> tuple[list[tuple[str, int, bytes]], dict[str, Head]]:
    """A conflict, a move and a parked change; every row that came of it, and every head, audit chains included."""
    wang, li = await centre.enrol("wang", BUCKET, OTHER), await centre.enrol("li", BUCKET)
    await wang.tell([resident(wang, number) for number in range(4)])
    await li.read_all()
    await wang.read_all()
    records = sorted(li.rows)
    base_wang, base_li = wang.base_of(records[0]), li.base_of(records[0])
    await li.tell([li.change("resident", records[0], "resident.edit", base_li, phone="19900001111", notes=["甲"])])
    clash = await wang.tell(
        [
            wang.change("resident", records[0], "resident.edit", base_wang, phone="19900002222"),
            wang.change("resident", records[1], "resident.edit", wang.base_of(records[1]), village=TOWN),
            wang.change("resident", ident(5), "resident.edit", notes=["?"]),
        ]
    )
    assert [code for code, _ in codes(clash)] == ["conflict", "applied", "parked"]
    buckets = [BUCKET, OTHER, f"person:{wang.account}", f"person:{li.account}"]
    reader = await centre.enrol("reader", *buckets)
    await reader.read_all()
    async with centre.store.write() as unit:
        return sorted(reader.rows.values()), await unit.lock_heads(buckets)


async def test_an_exchange_made_anew_knows_the_same_devices(centre: CentreUnderTest) -> None:
    """Keys are remembered by one process; another reads them from the store."""
    wang = await centre.enrol("wang", BUCKET)
    fresh = Exchange(
        store=centre.store,
        writer=centre.writer,
        steps=centre.context.steps,
        clock=centre.clock,
        randomness=bytes,
        ack_key=b"a" * 32,
        contacts=centre.contacts,
    )
    await wang.tell([resident(wang, 1)])
    wang.exchange = fresh
    assert codes(await wang.tell([resident(wang, 2)])) == [("applied", "")]
