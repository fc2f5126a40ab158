"""What about, how urgent, who asks: three classifiers over the same features, so that a missed topic costs no human route."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.understanding.linear_heads import Head, TextFeatures, learned_head, load_heads, save_heads
from signpost.understanding.made_from import made_from
from signpost.understanding.sentence_encoder import PART_VECTORS, PARTS, vector_of

SCORES = "three_questions"  # in a message: the Scores
TOPIC, URGENCY, AUDIENCE = "topic", "urgency", "audience"


@dataclass(frozen=True)
class Scores:
    """Probabilities of one message, label -> 0 to 1. `parts` has the same of each part of a long message."""

    topic: dict[str, float]
    urgency: dict[str, float]
    audience: dict[str, float]
    parts: tuple[Scores, ...] = ()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ThreeQuestions(GraphComponent):
    """Asks the three questions of each message; `Decision` weighs the answers."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, features: TextFeatures | None, heads: dict[str, Head]
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._features, self._heads = features, heads

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """C of the logistic regressions: many close topics need a larger one than the few answers of the other two questions."""
        return {"topic_strength": 8.0, "other_strength": 1.0}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when the code has changed."""
        return made_from()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ThreeQuestions:
        """Build the untrained component."""
        return cls(config, model_storage, resource, None, {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ThreeQuestions:
        """Load counts and heads from the model."""
        with model_storage.read_from(resource) as folder:
            features, heads = TextFeatures.load(folder), load_heads(folder)
        return cls(config, model_storage, resource, features, heads)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples. Raises ValueError when an intent lacks its urgency or audience."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        about = [_about(example) for example in examples]
        self._features = TextFeatures.learned(texts)
        features = self._features(texts, np.vstack([vector_of(example) for example in examples]))
        self._heads = {
            TOPIC: learned_head(features, [example.get(INTENT) for example in examples], self._config["topic_strength"]),
            URGENCY: learned_head(features, [urgency for urgency, _ in about], self._config["other_strength"]),
            AUDIENCE: learned_head(features, [audience for _, audience in about], self._config["other_strength"]),
        }
        with self._storage.write_to(self._resource) as folder:
            self._features.save(folder)
            save_heads(folder, self._heads)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the scores to each message."""
        if self._features is None:
            return messages
        for message in messages:
            parts = message.get(PARTS) or []
            vectors = np.vstack([vector_of(message), *([message.get(PART_VECTORS)] if parts else [])])
            features = self._features([message.get(TEXT), *parts], vectors)
            asked = zip(*(self._named(question, features) for question in (TOPIC, URGENCY, AUDIENCE)), strict=True)
            whole, *of_parts = (Scores(*answers) for answers in asked)
            message.set(SCORES, replace(whole, parts=tuple(of_parts)))
        return messages

    def _named(self, question: str, features: Any) -> list[dict[str, float]]:
        head = self._heads[question]
        return [dict(zip(head.labels, map(float, row), strict=True)) for row in head(features)]


def _about(example: Message) -> tuple[str, str]:
    about = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
    try:
        return about["urgency"], about["audience"]
    except KeyError as fault:
        raise ValueError(f"data/: the intent '{example.get(INTENT)}' has no {fault} in its metadata. Add it under 'intent:'.") from fault
