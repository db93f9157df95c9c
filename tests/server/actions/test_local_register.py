"""The centre's own register finds the same person anywhere, and only what stands for a paper."""

from pathlib import Path

import pytest

from server.actions.local_register import LocalRegister
from server.adapters.licences import LicenceQuery
from tests.catalogue_centre import DATABASES, catalogue_centre
from tests.centre import ident
from tests.people import VILLAGE

PERSON = "341802193507020027"


@pytest.mark.parametrize("postgres", DATABASES, ids=lambda kind: kind.value)
async def test_the_better_class_is_found_and_an_old_one_is_not(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: object
) -> None:
    request.param = postgres
    async with catalogue_centre(request, tmp_path) as at:
        resident = ident("resident")
        await at.step(
            "resident.register", resident, {"name": "汪秀英", "village": VILLAGE, "citizen_id": PERSON}, by=at.clerk
        )
        kept = {"resident": resident, "village": VILLAGE, "kind": "户口簿", "source": "desk"}
        for number, until in (("old", "2025-01-01"), ("new", "2030-01-01")):
            said = {**kept, "number": number, "valid_until": until}
            assert (await at.step("licence.keep", ident(number), said, by=at.clerk)).outcome.code.has_effect
        register = LocalRegister(at.platform.database, at.platform.sealing)
        query = LicenceQuery(person=PERSON, name="汪秀英", kind="户口簿", purpose="p", case="c" * 32)
        found = await register.find(query, at.centre.clock.now)
        assert found is not None
        assert (found.number, found.source.value, found.valid_until) == ("new", "desk", "2030-01-01")
        other = LicenceQuery(person=PERSON, name="汪秀英", kind="身份证", purpose="p", case="c" * 32)
        assert await register.find(other, at.centre.clock.now) is None
