"""Capturing a visit: whole or not at all, whatever kills the program."""

from __future__ import annotations

import os
from multiprocessing import get_context
from pathlib import Path

import pytest
from PIL import Image

from server.cli.device.failures import Stopped
from server.cli.device.filing import file_visit, known_for
from server.cli.device.said import MaterialSaid, Visit
from tests.server.cli.device.village import Village, make_village, whole_visit


def file_for_ever(village: Village, photo: Path, said: int) -> None:
    """Files visits and says each one only once it is kept. Runs in a process of its own until it is killed."""
    with village.office() as office:
        while True:
            visit = whole_visit(materials={"3": MaterialSaid(state="attached", photos=[str(photo)])})
            os.write(said, file_visit(office, visit)[0].case.encode() + b"\n")


@pytest.mark.parametrize("kept_before", [1, 4, 9])
def test_a_kill_at_any_point_loses_no_visit_and_leaves_none_in_half(tmp_path: Path, kept_before: int) -> None:
    village = make_village(tmp_path / "store")
    Image.new("RGB", (300, 200), "red").save(tmp_path / "p.png")
    read_end, write_end = os.pipe()
    worker = get_context("fork").Process(target=file_for_ever, args=(village, tmp_path / "p.png", write_end))
    worker.start()
    os.close(write_end)
    with os.fdopen(read_end, "rb") as lines:
        said = [lines.readline() for _ in range(kept_before)]
        worker.kill()
        said += [line for line in lines if line.endswith(b"\n")]
    worker.join()
    worker.close()
    with village.office() as office:
        cases = list(office.replica.see_all("case"))
        assert {line.decode().strip() for line in said} <= {case.record for case in cases}
        assert office.store.outbox_size() == 2 * len(cases)
        assert len(office.store.files()) == len(cases)
        for case in cases:
            assert office.replica.see(str(case.fields["consent"])) is not None
        for file in office.store.files():
            assert len(office.store.file_content(file.id, 0, file.size)) == file.size
        assert len({case.fields["receipt"] for case in cases}) == len(cases)


def test_a_photo_that_cannot_be_read_keeps_nothing(village: Village) -> None:
    visit = whole_visit(materials={"3": MaterialSaid(state="attached", photos=["none.jpg"])})
    with village.office() as office:
        with pytest.raises(Stopped) as told:
            file_visit(office, visit)
        assert told.value.code == "file_unusable"
        assert office.store.outbox_size() == 0


def test_where_the_visit_was_follows_from_the_resident_or_the_only_village(village: Village) -> None:
    with village.office() as office:
        assert known_for(office, whole_visit()).village == "341881106200"
        assert known_for(office, whole_visit(resident={"name": "李"})).village == "341881106200"
        assert known_for(office, whole_visit(village="341881106201")).village == "341881106201"
        with pytest.raises(Stopped) as told:
            known_for(office, Visit(resident="汪秀英"))
        assert told.value.code == "choice_missing"
