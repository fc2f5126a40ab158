"""The last step before a person: only a whole, reviewed reply with a human route leaves; anything else becomes the safe card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from signpost.conversation.buttons import button_id
from signpost.handoff.answers import Answers
from signpost.handoff.card import EMERGENCY, FALLBACK, Card, Line, card_text, is_for_adults_only, make_card, note
from signpost.handoff.catalogue import catalogue
from signpost.register.content import AUDIENCES, CHILDREN, URGENCIES, Content, Service

Messages = list[dict[str, Any]]

_PERSON = "want_to_talk_to_human"
_PARTS = {"recipient_id", "text", "buttons", "custom"}
_HANDOFF = {"urgency", "audience", "topic", "services"}
_NUMBER = re.compile(r"\+?\d[\d ]*\d")
_NOT_DIGIT = re.compile(r"\D")


class Guard:
    """Compares each reply with the reviewed content of the trained model."""

    def __init__(self, content: Content, answers: Answers) -> None:
        self._content = content
        self._retired = {_digits(number) for number in content.retired_numbers}
        self._never = tuple(word.lower() for word in content.council.never_publish)
        self._texts = frozenset(text for text in catalogue(answers, content) if not self._names_what_is_withdrawn(text))
        languages = {answer.language for wordings in answers.by_topic.values() for answer in wordings}
        self._topics = {*answers.by_topic, *(languages - {""}), FALLBACK}
        self._buttons = {(answers.title(topic), button_id(topic)) for topic in answers.by_topic if answers.title(topic)}
        self._buttons.add((content.card.words["talk_to_a_person"], button_id(_PERSON)))
        self._hours = re.compile("|".join(_hours_patterns(content.card.words)))
        self._lines = {service.id: service for service in content.services.values() if service.is_shown()}

    def fault(self, messages: Sequence[dict[str, Any]]) -> str | None:
        """Return what is wrong with the messages of one turn (a short name without text of the reply), or None."""
        try:
            return next(self._faults(messages), None)
        except (KeyError, TypeError, AttributeError, ValueError):
            return "broken reply"

    def safe_card(self, now: datetime, slow: bool = False) -> Messages:
        """The reply that leaves in place of a faulty one."""
        return safe_card(self._content, now, slow)

    def _faults(self, messages: Sequence[dict[str, Any]]) -> Iterator[str]:
        cards = [message["custom"] for message in messages if message.get("custom")]
        texts = [message["text"] for message in messages if message.get("text")]
        if not "".join(texts).strip():
            yield "empty"
        if any(set(message) - _PARTS for message in messages):
            yield "unknown part"
        if len(cards) != 1:
            yield "no card" if not cards else "two cards"
        card = _card(cards[0])
        yield from self._card_faults(card)
        answer, _, rest = "\n".join(texts).partition("\n")
        if answer not in self._texts:
            yield "unreviewed text"
        if rest != card_text(self._content, card) or self._names_what_is_withdrawn(rest):
            yield "unreviewed card text"
        if card.urgency == URGENCIES[0] and "999" not in answer + rest:
            yield "emergency without 999"
        for button in (button for message in messages for button in message.get("buttons") or []):
            if set(button) != {"title", "payload"} or (button["title"], button["payload"]) not in self._buttons:
                yield "unreviewed button"

    def _card_faults(self, card: Card) -> Iterator[str]:
        if card.urgency not in URGENCIES or card.audience not in AUDIENCES or card.topic not in self._topics:
            yield "unknown card"
        if not card.services or not all(self._in_register(line) for line in card.services):
            yield "unknown service"
        ids = [line.id for line in card.services]
        if len(ids) != len(set(ids)):
            yield "a service twice"
        if card.urgency == URGENCIES[0] and EMERGENCY not in ids[:3]:
            yield "emergency without 999"
        people = [service for service in ids if service != EMERGENCY]
        if card.urgency != URGENCIES[0] and all(self._lines[service].dials_999() for service in people):
            yield "nobody but 999"
        if people and card.audience in CHILDREN and is_for_adults_only(self._lines[people[0]]):
            yield "a line for adults first for a child"

    def _in_register(self, line: Line) -> bool:
        service = self._lines.get(line.id)
        if service is None:
            return False
        notes = {note(self._content, service, overdue) for overdue in (False, True)}
        if line.name != service.name or line.note not in notes or line.open_now not in (None, True, False):
            return False
        if line.hours and not self._hours.fullmatch(line.hours):
            return False
        values = {"phone": ("phone",), "text": ("text",), "web": ("web", "form", "app"), "chat": ("chat",)}
        return bool(line.phone or line.text or line.web or line.chat) and all(
            value == "" or (value in _values(service, kinds) and _digits(value) not in self._retired)
            for value, kinds in ((getattr(line, part), kinds) for part, kinds in values.items())
        )

    def _names_what_is_withdrawn(self, text: str) -> bool:
        """Whether a number that is no longer to be rung, or a word never to be published, stands in `text`."""
        if any(_digits(found) in self._retired for found in _NUMBER.findall(text)):
            return True
        return any(word in text.lower() for word in self._never)


def safe_card(content: Content, now: datetime, slow: bool = False) -> Messages:
    """The reply that leaves in place of a faulty one; needs nothing but the register."""
    words = content.card.words
    card = make_card(content, content.card.default_routes["unknown"], "worried", "unknown", FALLBACK, "", now)
    text = words["safe_text_slow" if slow else "safe_text"]
    return [{"text": f"{text}\n{card_text(content, card)}"}, {"custom": card.as_custom()}]


def _card(custom: dict[str, Any]) -> Card:
    if set(custom) != {"handoff"} or set(custom["handoff"]) != _HANDOFF:
        raise ValueError("a card has four parts and no more")
    handoff = custom["handoff"]
    return Card(handoff["urgency"], handoff["audience"], handoff["topic"], tuple(Line(**line) for line in handoff["services"]))


def _values(service: Service, kinds: tuple[str, ...]) -> set[str]:
    return {channel.value for channel in service.shown_channels() if channel.kind in kinds}


def _digits(number: str) -> str:
    return _NOT_DIGIT.sub("", number)


def _hours_patterns(words: Any) -> Iterator[str]:
    """The shapes that the opening hours of a line may have, from the words of data/card.yml."""
    yield from (re.escape(words[name]) for name in ("open_now", "always_open", "form_any_time"))
    time = {"time": r"\d{1,2}(?:\.\d{2})?[ap]m", "day": r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"}
    for when in ("today", "later"):
        yield _shape(words["opens"], {"when": _shape(words[when], time)})


def _shape(words: str, parts: dict[str, str]) -> str:
    pattern = re.escape(words)
    for name, part in parts.items():
        pattern = pattern.replace(re.escape(f"{{{name}}}"), part)
    return pattern
