"""58 kinds in seven families, and from where each is known."""

from collections import Counter

from fixtures.world.tables import read_table
from server.domain.catalogue.licence_kinds import LICENCE_KINDS, NAMED_WORDS, Family, Named


def fact(key: str) -> str:
    return next(row["value"] for row in read_table("seed_facts") if row["key"] == key)


def test_there_are_as_many_as_were_made_in_the_families_that_were_counted() -> None:
    assert len(LICENCE_KINDS) == int(fact("licence_kinds_made"))
    families = Counter(one.family for one in LICENCE_KINDS.values())
    assert families == {**dict.fromkeys(Family, 1), Family.OTHER: 52}
    assert all(one.named is Named.SEED for one in LICENCE_KINDS.values() if one.family is not Family.OTHER)


def test_every_kind_that_a_material_of_our_items_names_is_one_and_says_so() -> None:
    named = {kind for row in read_table("village_item_materials") for kind in row["e_licence"].split(";") if kind}
    assert named <= LICENCE_KINDS.keys()
    assert {kind for kind in named if LICENCE_KINDS[kind].named is Named.OURS} == set()
    assert {one.name for one in LICENCE_KINDS.values() if one.named is Named.ITEMS} <= named


def test_what_no_data_names_is_marked_as_synthetic() -> None:
    counts = Counter(one.named for one in LICENCE_KINDS.values())
    assert counts == {Named.SEED: 6, Named.ITEMS: 9, Named.OURS: 43}
    assert [one for one in Named if one.is_synthetic] == [Named.OURS]
    assert NAMED_WORDS.keys() == {*Named}
    assert "合成" in NAMED_WORDS[Named.OURS][0]


def test_few_prove_who_somebody_is() -> None:
    assert LICENCE_KINDS["身份证"].identifies
    assert not LICENCE_KINDS["结婚证"].identifies
    assert sum(one.identifies for one in LICENCE_KINDS.values()) == 8
