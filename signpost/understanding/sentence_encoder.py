"""The meaning of a message, and of its parts when it is long, as vectors."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.understanding.encoder_model import EncoderModel, Vectors, installed_model
from signpost.understanding.kept_vectors import vectors_of_examples
from signpost.understanding.made_from import made_from
from signpost.understanding.sentences import parts_of

PARTS = "parts"  # in a message: list of the parts' texts
PART_VECTORS = "part_vectors"  # in a message: one row for each part


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """Adds the sentence vector as a dense feature, so that any Rasa classifier can use it too."""

    def __init__(self, model: EncoderModel) -> None:
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threads`: cores that one message may use."""
        return {"threads": 1}

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
    ) -> SentenceEncoder:
        """Load the installed encoder. Raises ValueError, saying what to do, when it is missing or altered."""
        return cls(installed_model(config["threads"]))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add vectors to the examples, new ones read with every core there is; they are read whole, however long."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        vectors = vectors_of_examples(installed_model(os.cpu_count() or 1), texts, made_from({}))
        for example, vector in zip(examples, vectors, strict=True):
            _add(example, vector[None, :])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add vectors of the whole message and of its parts."""
        for message in messages:
            parts = parts_of(message.get(TEXT))
            vectors = self._model([message.get(TEXT), *parts])
            _add(message, vectors[:1])
            message.set(PARTS, parts)
            message.set(PART_VECTORS, vectors[1:])
        return messages


def _add(message: Message, vector: Vectors) -> None:
    message.add_features(Features(np.asarray(vector), FEATURE_TYPE_SENTENCE, TEXT, SentenceEncoder.__name__))


def vector_of(message: Message) -> Vectors:
    """Return the sentence vector of `message` as one row of numbers."""
    for features in message.features:
        if features.origin == SentenceEncoder.__name__:
            return np.asarray(features.features, dtype=np.float32).reshape(1, -1)
    raise ValueError("config.yml: SentenceEncoder must stand before ThreeQuestions.")
