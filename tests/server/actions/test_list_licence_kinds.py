"""How many licences of each kind are kept, on both databases."""

from server.actions.list_licence_kinds import list_licence_kinds
from server.domain.catalogue.licence_kinds import LICENCE_KINDS
from tests.put_record import put_record
from tests.server.actions.test_expire_licences import licence_of
from tests.small_centre import SmallCentre


async def test_every_kind_is_told_with_its_counts(either: SmallCentre) -> None:
    for number, (state, trust) in enumerate((("held", "A"), ("held", "C"), ("held", "C"), ("expired", "B"))):
        licence = {**licence_of(either, until="2099-01-01", kind="户口簿"), "state": state, "trust": trust}
        await put_record(either, "licence", f"{number:032x}", licence)
    rows = {row.name: row for row in await list_licence_kinds(either.centre.database)}
    assert rows.keys() == LICENCE_KINDS.keys()
    hukou = rows["户口簿"]
    assert (hukou.family, hukou.named, hukou.held, hukou.expired, hukou.void) == ("户口簿", "seed", 3, 1, 0)
    assert (hukou.a, hukou.b, hukou.c, hukou.d) == (1, 0, 2, 0), "what is photographed and not verified is told apart"
    assert (rows["居住证"].named, rows["居住证"].synthetic, hukou.synthetic) == ("ours", True, False)
