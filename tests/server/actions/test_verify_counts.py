"""A number that was altered beside the program, or that a row was taken from, is found and mended by counting again."""

from pathlib import Path

from server.actions.recount import recount
from tests.small_centre import small_centre
from tests.tampering import PLACE, codes_after, verified, worked_in


async def test_an_altered_count_is_found_and_counting_again_mends_it(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await worked_in(small)
        altered = f"UPDATE resident_counts SET number = number + 1 WHERE bucket = '{PLACE}'"
        assert await codes_after(small, [(altered, ())]) == {"count_differs"}
        await recount(small.centre.database)
        assert (await verified(small)).is_whole


async def test_a_count_that_is_gone_and_one_of_nothing_are_found(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await worked_in(small)
        statements = [
            (f"DELETE FROM resident_counts WHERE bucket = '{PLACE}'", ()),
            ("INSERT INTO case_counts (bucket, holder, state, number) VALUES ('place:x', '', 'received', 1)", ()),
        ]
        for statement in statements:
            await small.tamper(*statement)
        report = await verified(small)
        assert [(one.code, one.where) for one in report.findings.found] == [
            ("count_differs", "place:x - received"),
            ("count_differs", PLACE),
        ]
