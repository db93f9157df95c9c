"""The store: one writer, contact, receipts."""

import pytest

from server.cli.device import office as office_module
from server.cli.device.failures import Stopped
from server.cli.device.office import open_office
from tests.server.cli.device.village import NOW, PIN, Village

DAY = 86_400_000


def test_a_second_window_is_told_that_the_store_is_in_use(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_module, "LOCK_WAIT_S", 0)
    with village.office(), pytest.raises(Stopped) as told, village.office():
        pass
    assert told.value.code == "replica_in_use"


def test_nobody_opens_what_is_not_enrolled_or_without_the_pin(village: Village) -> None:
    for folder, pin, code in ((village.folder / "x", PIN, "not_enrolled"), (village.folder, "1", "replica_locked")):
        with pytest.raises(Stopped) as told, open_office(folder, pin, village.clock):
            pass
        assert told.value.code == code


def test_receipts_count_up_within_a_day_and_start_again_the_next(village: Village) -> None:
    with village.office() as office:
        numbers = [office.next_receipt() for _ in range(2)]
    village.clock.advance(DAY)
    with village.office() as office:
        numbers.append(office.next_receipt())
    assert [number[:15] for number in numbers] == ["T0A3K2611180001", "T0A3K2611180002", "T0A3K2611190001"]


@pytest.mark.parametrize(("later", "code"), [(6 * DAY, None), (8 * DAY, "contact_needed"), (-2 * DAY, "clock_wrong")])
def test_seven_days_after_the_last_contact_it_is_asked_for(village: Village, later: int, code: str | None) -> None:
    village.clock.wall = NOW + later
    with village.office() as office:
        stop = office.needs_contact()
    assert (stop.code if stop else None) == code
