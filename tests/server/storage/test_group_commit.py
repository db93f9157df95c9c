"""Small jobs share a transaction."""

import asyncio
from collections.abc import Sequence

import pytest

from server.storage.group_commit import GroupCommit


async def test_what_waits_during_a_commit_shares_the_next_one() -> None:
    groups: list[list[int]] = []
    begun, go = asyncio.Event(), asyncio.Event()

    async def run(jobs: Sequence[int]) -> list[int]:
        groups.append(list(jobs))
        begun.set()
        await go.wait()
        return [job * 10 for job in jobs]

    commits = GroupCommit(run, group_max=3)
    waiting = [asyncio.ensure_future(commits.submit(0))]
    await begun.wait()
    waiting += [asyncio.ensure_future(commits.submit(job)) for job in range(1, 6)]
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(*waiting) == [0, 10, 20, 30, 40, 50]
    assert groups == [[0], [1, 2, 3], [4, 5]]


async def test_a_bad_job_fails_alone() -> None:
    async def run(jobs: Sequence[int]) -> list[int]:
        if 2 in jobs:
            raise ValueError("two")
        return list(jobs)

    commits = GroupCommit(run)
    answers = await asyncio.gather(*(commits.submit(job) for job in range(4)), return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, int)] == [0, 1, 3]
    assert isinstance(answers[2], ValueError)


async def test_whoever_leaves_cancels_nothing() -> None:
    done: list[int] = []

    async def run(jobs: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        done.extend(jobs)
        return list(jobs)

    commits = GroupCommit(run)
    leaving = asyncio.ensure_future(commits.submit(1))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await commits.submit(2) == 2
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await commits.close()
    assert done == [1, 2]
