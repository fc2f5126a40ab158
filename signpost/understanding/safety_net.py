"""Reviewed patterns that find danger whatever the classifier thinks. They can raise urgency and never lower it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from signpost.understanding.pattern_finder import PatternFinder, load_finder

FOUND = "safety_patterns"  # in a message: the patterns found, most urgent first, then the one that explains most of its words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyNet(GraphComponent):
    """Puts the patterns found into the message; `Decision` weighs them."""

    def __init__(self, finder: PatternFinder) -> None:
        self._finder = finder

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`patterns`: folder whose files hold the patterns."""
        return {"patterns": "data"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetyNet:
        """Read the patterns at every start, so that an edit needs no training. Raises ContentFault or PatternFault."""
        return cls(load_finder(Path(config["patterns"])))

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the patterns found to each message."""
        for message in messages:
            message.set(FOUND, self._finder.find(message.get(TEXT)))
        return messages
