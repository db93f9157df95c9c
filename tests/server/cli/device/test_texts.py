"""Words: both languages, with the same details."""

import re
from string import Formatter

import pytest

from server.cli.device.failures import STOPS
from server.cli.device.outcome_words import CHANGES, DATA_KINDS, REASONS
from server.cli.device.texts import TEXTS
from server.domain.cases.consent import SENSITIVE_KINDS
from server.domain.cases.lifecycle import CaseState
from server.domain.cases.materials import MaterialState
from server.domain.catalogue.claims import ClaimState
from server.domain.people.roles import MAY_CHANGE, Role
from sync.core.changes import OutcomeCode


def details(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


# Their details are the words themselves, in each language.
GIVEN_IN_BOTH = ("turned_away", "not_lawful", "file_unusable")
PAIRS = {
    **TEXTS,
    **{f"stop {code}": (words.zh, words.en) for code, words in STOPS.items() if code not in GIVEN_IN_BOTH},
    **{f"next {code}": (words.next_zh, words.next_en) for code, words in STOPS.items() if code not in GIVEN_IN_BOTH},
    **{f"why {reason}": (words[0], words[1]) for reason, words in REASONS.items()},
    **{f"do {reason}": (words[2], words[3]) for reason, words in REASONS.items()},
}


@pytest.mark.parametrize("key", PAIRS)
def test_both_languages_say_the_same(key: str) -> None:
    zh, en = PAIRS[key]
    assert zh
    assert en
    assert details(zh) == details(en)
    assert not re.search("[\u4e00-\u9fff]", en)


def test_every_state_outcome_and_sensitive_kind_has_its_word() -> None:
    wanted = {f"state_{state}" for state in (*CaseState, *ClaimState)}
    wanted |= {f"code_{code}" for code in OutcomeCode} | {f"material_{state}" for state in MaterialState}
    assert wanted <= TEXTS.keys()
    assert DATA_KINDS.keys() >= SENSITIVE_KINDS
    assert MAY_CHANGE[Role.TOWN_LEAD] <= CHANGES.keys()
