"""Holds every kind's changes to who may be their author: what the centre works out is refused from any hand.

Law: this stands in the one write path, so that no desk, device, route or command is a way around it.
"""

from __future__ import annotations

from dataclasses import replace

from server.domain.people.authors import ASKED_FOR
from server.domain.problems import problem
from server.merge_policies.judging import refuse_for
from sync.central.policies import ChangeRule, RecordPolicy


def with_authors(policy: RecordPolicy) -> RecordPolicy:
    """The policy with its changes that are asked for and not written."""
    if policy.changes.keys().isdisjoint(ASKED_FOR):
        return policy
    return replace(policy, changes={name: _held(name, rule) for name, rule in policy.changes.items()})


def _held(name: str, rule: ChangeRule) -> ChangeRule:
    where = ASKED_FOR.get(name)
    if where is None:
        return rule
    zh, en = where
    return replace(rule, computed=refuse_for([problem("centre_computes", ask_zh=zh, ask_en=en)]))
