"""Whatever bytes come as an exchange: a problem that names itself, nothing changed in any table, the next one works.

What is signed and well framed is no such thing, however odd: it is decided, kept, and has no effect.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from server.domain.people.roles import Scope
from sync.core.changes import OutcomeCode
from sync.core.codec import LINE_BYTES_MAX, REQUEST_BYTES_MAX, parse_answer
from tests.centre import Phone, ident, resident
from tests.faults.site import Person, Served, prepare, problem_of, served, settings_in
from tests.people import SIBLING, VILLAGE
from tests.postgres import PostgresServer

BOTH = 2**53
REFUSALS = {"malformed", "too_large", "not_authentic", "upgrade_required"}
PEOPLE = (Person("wang"), Person("li", scope=Scope(frozenset({SIBLING}))))


@pytest.fixture
async def at(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Served]:
    """On the engine that the test asks for."""
    if request.param == "sqlite":
        async with served(await prepare(settings_in(tmp_path), *PEOPLE)) as found:
            yield found
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url:
        async with served(await prepare(settings_in(tmp_path, url), *PEOPLE)) as found:
            yield found


@dataclass(frozen=True)
class Bad:
    """Bytes that are nobody's request. `codes`: the problems that may be told."""

    why: str
    body: bytes
    codes: frozenset[str] = frozenset(REFUSALS)
    headers: dict[str, str] = field(default_factory=dict)


def filed(phone: Phone, number: int) -> bytes:
    return resident(phone, number, VILLAGE)


def request_of(phone: Phone) -> bytes:
    """A good request with nothing in it that is not covered by the signature."""
    message = phone.request([filed(phone, 1), filed(phone, 2)])
    envelope, rest = message.split(b"\n", 1)
    told = json.loads(envelope)
    bare = {name: value for name, value in told.items() if value != ""}
    return json.dumps(bare, separators=(",", ":")).encode() + b"\n" + rest


def with_envelope(message: bytes, **changes: Any) -> bytes:
    envelope, *lines = message.split(b"\n")
    told = json.loads(envelope) | changes
    kept = {name: value for name, value in told.items() if value is not ...}
    return b"\n".join([json.dumps(kept, separators=(",", ":")).encode(), *lines])


def raw_envelope(message: bytes, name: str, raw: bytes) -> bytes:
    """The envelope with one more field, whose value is written as it is given. Comes last, and so counts."""
    envelope, rest = message.split(b"\n", 1)
    return envelope[:-1] + b',"%s":%s}\n' % (name.encode(), raw) + rest


# Nobody's request


def cut_and_bent(good: bytes) -> Iterator[Bad]:
    chance = random.Random(7)
    for length in sorted({0, 1, 2, len(good) - 1, good.index(b"\n"), *chance.sample(range(len(good)), 60)}):
        yield Bad(f"cut after {length}", good[:length])
    for at in chance.sample(range(len(good)), 120):
        bit = 1 << chance.randrange(8)
        yield Bad(f"bit {bit} of byte {at}", good[:at] + bytes([good[at] ^ bit]) + good[at + 1 :])
    for at in chance.sample(range(len(good)), 20):
        yield Bad(f"byte {at} gone", good[:at] + good[at + 1 :])
        yield Bad(f"byte {at} doubled", good[: at + 1] + good[at:])
    lines = good.split(b"\n")
    yield Bad("lines in another order", b"\n".join([lines[0], lines[2], lines[1]]))
    yield Bad("one line twice", b"\n".join([lines[0], lines[1], lines[1]]))
    yield Bad("a line too many", good + b"\n" + lines[1])
    yield Bad("a newline at the end", good + b"\n")
    yield Bad("carriage returns", good.replace(b"\n", b"\r\n"))
    yield Bad("a byte order mark", b"\xef\xbb\xbf" + good)
    yield Bad("UTF-16", good.decode().encode("utf-16"))


def envelopes(good: bytes) -> Iterator[Bad]:
    told = json.loads(good.split(b"\n", 1)[0])
    for name in ("protocol", "device", "chain_epoch", "first_seq", "prev_hash", "n", "signature"):
        yield Bad(f"no {name}", with_envelope(good, **{name: ...}))
        values: tuple[Any, ...] = (None, [], {}, True, "x", 1.5, -1, [told[name]], str(told[name]) + "x")
        for value in values:
            yield Bad(f"{name} is {value!r}", with_envelope(good, **{name: value}))
        for raw in (b"NaN", b"Infinity", b"1e400", b"-0.0", b'"\\ud800"', b'"\\u0000"', b"9" * 400, b"[" * 100_000):
            yield Bad(f"{name} is {raw[:9]!r}", raw_envelope(good, name, raw))
    bounds: dict[str, tuple[Any, ...]] = {
        "protocol": (0, 2, 10_000),
        "schema": (0, -1, 10_001, "1"),
        "chain_epoch": (2, BOTH - 1, BOTH, 2**63, 2**63 - 1),
        "first_seq": (0, 2, BOTH - 1, BOTH, 2**63, 2**63 - 1, 2**64),
        "n": (0, 1, 3, 10_000, 10_001, 2**63),
        "epoch": ("x" * 33, 7),
        "ack": ("x" * 44,),
        "tag": ("x" * 23,),
        "waiting": (-1, BOTH),
        "waiting_since": (-1, BOTH),
        "max_bytes": (0, -1, 4_095, 1_048_577),
        "restart": (1, "yes"),
        "files": (["../../etc/passwd"], ["a" * 31], ["a" * 32] * 1_001, "a" * 32),
        "cursors": (
            [["place:1", 1, -1, ""]],
            [["place:1", -1, 1, ""]],
            [["place:1", 1, BOTH, ""]],
            [["", 1, 1, ""]],
            [["x" * 81, 1, 1, ""]],
            [["place:1"]],
            [[]],
            {"place:1": 1},
            [["place:1", 1, 1, ""]] * 2_001,
        ),
        "target": ([["place:1", -1]], [["place:1", 2**63]], [["place:1", 1]] * 2_001, [["", 1]]),
        "honour": ([["x", "y"]], [["a" * 32, "y" * 41]], [["a" * 32]], [["a" * 32, 7]]),
        "evidence": ([["resident", "a" * 32, "place:1", 1]], [["resident", "A" * 32, "place:1", 1]], [[]]),
        "prev_hash": ("A" * 43, "A" * 42 + "=", "A" * 42 + "/", "é" * 43, told["prev_hash"][:-1] + "B"),
        "signature": ("A" * 86, "A" * 85, "A" * 87, "", told["signature"][::-1], "=" * 86),
        "device": ("f" * 32, told["device"].upper(), told["device"] + "\n", "../" + "a" * 29),
    }
    for name, beyond in bounds.items():
        for value in beyond:
            yield Bad(f"{name} is {str(value)[:40]}", with_envelope(good, **{name: value}))
    yield Bad("another key twice", raw_envelope(good, "device", b'"%s"' % (b"f" * 32)))
    yield Bad("a value before the envelope", b"0" + good)
    yield Bad("an array", b"[" + good.split(b"\n", 1)[0] + b"]\n" + good.split(b"\n", 1)[1])
    yield Bad("nested without end", b'{"a":' * 100_000 + b"\n" + good)
    yield Bad("a million keys", b"{" + b",".join(b'"k%d":1' % at for at in range(80_000)) + b"}")


def floods(good: bytes) -> Iterator[Bad]:
    packed = {"content-encoding": "gzip"}
    first, rest = good.split(b"\n", 1)
    yield Bad("ten million letters", good[:-2] + b"x" * 10_000_000 + good[-2:], frozenset({"too_large"}))
    yield Bad("a long line", first + b"\n" + b"x" * (LINE_BYTES_MAX + 1) + b"\n" + rest)
    yield Bad("a long envelope", b'{"x":"' + b"x" * 1_100_000 + b'",' + good[1:])
    yield Bad("a million lines", first + b"\n" * 1_000_000)
    yield Bad("a bomb", gzip.compress(b"\0" * (REQUEST_BYTES_MAX * 5)), frozenset({"too_large"}), packed)
    yield Bad("a bomb in a bomb", gzip.compress(gzip.compress(bytes(10**7))), headers=packed)
    yield Bad("two members", gzip.compress(good) + gzip.compress(good), frozenset({"malformed"}), packed)
    yield Bad("something behind", gzip.compress(good) + b"x", frozenset({"malformed"}), packed)
    yield Bad("cut gzip", gzip.compress(good)[:-5], frozenset({"malformed"}), packed)
    yield Bad("no gzip", good, frozenset({"malformed"}), packed)
    for encoding in ("br", "gzip, gzip", "deflate", "compress", "x" * 1_000):
        yield Bad(f"packed as {encoding[:9]}", good, frozenset({"encoding_unknown"}), {"content-encoding": encoding})


MAKERS: dict[str, Callable[[bytes], Iterator[Bad]]] = {"cut": cut_and_bent, "envelope": envelopes, "flood": floods}


@pytest.mark.parametrize(
    ("at", "made_by"), [*(("sqlite", name) for name in MAKERS), ("postgres", "envelope")], indirect=["at"]
)
async def test_what_cannot_be_read_or_proved_changes_nothing(at: Served, made_by: str) -> None:
    wang, li = at.phones
    good = request_of(wang)
    before = await at.site.digest()
    for bad in MAKERS[made_by](good):
        response = await at.post(bad.body, wang, **bad.headers)
        assert response.status_code in (400, 403, 413, 415, 426), (bad.why, response.status_code, response.text[:200])
        assert problem_of(response).code in bad.codes, (bad.why, response.text[:200])
        assert not at.site.is_sqlite or await at.site.digest() == before, bad.why
    assert await at.site.digest() == before
    await still_works(at, good)
    assert [one.code for one in (await li.tell([resident(li, 1, SIBLING)])).outcomes] == [OutcomeCode.APPLIED]


async def still_works(at: Served, good: bytes) -> None:
    response = await at.post(good, at.phones[0])
    assert response.status_code == 200
    answer = parse_answer(response.content).envelope
    assert [one.code for one in answer.outcomes] == [OutcomeCode.APPLIED] * 2


# Signed, framed, and still nothing


@dataclass(frozen=True)
class Odd:
    """A line that its author signed. `told`: the (code, reason) it gets; reason None when any will do."""

    why: str
    line: Callable[[Phone, Phone], bytes]
    told: tuple[str, str | None]


def change(**changes: Any) -> Callable[[Phone, Phone], bytes]:
    """A good change, made odd. Written without the encoder that would turn it away."""

    def make(wang: Phone, li: Phone) -> bytes:
        told = json.loads(filed(wang, 100)) | changes
        kept = {name: value for name, value in told.items() if value is not ...}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    return make


def fields(**values: Any) -> Callable[[Phone, Phone], bytes]:
    return change(set={"name": "王", "village": VILLAGE} | values)


def bytes_of(make: Callable[[bytes], bytes]) -> Callable[[Phone, Phone], bytes]:
    return lambda wang, li: make(filed(wang, 100))


MALFORMED = ("refused", "malformed")
ABSENT = ("parked", "record_unknown")  # a record that is another's is told like one that is not there
ODD = (
    Odd("a float", fields(phone=1.5), MALFORMED),
    Odd("beyond 2^53", fields(phone=BOTH), MALFORMED),
    Odd("far beyond", fields(phone=10**400), MALFORMED),
    Odd("a lone surrogate", fields(phone="\ud800"), MALFORMED),
    Odd("a NUL", fields(phone="a\0b"), MALFORMED),
    Odd("an override", fields(phone="\u202e"), MALFORMED),
    Odd("not NFC", fields(phone="e\u0301"), MALFORMED),
    Odd("too deep", fields(phone=[[[[[1]]]]]), MALFORMED),
    Odd("a NUL in a name", fields(**{"form.\0": "x"}), MALFORMED),
    Odd("a name beyond measure", fields(**{"x" * 200: "x"}), MALFORMED),
    Odd("too many fields", fields(**{f"form.f{at}": at for at in range(401)}), MALFORMED),
    Odd("no id", change(id=...), MALFORMED),
    Odd("an id beyond measure", change(id="a" * 33), MALFORMED),
    Odd("an id in capitals", change(id="A" * 32), MALFORMED),
    Odd("a path for a record", change(record="../../../../etc/passwd"), MALFORMED),
    Odd("a version beyond measure", change(version=9_999), MALFORMED),
    Odd("a version of nothing", change(version=0), MALFORMED),
    Odd("a time beyond time", change(captured={"wall": 2**63}), MALFORMED),
    Odd("an empty base", change(base={}), MALFORMED),
    Odd("a base of a negative rev", change(base={"epoch": "e", "rev": -1, "hash": "A" * 43}), MALFORMED),
    Odd("needs beyond measure", change(needs=["a" * 32] * 17), MALFORMED),
    Odd("deep", bytes_of(lambda line: b'{"a":' * 50_000), MALFORMED),
    Odd("deep lists", bytes_of(lambda line: b"[" * 100_000), MALFORMED),
    Odd("nothing", bytes_of(lambda line: b""), MALFORMED),
    Odd("half a letter", bytes_of(lambda line: line[:-3] + b"\xe6\xb1" + line[-3:]), MALFORMED),
    Odd("NaN", bytes_of(lambda line: line.replace(b'"wall":1763000000000', b'"wall":NaN')), MALFORMED),
    Odd("a key twice", bytes_of(lambda line: line[:-1] + b',"kind":"case"}'), MALFORMED),
    Odd("a space", bytes_of(lambda line: line.replace(b":", b": ", 1)), MALFORMED),
    Odd("a change of what nobody knows", change(kind="dragon", name="dragon.fly", set={}), ("parked", None)),
    Odd("a change that nobody knows", change(name="resident.fly"), ("parked", "unknown_change")),
    Odd("a version nobody knows", change(version=999), ("parked", None)),
    Odd("a kind that is not its name's", change(kind="consent"), ("parked", "unknown_change")),
    Odd("an SQL", change(kind="resident; DROP TABLE residents"), MALFORMED),
    Odd("another's bucket", fields(village=SIBLING), ("refused", None)),
    Odd("a place that is none", fields(village="../../etc"), ("refused", None)),
    Odd("no place at all", change(set={"name": "王"}), ("refused", None)),
    Odd("an edit of nothing", change(name="resident.edit", base={"change": "e" * 32}), ("parked", None)),
    Odd(
        "a base from the future",
        change(name="resident.edit", base={"epoch": "e1", "rev": 10**9, "hash": "A" * 43}),
        ("parked", None),
    ),
    Odd("needs what never comes", change(needs=["e" * 32]), ("parked", None)),
    Odd(
        "a centre's own kind", change(kind="outcome", name="outcome.put", set={"bucket": "person:x"}), ("parked", None)
    ),
    Odd("a conflict of nobody", change(kind="conflict", name="conflict.decide", set={}), ("parked", None)),
    Odd("a desk's work", change(kind="item", name="item.publish", set={"name": "x"}), ("refused", None)),
    Odd("an edit of what is not there", change(record="d" * 32, name="resident.edit", set={"phone": "1"}), ABSENT),
    Odd(
        "a formula",
        change(record="f" * 32, set={"name": "=cmd|' /C calc'!A0", "village": VILLAGE}),
        ("applied", ""),
    ),
)


@pytest.mark.parametrize("at", ["sqlite", "postgres"], indirect=True)
async def test_what_was_signed_is_decided_and_kept_and_has_no_effect(at: Served) -> None:
    wang, li = at.phones
    [theirs] = [resident(li, 1, SIBLING)]
    assert (await li.tell([theirs])).outcomes[0].code is OutcomeCode.APPLIED
    record = json.loads(theirs)["record"]
    foreign = (
        Odd("another's record", change(record=record, name="resident.edit", set={"phone": "1"}), ABSENT),
        Odd("another's record anew", change(record=record), ABSENT),
        Odd("another's change", lambda wang, li: theirs, ("refused", None)),
        Odd("another's id", change(id=json.loads(theirs)["id"]), ("refused", "id_reused")),
    )
    wrong: list[tuple[str, object]] = []
    for number, odd in enumerate((*ODD, *foreign)):
        made = odd.line(wang, li)
        if odd.told != MALFORMED and odd.why not in ("another's change", "another's id"):
            made = made.replace(json.loads(made)["id"].encode(), ident("odd", number).encode())
        before = await at.site.rows()
        [outcome] = (await wang.tell([made])).outcomes
        code, reason = odd.told
        if outcome.code != code or reason not in (None, outcome.reason):
            wrong.append((odd.why, outcome))
        after = await at.site.rows()
        differing = {table for table in after if after[table] != before[table]}
        allowed = {"changes", "change_counts", "chains", "buckets", "outcomes", "waits"} | (
            {"residents", "resident_counts"} if code == "applied" else set()
        )
        if len(after["changes"]) != len(before["changes"]) + 1 or not differing <= allowed:
            wrong.append((odd.why, differing))
    assert not wrong, "\n".join(map(repr, wrong))
    assert (await wang.tell([filed(wang, 101)])).outcomes[0].code is OutcomeCode.APPLIED


# What a good request carries beside its changes


@pytest.mark.parametrize("at", ["sqlite", "postgres"], indirect=True)
async def test_what_an_envelope_claims_beside_the_changes_never_harms_the_centre(at: Served) -> None:
    """It is not signed: it may be turned away, or taken for what it is worth."""
    wang, li = at.phones
    await li.tell([resident(li, 1, SIBLING)])
    await wang.tell([])
    body = filed(wang, 7)
    wrong: list[tuple[str, str]] = []
    claims: dict[str, tuple[Any, ...]] = {
        "evidence": tuple(
            [[kind, "a" * 32, bucket, 1]]
            for kind, bucket in (
                ("x" * 33, "place:1"),
                ("a\0b", "place:1"),
                ("\u202e", "place:1"),
                ("resident", "place:\0"),
                ("resident", "x" * 80),
                ("resident", "é" * 80),
                ("", "x"),
            )
        ),
        "honour": ([["a" * 32, "1\0"]], [["a" * 32, ""]], [["a" * 32, "'; DROP TABLE changes"]]),
        "cursors": (
            [[f"place:{SIBLING}", 1, 0, ""]],
            [[f"place:{VILLAGE}", 1, BOTH - 1, "~" * 9]],
            [[f"place:{VILLAGE}", 7, 0, ""]],
            [["place:\0", 1, 0, "\0"]],
            [[f"place:{VILLAGE}", 1, 0, "\0"]],
            [[f"place:{VILLAGE}", 1, 0, "x" * 100_000]],
            [[f"place:{at}", 1, 0, ""] for at in range(2_000)],
            [[f"place:{VILLAGE}", 1, 0, ""]] * 2_000,
        ),
        "target": (
            [[f"place:{SIBLING}", BOTH - 1]],
            [[f"place:{VILLAGE}", BOTH - 1]],
            [["\0", 1]],
            [[f"place:{at}", 1] for at in range(2_000)],
        ),
        "files": (["a" * 32], ["a" * 32] * 1_000),
        "epoch": ("\0", "e1", "'", "é" * 32),
        "ack": ("\0", "A" * 43, "é" * 43),
        "tag": ("\0", "A" * 22, "é" * 22),
        "waiting": (BOTH - 1,),
        "waiting_since": (BOTH - 1,),
        "unheard_of": ({"a": [1.5, None]}, "x" * 1_000, 10**400),
    }
    for name, values in claims.items():
        for value in values:
            lines = [body] * len(value) if name == "evidence" else []
            wanted = {"cursors": []} | {name: value} if name == "target" else {name: value}
            message = b"\n".join([with_envelope(wang.request([]), **wanted), *lines])
            response = await at.post(message, wang)
            if response.status_code != 200:
                code = problem_of(response).code
                if code not in REFUSALS:
                    wrong.append((f"{name} {value!r}"[:80], code))
            elif f"place:{SIBLING}".encode() in response.content.replace(
                b'["place:%s","gone"]' % SIBLING.encode(), b""
            ):
                wrong.append((f"{name} {value!r}"[:80], response.text))
    assert not wrong, "\n".join(map(repr, wrong))
    assert at.clock.wall == at.site.now_ms
    assert (await wang.tell([filed(wang, 8)])).outcomes[0].code is OutcomeCode.APPLIED
