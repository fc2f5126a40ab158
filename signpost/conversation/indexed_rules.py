"""Rasa's rule policy with an index: a message looks at the few rules for its intent, not at all of them.

Rasa compares every rule with every prediction, two predictions a turn: 11 % of a turn at 200 topics, and more with each topic.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import PREVIOUS_ACTION, RULE_SNIPPET_ACTION_NAME, SHOULD_NOT_BE_SET, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

_RULES = "rules"  # Rasa's name for them in what it keeps
State = Mapping[str, Any]
Part = tuple[str | None, str | None]
_ANY: Part = (None, None)


class RuleIndex:
    """Rules by what their last step needs: the action before it and the intent (None: any will do)."""

    def __init__(self, lookup: Mapping[str, str]) -> None:
        self._rules: dict[Part, dict[str, str]] = defaultdict(dict)
        for key, action in lookup.items():
            self._rules[_needs(key)][key] = action

    def near(self, state: State) -> dict[str, str]:
        """Return every rule whose last step may fit `state`, and few others."""
        action, intent = _said(state, PREVIOUS_ACTION, ACTION_NAME), _said(state, USER, INTENT)
        parts = dict.fromkeys(((action, intent), (action, None), _ANY))
        return {key: then for part in parts for key, then in self._rules.get(part, {}).items()}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IndexedRulePolicy(RulePolicy):
    """Predicts exactly what Rasa's RulePolicy predicts; training is Rasa's own."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: Any = None,
        lookup: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer, lookup)
        # Only a loaded policy has rules that stand still.
        self._index = RuleIndex(lookup[_RULES]) if lookup else None

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        if self._index is not None and states and lookup is self.lookup[_RULES]:
            lookup = self._index.near(states[-1])
        return set(super()._get_possible_keys(lookup, states))


def _needs(key: str) -> Part:
    state = json.loads(key)[-1]
    action = _said(state, PREVIOUS_ACTION, ACTION_NAME)
    return (action, _said(state, USER, INTENT)) if action else _ANY


def _said(state: State, part: str, name: str) -> str | None:
    said = (state.get(part) or {}).get(name)
    # A snippet's start and 'should not be set' fit more than their own name: such rules are always looked at.
    return said if isinstance(said, str) and said not in (SHOULD_NOT_BE_SET, RULE_SNIPPET_ACTION_NAME) else None
