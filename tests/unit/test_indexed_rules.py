"""The index of rules finds exactly the rules that Rasa's own scan finds, whatever the state of the conversation."""

from __future__ import annotations

import itertools
import json
import random
import tarfile
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource

from signpost.conversation.indexed_rules import IndexedRulePolicy, RuleIndex
from tests.conftest import MODEL

STARTS = '[{}, {"prev_action": {"action_name": "utter_hello"}}]'
SPECIAL = {
    STARTS: "action_listen",
    '[{"slots": {"area": "should_not_be_set"}, "prev_action": {"action_name": "action_listen"}}]': "utter_a",
    '[{"prev_action": {"action_name": "action_listen"}}]': "utter_b",
    '[{"prev_action": {"action_name": "..."}, "user": {"intent": "safe_places"}}]': "utter_c",
    "[{}]": "utter_d",
    '[{"user": {"intent": "safe_places"}}]': "utter_e",
    '[{"slots": {"area": [1.0, 0.0]}, "prev_action": {"action_name": "utter_f"}, "user": {}}]': "action_listen",
}


@pytest.fixture(scope="module")
def lookup() -> dict[str, Any]:
    with tarfile.open(MODEL) as archive:
        name = next(member.name for member in archive if member.name.endswith("rule_policy.json"))
        rules = json.load(archive.extractfile(name))["lookup"]
    return {**rules, "rules": {**rules["rules"], **SPECIAL}}


def policy(kind: type[RulePolicy], lookup: dict[str, Any]) -> RulePolicy:
    context = ExecutionContext(GraphSchema({}))
    return kind(kind.get_default_config(), None, Resource("rules"), context, lookup=lookup)


def test_index_and_scan_find_the_same_rules(lookup: dict[str, Any]) -> None:
    plain, indexed = policy(RulePolicy, lookup), policy(IndexedRulePolicy, lookup)
    known = [json.loads(key) for key in lookup["rules"]]
    chance = random.Random(7)
    longer = [list(itertools.chain(*chance.sample(known, 3))) for _ in range(200)]
    slots = [[{**state, "slots": {"area": (1.0, 0.0)}} for state in states] for states in chance.sample(known, 60)]
    halves = [
        [{name: part for name, part in states[-1].items() if name != left}] for states in known[:50] for left in ("user", "prev_action")
    ]
    found = 0
    for states in [*known, *longer, *slots, *halves, [{}], []]:
        wanted = plain._get_possible_keys(lookup["rules"], states)
        assert indexed._get_possible_keys(lookup["rules"], states) == wanted, states
        found += len(wanted)
    assert found > len(known), "rules were found at all"


def test_a_message_looks_at_few_rules(lookup: dict[str, Any]) -> None:
    index = RuleIndex(lookup["rules"])
    near = index.near({"prev_action": {"action_name": "action_listen"}, "user": {"intent": "safe_places"}})
    assert 1 <= len(near) <= 12
    assert len(lookup["rules"]) > 400
