"""What about, how urgent, who asks: one network with three answers, so that a missed topic costs no human route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.understanding.made_from import made_from
from signpost.understanding.network import Learning, Network
from signpost.understanding.sentence_encoder import PART_VECTORS, PARTS, vector_of
from signpost.understanding.text_features import TextFeatures

SCORES = "three_questions"  # in a message: the Scores
TOPIC, URGENCY, AUDIENCE = "topic", "urgency", "audience"


@dataclass(frozen=True)
class Scores:
    """Probabilities of one message, label -> 0 to 1. `parts` has the same of each part of a long message."""

    topic: dict[str, float]
    urgency: dict[str, float]
    audience: dict[str, float]
    parts: tuple[Scores, ...] = ()


def together(part: Scores, whole: Scores) -> Scores:
    """The scores of a part and of the whole message it stands in, each counting half: what is told, and by whom and why."""

    def mixed(first: dict[str, float], second: dict[str, float]) -> dict[str, float]:
        return {label: (first.get(label, 0.0) + second.get(label, 0.0)) / 2 for label in {**first, **second}}

    return Scores(mixed(part.topic, whole.topic), mixed(part.urgency, whole.urgency), mixed(part.audience, whole.audience))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ThreeQuestions(GraphComponent):
    """Asks the three questions of each message; `Decision` weighs the answers."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, features: TextFeatures | None, network: Network | None
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._features, self._network = features, network

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See `Learning` for what each setting means; `config.yml` says how they were chosen."""
        return {
            "hidden": 1024,
            "steps": 1600,
            "batch": 256,
            "rate": 0.005,
            "dropped": 0.7,
            "dropped_input": 0.1,
            "shares": {TOPIC: 1.0, URGENCY: 0.3, AUDIENCE: 0.3},
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when the code has changed."""
        return made_from(config)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ThreeQuestions:
        """Build the untrained component."""
        return cls(config, model_storage, resource, None, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ThreeQuestions:
        """Load counts and network from the model."""
        with model_storage.read_from(resource) as folder:
            features, network = TextFeatures.load(folder), Network.load(folder)
        return cls(config, model_storage, resource, features, network)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples. Raises ValueError when an intent lacks its urgency or audience."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        about = [_about(example) for example in examples]
        self._features, features = TextFeatures.learned(texts, np.vstack([vector_of(example) for example in examples]))
        answers = {
            TOPIC: [example.get(INTENT) for example in examples],
            URGENCY: [urgency for urgency, _ in about],
            AUDIENCE: [audience for _, audience in about],
        }
        self._network = Network.learned(features, answers, learning(self._config))
        with self._storage.write_to(self._resource) as folder:
            self._features.save(folder)
            self._network.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the scores to each message."""
        if self._features is None or self._network is None:
            return messages
        for message in messages:
            parts = message.get(PARTS) or []
            vectors = np.vstack([vector_of(message), *([message.get(PART_VECTORS)] if parts else [])])
            asked = self._network.named(self._features([message.get(TEXT), *parts], vectors))
            whole, *of_parts = (
                Scores(*answers) for answers in zip(*(asked[question] for question in (TOPIC, URGENCY, AUDIENCE)), strict=True)
            )
            message.set(SCORES, replace(whole, parts=tuple(of_parts)))
        return messages


def learning(config: Mapping[str, Any]) -> Learning:
    """The settings of the network in the config of `ThreeQuestions`, which may leave out any of them."""
    settings = {**ThreeQuestions.get_default_config(), **config}
    return Learning(**{field.name: settings[field.name] for field in fields(Learning)})


def _about(example: Message) -> tuple[str, str]:
    about = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
    try:
        return about["urgency"], about["audience"]
    except KeyError as fault:
        raise ValueError(f"data/: the intent '{example.get(INTENT)}' has no {fault} in its metadata. Add it under 'intent:'.") from fault
