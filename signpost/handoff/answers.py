"""The reviewed answers of the trained model, and what an answer's words may hold besides themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from signpost.register.content import Content, Service

UTTER = "utter_"
FOLLOW_UP = "followup_"  # topics that begin so ask about the service in hand, whatever it is
SERVICE_WORDS = {
    "service_name": "name",
    "service_cost": "cost",
    "service_bill": "bill",
    "service_what_happens": "what_happens",
    "service_told": "told",
    "service_write": "write",
    "service_hours": "hours",
    "service_languages": "languages",
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Answer:
    """One reviewed wording of one topic, for one audience (None: everybody else).

    `language`: name of the file of a language other than English, whose text has the English beside it; else ''.
    """

    topic: str
    audience: str | None
    text: str
    title: str
    handoff: tuple[str, ...]
    next: tuple[str, ...]
    facts: tuple[str, ...]
    language: str = ""
    unknown: bool = False  # for a service of which the register does not know what is asked

    def placeholders(self) -> list[str]:
        """Names in braces in the text."""
        return _PLACEHOLDER.findall(self.text)


@dataclass(frozen=True)
class Answers:
    """All answers of a model by topic, and what its default wording says of a topic as a whole."""

    by_topic: Mapping[str, tuple[Answer, ...]]
    topics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    small_talk: frozenset[str] = frozenset()  # topics that bring no subject of their own (`small_talk: true`)
    follow_ups: frozenset[str] = frozenset()  # topics that another one answers right after some topic (`follow_ups:`)
    details: frozenset[str] = frozenset()  # topics that only add to what was said before: an age, a time, who asks (`detail: true`)
    of_a_service: frozenset[str] = frozenset()  # topics whose words or people depend on the service in hand

    def urgency(self, topic: str) -> str:
        """The topic's own urgency; '' for an unknown topic."""
        return str(self.topics.get(topic, {}).get("urgency") or "")

    def about(self, topic: str) -> str:
        """The one service or role that the topic is about (`about:`); '' for none."""
        return str(self.topics.get(topic, {}).get("about") or "")

    def instead(self, topic: str, follow_up: str) -> str:
        """The topic that answers `follow_up` right after `topic` (`follow_ups:`); '' for none."""
        return str((self.topics.get(topic, {}).get("follow_ups") or {}).get(follow_up) or "")

    def here(self, topic: str) -> str:
        """The topic that answers for `topic` when the person lives in the council's area after all (`here:`); '' for itself."""
        return str(self.topics.get(topic, {}).get("here") or "")

    def for_audience(self, topic: str, audience: str, unknown: bool = False) -> tuple[Answer, ...]:
        """The wordings of `topic` for `audience`: its own, else the default ones. Empty for an unknown topic.

        `unknown`: those for a service of which the register does not know what is asked; the others otherwise.
        """
        wordings = tuple(answer for answer in self.by_topic.get(topic, ()) if answer.unknown == unknown)
        own = tuple(answer for answer in wordings if answer.audience == audience)
        return own or tuple(answer for answer in wordings if answer.audience is None)

    def title(self, topic: str) -> str:
        """The button label of `topic`; empty when it has none."""
        return next((answer.title for answer in self.by_topic.get(topic, ()) if answer.title), "")


def read_answers(responses: Mapping[str, list[dict[str, Any]]]) -> Answers:
    """Return the answers of a Rasa domain's `responses`."""
    by_topic: dict[str, tuple[Answer, ...]] = {}
    topics: dict[str, Mapping[str, Any]] = {}
    for name, wordings in responses.items():
        topic = name.removeprefix(UTTER)
        by_topic[topic] = tuple(_answer(topic, wording) for wording in wordings)
        topics[topic] = wordings[-1].get("metadata") or {}
    return Answers(
        by_topic,
        topics,
        small_talk=frozenset(topic for topic, about in topics.items() if about.get("small_talk")),
        details=frozenset(topic for topic, about in topics.items() if about.get("detail")),
        follow_ups=frozenset(name for about in topics.values() for name in about.get("follow_ups") or {}),
        of_a_service=frozenset(topic for topic, wordings in by_topic.items() if _speaks_of_a_service(topic, wordings)),
    )


def _speaks_of_a_service(topic: str, wordings: Iterable[Answer]) -> bool:
    return topic.startswith(FOLLOW_UP) or any(name in SERVICE_WORDS for answer in wordings for name in answer.placeholders())


def _answer(topic: str, wording: Mapping[str, Any]) -> Answer:
    metadata = wording.get("metadata") or {}
    condition = wording.get("condition") or []
    return Answer(
        topic=topic,
        audience=str(condition[0]["value"]) if condition else None,
        text=" ".join(f"{wording.get('text') or ''} {metadata.get('english') or ''}".split()),
        title=str(metadata.get("title") or ""),
        handoff=tuple(metadata.get("handoff") or ()),
        next=tuple(metadata.get("next") or ()),
        facts=tuple(metadata.get("facts") or ()),
        language=str(metadata.get("language") or ""),
        unknown=bool(metadata.get("service_unknown")),
    )


def fill(answer: Answer, content: Content, service: Service | None, day: date) -> str:
    """The text of `answer` with its placeholders filled: the council's words, the facts true on `day`, the service in hand.

    `service`: None for an answer that speaks of none.
    """

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in SERVICE_WORDS:
            return service_word(service, name) if service else ""
        if name in content.council.words:
            return content.council.words[name]
        fact = content.facts.get(name)
        return _PLACEHOLDER.sub(value, (fact.text_on(day) if fact else None) or "")

    return " ".join(_PLACEHOLDER.sub(value, answer.text).split())


def service_word(service: Service, placeholder: str) -> str:
    """What the register says of `service` for one of the `service_` placeholders; empty when it says nothing."""
    key = SERVICE_WORDS[placeholder]
    return {"name": service.name, "languages": service.languages}.get(key) or service.words.get(key, "")
