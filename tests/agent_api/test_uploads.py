"""tus 1.0 as a device sees it: a real server, a real socket, and lines that break."""

import asyncio
import base64
import dataclasses
import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from agent_api.problems import ALL_PROBLEMS
from server.actions.upload import UploadError, UploadLimits
from server.storage.file_rows import Owner, Quota, file_states, upload_key
from sync.core.messages import FileState
from tests.file_reception import Centre, Line, centre, metadata, new_id, new_owner, photo, serving

LIMITS = UploadLimits(quota=Quota(unfinished=3), memory_max=64 * 1024)


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Centre, Line]]:
    """One server for all: every test is another owner, and owners see nothing of each other."""
    async with centre(tmp_path_factory.mktemp("centre"), limits=LIMITS) as made, serving(made) as opened:
        yield made, opened


@pytest.fixture
def at(served: tuple[Centre, Line]) -> Centre:
    return served[0]


@pytest.fixture
def line(served: tuple[Centre, Line]) -> Line:
    return dataclasses.replace(served[1], owner=new_owner())


async def state(at: Centre, owner: Owner, file_id: str) -> FileState:
    async with at.database.read() as snapshot:
        return (await file_states(snapshot, [file_id], owner.account))[file_id]


async def test_a_photo_is_stored_in_one_patch(at: Centre, line: Line) -> None:
    data, file_id = photo(), new_id()
    made = await line.announce(data, file_id)
    assert (made.status_code, made.headers["location"]) == (201, f"/v1/uploads/{file_id}")
    assert await state(at, line.owner, file_id) is FileState.MISSING
    done = await line.patch(file_id, data, 0)
    assert (done.status_code, done.headers["upload-offset"]) == (204, str(len(data)))
    assert await state(at, line.owner, file_id) is FileState.STORED
    assert (line.owner, file_id, FileState.STORED) in at.told
    looked = await line.head(file_id)
    assert looked.headers["upload-offset"] == looked.headers["upload-length"] == str(len(data))
    assert looked.headers["cache-control"] == "no-store"


async def test_a_photo_is_stored_in_the_request_that_announces_it(at: Centre, line: Line) -> None:
    data, file_id = photo(), new_id()
    headers = {
        **line.headers,
        "Upload-Length": str(len(data)),
        "Upload-Metadata": metadata(data, file_id),
        "Content-Type": "application/offset+octet-stream",
    }
    made = await line.client.post("/v1/uploads", headers=headers, content=data)
    assert (made.status_code, made.headers["upload-offset"]) == (201, str(len(data)))
    again = await line.client.post("/v1/uploads", headers=headers, content=data)
    assert (again.status_code, again.headers["upload-offset"]) == (200, str(len(data)))
    assert await state(at, line.owner, file_id) is FileState.STORED


@pytest.mark.parametrize("sent", [1_000, 200_000])
async def test_the_bytes_of_a_cut_patch_count_and_the_rest_completes_it(at: Centre, line: Line, sent: int) -> None:
    data, file_id = photo(size=300_000), new_id()
    await line.announce(data, file_id)
    writer = await line.begin(file_id, data[:sent], 0, len(data))
    await bytes_arrive(at, line, file_id)
    writer.transport.abort()
    offset = await line.offset(file_id)
    assert 0 < offset <= sent
    done = await line.patch(file_id, data[offset:], offset)
    assert done.status_code == 204
    assert await state(at, line.owner, file_id) is FileState.STORED


async def bytes_arrive(at: Centre, line: Line, file_id: str) -> None:
    """Until the server is in the middle of the request's body."""
    while not at.reception.arriving(line.owner, file_id):  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.001)


async def test_asking_for_the_offset_ends_a_patch_that_hangs(at: Centre, line: Line) -> None:
    data, file_id = photo(size=9_000), new_id()
    await line.announce(data, file_id)
    writer = await line.begin(file_id, data[:5_000], 0, len(data))
    await bytes_arrive(at, line, file_id)
    offset = await asyncio.wait_for(line.offset(file_id), 60)
    assert (await line.patch(file_id, data[offset:], offset)).status_code == 204
    writer.close()
    assert await state(at, line.owner, file_id) is FileState.STORED


async def test_of_two_patches_at_once_one_is_told_to_wait(at: Centre, line: Line) -> None:
    data, file_id = photo(), new_id()
    await line.announce(data, file_id)
    writer = await line.begin(file_id, data[:100], 0, len(data))
    await bytes_arrive(at, line, file_id)
    second = await line.patch(file_id, data, 0)
    assert (second.status_code, second.json()["code"]) == (423, "upload_busy")
    writer.write(data[100:])
    await writer.drain()
    while await state(at, line.owner, file_id) is not FileState.STORED:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.001)
    writer.close()


async def test_a_patch_elsewhere_than_at_the_offset_changes_nothing(at: Centre, line: Line) -> None:
    data, file_id = photo(), new_id()
    await line.announce(data, file_id)
    await line.patch(file_id, data[:100], 0)
    for offset in (0, 99, 101):
        assert (await line.patch(file_id, data[offset:], offset)).json()["code"] == "upload_offset_differs"
    assert await line.offset(file_id) == 100
    assert (await line.patch(file_id, data[100:], 100)).status_code == 204


async def test_a_damaged_piece_leaves_the_offset_where_it_was(at: Centre, line: Line) -> None:
    data, file_id = photo(size=200_000), new_id()
    await line.announce(data, file_id)
    await line.patch(file_id, data[:100], 0)
    for algorithm in ("sha1", "sha256"):
        checksum = f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data[100:]).digest()).decode()}"
        flipped = data[100:-1] + bytes((data[-1] ^ 1,))
        refused = await line.patch(file_id, flipped, 100, Upload_Checksum=checksum)
        assert (refused.status_code, refused.json()["code"]) == (460, "upload_checksum_differs")
        assert await line.offset(file_id) == 100
    assert (await line.patch(file_id, data[100:], 100, Upload_Checksum=checksum)).status_code == 204
    assert (await line.patch(file_id, b"", len(data), Upload_Checksum="md5 AAAA")).status_code == 400


@pytest.mark.parametrize("first", [0, 100])
async def test_a_file_that_is_not_what_was_announced_starts_again_from_nothing(
    at: Centre, line: Line, first: int
) -> None:
    data, file_id = photo(), new_id()
    await line.announce(data, file_id)
    wrong = photo(seed=1)
    if first:
        await line.patch(file_id, wrong[:first], 0)
    refused = await line.patch(file_id, wrong[first:], first)
    assert (refused.status_code, refused.json()["code"]) == (422, "file_hash_differs")
    assert await line.offset(file_id) == 0
    assert await state(at, line.owner, file_id) is FileState.MISSING
    assert (await line.patch(file_id, data, 0)).status_code == 204


async def test_a_page_that_calls_itself_a_photo_is_refused_for_good(at: Centre, line: Line) -> None:
    data, file_id = b"<html><script>alert(1)</script></html>", new_id()
    await line.announce(data, file_id)
    refused = await line.patch(file_id, data, 0)
    assert (refused.status_code, refused.json()["code"]) == (415, "file_type_differs")
    assert await state(at, line.owner, file_id) is FileState.REFUSED
    assert (line.owner, file_id, FileState.REFUSED) in at.told
    assert (await line.head(file_id)).status_code == 410
    assert (await line.announce(data, file_id)).json()["code"] == "file_refused"
    svg = await line.announce(b"<svg/>", new_id(), type="image/svg+xml")
    assert (svg.status_code, svg.json()["code"]) == (415, "file_type_not_allowed")


async def test_announcing_again_finds_the_same_upload_and_another_content_is_turned_away(line: Line) -> None:
    data, file_id = photo(), new_id()
    first = await line.announce(data, file_id)
    await line.patch(file_id, data[:70], 0)
    again = await line.announce(data, file_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.headers["location"], again.headers["upload-offset"]) == (first.headers["location"], "70")
    other = await line.announce(photo(seed=1), file_id)
    assert (other.status_code, other.json()["code"]) == (409, "file_id_reused")


@pytest.mark.parametrize("differing", [["account"], ["device"], ["account", "device"]])
async def test_anothers_upload_is_as_absent_as_one_that_never_was(line: Line, differing: list[str]) -> None:
    data, file_id = photo(), new_id()
    await line.announce(data, file_id)
    await line.patch(file_id, data[:10], 0)
    stranger = dataclasses.replace(line.owner, **{name: new_id() for name in differing})
    other = dataclasses.replace(line, owner=stranger)

    async def seen(asked: str) -> list[tuple[int, bytes, list[tuple[str, str]]]]:
        answers = [
            await other.head(asked),
            await other.patch(asked, data[10:], 10),
            await line.client.delete(f"/v1/uploads/{asked}", headers=other.headers),
        ]
        return [(answer.status_code, answer.content, without_date(answer)) for answer in answers]

    assert await seen(file_id) == await seen(new_id()) == await seen("0" * 31 + "x")
    assert [status for status, *_ in await seen(file_id)] == [404, 404, 404]
    assert (await other.announce(photo(seed=2), file_id)).status_code == 201, "nobody can occupy another's id"
    assert (await line.patch(file_id, data[10:], 10)).status_code == 204


def without_date(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.headers.items() if name != "date"]


async def test_a_content_sent_before_takes_the_same_answers_and_is_kept_once(at: Centre, line: Line) -> None:
    data = photo(seed=77)
    before = await objects(at)
    answers = []
    for file_id in (new_id(), new_id()):
        made = await line.announce(data, file_id)
        done = await line.patch(file_id, data, 0)
        answers.append((made.status_code, done.status_code, without_date(done)))
    assert answers[0] == answers[1]
    await at.reception.close()
    assert await objects(at) == before + 1
    other = dataclasses.replace(line, owner=new_owner())
    file_id = new_id()
    await other.announce(data, file_id)
    await other.patch(file_id, data, 0)
    assert await objects(at) == before + 2, "another account shares nothing"


async def objects(at: Centre) -> int:
    return len([entry async for entry in at.blobs.entries()])


async def test_a_withdrawn_upload_is_gone_and_a_stored_one_stays(at: Centre, line: Line) -> None:
    data, file_id = photo(), new_id()
    await line.announce(data, file_id)
    await line.patch(file_id, data[:100], 0)
    assert (await line.client.delete(f"/v1/uploads/{file_id}", headers=line.headers)).status_code == 204
    assert (await line.head(file_id)).status_code == 404
    assert at.spool.size(upload_key(line.owner, file_id)) == 0
    await line.announce(data, file_id)
    await line.patch(file_id, data, 0)
    kept = await line.client.delete(f"/v1/uploads/{file_id}", headers=line.headers)
    assert (kept.status_code, kept.json()["code"]) == (409, "file_stored")
    assert await state(at, line.owner, file_id) is FileState.STORED


async def test_a_device_has_a_quota_of_unfinished_uploads(line: Line) -> None:
    ids = [new_id() for _ in range(3)]
    for file_id in ids:
        assert (await line.announce(photo(), file_id)).status_code == 201
    refused = await line.announce(photo(), new_id())
    assert (refused.status_code, refused.json()["code"]) == (429, "upload_quota_reached")
    await line.patch(ids[0], photo(), 0)
    assert (await line.announce(photo(), new_id())).status_code == 201


async def test_an_unfinished_upload_says_until_when_it_is_kept(line: Line) -> None:
    data, file_id = photo(), new_id()
    assert "upload-expires" in (await line.announce(data, file_id)).headers
    assert (await line.patch(file_id, data[:10], 0)).headers["upload-expires"].endswith("GMT")
    assert "upload-expires" not in (await line.patch(file_id, data[10:], 10)).headers


async def test_more_bytes_than_announced_change_nothing(line: Line) -> None:
    data, file_id = photo(), new_id()
    await line.announce(data, file_id)
    assert (await line.patch(file_id, data + b"x", 0)).json()["code"] == "upload_too_long"

    async def unannounced() -> AsyncIterator[bytes]:
        yield data
        yield b"x"

    headers = {**line.headers, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    answer = await line.client.patch(f"/v1/uploads/{file_id}", headers=headers, content=unannounced())
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_long")
    assert await line.offset(file_id) == 0


async def test_what_the_server_speaks_can_be_asked(line: Line) -> None:
    told = (await line.client.options("/v1/uploads")).headers
    assert (told["tus-version"], told["tus-resumable"], told["tus-max-size"]) == ("1.0.0", "1.0.0", str(20 * 2**20))
    assert told["tus-extension"] == "creation,creation-with-upload,checksum,expiration,termination"
    wrong = await line.client.head(f"/v1/uploads/{new_id()}", headers=line.headers | {"Tus-Resumable": "0.2.2"})
    assert (wrong.status_code, wrong.headers["tus-version"]) == (412, "1.0.0")


async def test_a_line_without_patch_may_name_the_method_in_a_header(at: Centre, line: Line) -> None:
    data, file_id = photo(), new_id()
    await line.announce(data, file_id)
    headers = {**line.headers, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    there = f"/v1/uploads/{file_id}"
    done = await line.client.post(there, headers=headers | {"X-HTTP-Method-Override": "PATCH"}, content=data)
    assert done.status_code == 204
    assert (await line.client.post(there, headers=headers)).status_code == 405
    assert await state(at, line.owner, file_id) is FileState.STORED


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"id": "../../etc/passwd"}, "upload_metadata_unreadable"),
        ({"id": "A" * 32}, "upload_metadata_unreadable"),
        ({"sha256": "0" * 63}, "upload_metadata_unreadable"),
        ({"purpose": "Ä"}, "upload_metadata_unreadable"),
        ({"type": "text/html"}, "file_type_not_allowed"),
        ({"note": "x" * 5_000}, "upload_metadata_unreadable"),
    ],
)
async def test_an_announcement_that_cannot_be_read_is_a_problem(line: Line, told: dict[str, str], code: str) -> None:
    assert (await line.announce(photo(), new_id(), **told)).json()["code"] == code


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Upload-Length", "-1", "upload_length_missing"),
        ("Upload-Length", "9" * 16, "upload_length_missing"),
        ("Upload-Length", "0", "file_too_large"),
        ("Upload-Length", str(20 * 2**20 + 1), "file_too_large"),
        ("Upload-Metadata", "id !!!", "upload_metadata_unreadable"),
        ("Upload-Metadata", "id AA==,id AA==", "upload_metadata_unreadable"),
        ("Upload-Defer-Length", "1", "upload_length_missing"),
    ],
)
async def test_a_header_that_cannot_be_read_is_a_problem(line: Line, header: str, value: str, code: str) -> None:
    headers = {**line.headers, "Upload-Length": "10", "Upload-Metadata": metadata(photo(), new_id()), header: value}
    assert (await line.client.post("/v1/uploads", headers=headers)).json()["code"] == code


async def test_every_upload_error_has_words() -> None:
    codes = {error.code for error in UploadError.__subclasses__() if "code" in vars(error)}
    assert len(codes) > 10
    assert codes <= set(ALL_PROBLEMS)
