"""From patterns and scores to one topic, its urgency and who asks: the last step of understanding."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.conversation.buttons import button_id
from signpost.register.content import URGENCIES
from signpost.understanding.patterns import Pattern
from signpost.understanding.safety_net import FOUND
from signpost.understanding.service_names import NAMED
from signpost.understanding.three_questions import SCORES, Scores
from signpost.understanding.understood import KEY, UNSURE, Understood

_MEMORY = "topics.json"
_EMERGENCY = URGENCIES[0]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Decision(GraphComponent):
    """Names the intent. Danger found by a pattern or by the urgency question outweighs whatever topic seemed likely."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, topics: dict[str, dict[str, str]]) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._topics = topics
        self._buttons = {button_id(topic): topic for topic in topics}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Thresholds, all probabilities; see `config.yml` for the values and their reasons."""
        return {"sure": 0.3, "danger": 0.5, "danger_in_part": 0.7, "worry": 0.55, "who": 0.5}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Decision:
        """Build the untrained component."""
        return cls(config, model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Decision:
        """Load the topics, each with its urgency and audience, from the model."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, json.loads((folder / _MEMORY).read_text(encoding="utf-8")))

    def train(self, training_data: TrainingData) -> Resource:
        """Keep each topic's urgency and audience."""
        for example in training_data.intent_examples:
            about = (example.get(METADATA) or {}).get(METADATA_INTENT)
            if about:
                self._topics[example.get(INTENT)] = about
        with self._storage.write_to(self._resource) as folder:
            (folder / _MEMORY).write_text(json.dumps(self._topics), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking, and the record of what was understood."""
        for message in messages:
            pressed = self._buttons.get(message.get(TEXT))
            if pressed:
                understood, ranking = self._pressed(pressed), [(pressed, 1.0)]
            else:
                scores = message.get(SCORES)
                ranking = sorted(scores.topic.items(), key=lambda item: -item[1])
                understood = self.decide(scores, message.get(FOUND) or [], message.get(NAMED) or "")
            name = understood.topic
            ranking = [(topic, score) for topic, score in ranking if topic != name]
            listed = [
                {"name": name, "confidence": understood.confidence},
                *({"name": t, "confidence": s} for t, s in ranking[:9]),
            ]
            message.set(INTENT, listed[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, listed, add_to_output=True)
            message.set(KEY, understood.as_dict(), add_to_output=True)
        return messages

    def _pressed(self, topic: str) -> Understood:
        return Understood(topic, self._topics[topic].get("urgency", "information"), "", True, 1.0)

    def decide(self, scores: Scores, patterns: list[Pattern], service: str) -> Understood:
        """Return what was understood from `scores`, the safety `patterns` found and the `service` named ('' for none)."""
        ranking = sorted(scores.topic.items(), key=lambda item: -item[1])
        topic, confidence = ranking[0]
        sure = confidence >= self._config["sure"]
        urgency = self._urgency(scores, topic if sure else "")
        pattern = patterns[0] if patterns and _more_urgent(patterns[0].urgency, urgency) else None
        net = patterns[0] if patterns else None
        if net and _at_least(net.urgency, urgency) and not (sure and _at_least(self._urgency_of(topic), net.urgency)):
            # The pattern knows the subject as well as the danger, and the classifier knows neither as surely.
            topic, urgency, sure, confidence = net.topic, net.urgency, True, max(confidence, 0.99)
        elif sure and _more_urgent(urgency, self._urgency_of(topic)):
            near = next((t for t, p in ranking[:5] if self._urgency_of(t) == urgency and p >= self._config["sure"] / 2), None)
            topic, sure = (near, True) if near else (UNSURE[urgency], False)
        elif not sure:
            topic = UNSURE[urgency]
        close = tuple(t for t, _ in ranking[:4] if t != topic)[:3]
        return Understood(
            topic=topic,
            urgency=min(urgency, self._urgency_of(topic) or urgency, key=URGENCIES.index),
            audience=self._audience(scores, topic, net),
            sure=sure,
            confidence=round(confidence, 4),
            close=close,
            pattern=net.name if net and (pattern or topic == net.topic) else "",
            service=service,
            who=round(max(scores.audience.values()), 4),
            usual=self._topics.get(topic, {}).get("audience", ""),
        )

    def _urgency_of(self, topic: str) -> str:
        return self._topics.get(topic, {}).get("urgency", "")

    def _urgency(self, scores: Scores, topic: str) -> str:
        """The most urgent step that the topic, the whole message or any part of it reaches."""
        whole = scores.urgency
        own = self._urgency_of(topic) or _likeliest(whole)
        if whole.get(_EMERGENCY, 0) >= self._config["danger"]:
            return _EMERGENCY
        if any(part.get(_EMERGENCY, 0) >= self._config["danger_in_part"] for part in scores.parts):
            return _EMERGENCY
        if whole.get(_EMERGENCY, 0) + whole.get("worried", 0) >= self._config["worry"]:
            return min(own, "worried", key=URGENCIES.index)
        return own

    def _audience(self, scores: Scores, topic: str, net: Pattern | None) -> str:
        """Who asks: the topic's own usual audience together with the question, '' when neither tells."""
        usual = self._topics.get(topic, {}).get("audience", "")
        likely = _likeliest(scores.audience)
        if scores.audience[likely] >= self._config["who"]:
            return "" if likely == "unknown" else likely
        return "" if usual == "unknown" else usual


def _likeliest(scores: dict[str, float]) -> str:
    return max(scores, key=lambda label: scores[label])


def _at_least(one: str, other: str) -> bool:
    """Whether urgency `one` is as urgent as `other` or more; an unknown urgency is the least of all."""
    order = (*URGENCIES, "")
    return order.index(one) <= order.index(other)


def _more_urgent(one: str, other: str) -> bool:
    return _at_least(one, other) and one != other
