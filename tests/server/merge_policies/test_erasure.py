"""What stays of an emptied record, and who may empty."""

from __future__ import annotations

from server.domain.people.roles import CENTRE_ROLE
from server.domain.record_fields import KINDS
from server.merge_policies import policies_of
from server.merge_policies.erasure import STAYS, erase_name
from sync.core.changes import Fields

POLICIES = policies_of(lambda text: text)


def test_only_the_centre_empties_and_every_kind_about_a_person_can_be() -> None:
    for kind in STAYS:
        assert POLICIES[kind].changes[erase_name(kind)].roles == {CENTRE_ROLE}
        assert "erased_at" in POLICIES[kind].computed
    assert not any(name.endswith(".erase") for kind in ("item", "light", "outcome") for name in POLICIES[kind].changes)


def test_what_stays_holds_no_words_of_a_person() -> None:
    words = {
        "name",
        "phone",
        "address",
        "text",
        "note",
        "notes",
        "citizen_id",
        "answer",
        "explanation",
        "mine",
        "theirs",
    }
    assert not any(words & stays for stays in STAYS.values())


def test_an_emptied_record_still_says_where_it_belongs() -> None:
    place = {"village": "341881106200", "place": "341881106200", "to": "a" * 32, "bucket": "place:341881106200"}
    place["source"] = "hotline"
    for kind, stays in STAYS.items():
        kept: Fields = {name: value for name, value in place.items() if name in stays}
        assert POLICIES[kind].bucket(kept), kind
        assert stays <= {*KINDS[kind].fields, "rev", "change", "bucket", "at", "decided_by"}, kind
