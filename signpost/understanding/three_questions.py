"""What about, how urgent, who asks: three answers to each message, so that a missed topic costs no human route.

One network learns all three together, which helps it to name topics. Who asks is then answered by a network of its own: nearly all examples
of a topic have one and the same asker, so that the first would tell the asker by the topic alone and not hear "i am a mum".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
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

Array = npt.NDArray[np.float32]

SCORES = "three_questions"  # in a message: the Scores
TOPIC, URGENCY, AUDIENCE = "topic", "urgency", "audience"
_ASKER = "who_asks"  # folder of the second network in the model
_MOST = 10.0  # how often an example of a rare asker may count; chosen on held-out examples among 5, 8, 10 and 20


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


@dataclass(frozen=True)
class Networks:
    """`subject` answers topic and urgency, `asker` who asks."""

    subject: Network
    asker: Network

    def __call__(self, features: Array) -> dict[str, Array]:
        """Return question -> probabilities, one row a text, one column a label of `labels`."""
        return self.subject(features) | self.asker(features)

    def labels(self, question: str) -> tuple[str, ...]:
        """The possible answers to `question`, in the order of its columns."""
        return (self.asker if question == AUDIENCE else self.subject).heads[question].labels

    def named(self, features: Array) -> dict[str, list[dict[str, float]]]:
        """The same as question -> one row a text: label -> probability."""
        return self.subject.named(features) | self.asker.named(features)

    @classmethod
    def learned(cls, features: Array, answers: Mapping[str, Sequence[str]], config: Mapping[str, Any]) -> Networks:
        """Learn from `features`, one row an example, and `answers`: question -> the right label of each. `config`: of `ThreeQuestions`."""
        all_three = Network.learned(features, answers, learning(config))
        heads = {question: head for question, head in all_three.heads.items() if question != AUDIENCE}
        asker = Network.learned(
            features,
            {AUDIENCE: answers[AUDIENCE]},
            learning({**config, **(config.get("asker") or {})}),
            heard_alike(answers[TOPIC], answers[AUDIENCE]),
        )
        return cls(replace(all_three, heads=heads), asker)

    def save(self, folder: Path) -> None:
        """Write both into `folder`."""
        self.subject.save(folder)
        (folder / _ASKER).mkdir()
        self.asker.save(folder / _ASKER)

    @classmethod
    def load(cls, folder: Path) -> Networks:
        """Read what `save` wrote."""
        return cls(Network.load(folder), Network.load(folder / _ASKER))


def heard_alike(topics: Sequence[str], askers: Sequence[str]) -> Array:
    """How much each example counts so that, within its topic, each asker is heard as much as the commonest one; at most `_MOST` times."""
    examples = Counter(zip(topics, askers, strict=True))
    commonest: dict[str, int] = {}
    for (topic, _), count in examples.items():
        commonest[topic] = max(commonest.get(topic, 0), count)
    counting = [min(_MOST, commonest[topic] / examples[topic, asker]) for topic, asker in zip(topics, askers, strict=True)]
    return np.array(counting, dtype=np.float32)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ThreeQuestions(GraphComponent):
    """Asks the three questions of each message; `Decision` weighs the answers."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, features: TextFeatures | None, networks: Networks | None
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._features, self._networks = features, networks

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
            "asker": {"hidden": 512, "dropped": 0.5, "shares": {}},
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
            features, networks = TextFeatures.load(folder), Networks.load(folder)
        return cls(config, model_storage, resource, features, networks)

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
        self._networks = Networks.learned(features, answers, self._config)
        with self._storage.write_to(self._resource) as folder:
            self._features.save(folder)
            self._networks.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the scores to each message."""
        if self._features is None or self._networks is None:
            return messages
        for message in messages:
            parts = message.get(PARTS) or []
            vectors = np.vstack([vector_of(message), *([message.get(PART_VECTORS)] if parts else [])])
            asked = self._networks.named(self._features([message.get(TEXT), *parts], vectors))
            whole, *of_parts = (
                Scores(*answers) for answers in zip(*(asked[question] for question in (TOPIC, URGENCY, AUDIENCE)), strict=True)
            )
            message.set(SCORES, replace(whole, parts=tuple(of_parts)))
        return messages


def learning(config: Mapping[str, Any]) -> Learning:
    """The settings of a network in the config of `ThreeQuestions`, which may leave out any of them."""
    settings = {**ThreeQuestions.get_default_config(), **config}
    return Learning(**{field.name: settings[field.name] for field in fields(Learning)})


def _about(example: Message) -> tuple[str, str]:
    about = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
    try:
        return about["urgency"], about["audience"]
    except KeyError as fault:
        raise ValueError(f"data/: the intent '{example.get(INTENT)}' has no {fault} in its metadata. Add it under 'intent:'.") from fault
