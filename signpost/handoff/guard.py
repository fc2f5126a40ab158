"""The last step before a person: only a whole, reviewed reply with a human route leaves; anything else becomes the safe card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from signpost.conversation.buttons import BUTTON
from signpost.handoff.answers import Answers
from signpost.handoff.card import Card, Line, card_text, make_card
from signpost.handoff.catalogue import catalogue
from signpost.register.content import Content

Messages = list[dict[str, Any]]

_FALLBACK = "fallback"


class Guard:
    """Compares each reply with the reviewed content of the trained model."""

    def __init__(self, content: Content, answers: Answers) -> None:
        self._content = content
        self._texts = catalogue(answers, content)
        self._titles = {answers.title(topic) for topic in answers.by_topic} | {content.card.words["talk_to_a_person"]}

    def fault(self, messages: Sequence[dict[str, Any]]) -> str | None:
        """Return what is wrong with the messages of one turn (a short name without text of the reply), or None."""
        cards = [message["custom"] for message in messages if message.get("custom")]
        texts = [message["text"] for message in messages if message.get("text")]
        if not texts:
            return "empty"
        if len(cards) != 1:
            return "no card" if not cards else "two cards"
        try:
            card = _card(cards[0])
        except (KeyError, TypeError):
            return "broken card"
        if not card.services or not all(self._in_register(line) for line in card.services):
            return "unknown service"
        text = "\n".join(texts)
        answer, _, rest = text.partition("\n")
        if answer not in self._texts:
            return "unreviewed text"
        if rest != card_text(self._content, card):
            return "unreviewed card text"
        buttons = [button for message in messages for button in message.get("buttons") or []]
        if not all(button["title"] in self._titles and BUTTON.fullmatch(button["payload"]) for button in buttons):
            return "unreviewed button"
        return None

    def safe_card(self, now: datetime, slow: bool = False) -> Messages:
        """The reply that leaves in place of a faulty one."""
        words = self._content.card.words
        card = make_card(self._content, self._content.card.default_routes["unknown"], "worried", "unknown", _FALLBACK, "", now)
        text = words["safe_text_slow" if slow else "safe_text"]
        return [{"text": f"{text}\n{card_text(self._content, card)}"}, {"custom": card.as_custom()}]

    def _in_register(self, line: Line) -> bool:
        service = self._content.services.get(line.id)
        if service is None or not service.is_shown():
            return False
        values = {channel.value for channel in service.shown_channels()} | {""}
        return line.name == service.name and line.note == service.words["note"] and {line.phone, line.text, line.web, line.chat} <= values


def _card(custom: dict[str, Any]) -> Card:
    handoff = custom["handoff"]
    return Card(handoff["urgency"], handoff["audience"], handoff["topic"], tuple(Line(**line) for line in handoff["services"]))
