"""Turns an answer's name into what leaves: reviewed words for this audience, the hand-off card, the buttons.

A Rasa NLG class that runs in the process (`nlg.type` in endpoints.yml): an answer to a disclosure waits on no other process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from signpost.conversation.buttons import button_id
from signpost.handoff.answers import UTTER, Answer, Answers, fill, read_answers
from signpost.handoff.card import EMERGENCY, card_text, make_card
from signpost.register.content import AUDIENCES, URGENCIES, Content, Service, read_content
from signpost.understanding.understood import KEY, OTHER_LANGUAGE, UNSURE, Understood

TALK_TO_A_PERSON = "want_to_talk_to_human"
FALLBACK = "fallback"  # the topic on the card when no topic answered
_MOST_BUTTONS = 4


@dataclass(frozen=True)
class Situation:
    """What the writer knows of a turn: who asks, from where, what was understood, what was shown before."""

    audience: str
    area: str
    understood: Understood | None
    last_service: str
    shown: tuple[str, ...] = ()  # topics of the cards that the store remembers, oldest first


class AnswerWriter(TemplatedNaturalLanguageGenerator):
    """Writes every reply of every channel.

    Rasa makes it before it has loaded the model, and hands the answers over later, only to a kind of its templated generator.
    """

    def __init__(
        self,
        endpoint_config: EndpointConfig | None,
        domain: Domain,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        """Read the register once. Raises ContentFault when a content file is wrong, which stops the start."""
        folder = endpoint_config.kwargs.get("content", "data") if endpoint_config else "data"
        self._content: Content = read_content(Path(folder))
        self._clock = clock
        super().__init__(domain.responses)

    @classmethod
    def for_domain(cls, domain: Domain, folder: str) -> AnswerWriter:
        """Return a writer for the answers of `domain` with the register of `folder`, outside of Rasa's own start."""
        return cls(EndpointConfig(content=folder), domain)

    @property
    def responses(self) -> Mapping[str, list[dict[str, Any]]]:
        """The answers as the domain holds them. Rasa sets this when a model is loaded or changed."""
        return self._responses

    @responses.setter
    def responses(self, responses: Mapping[str, list[dict[str, Any]]]) -> None:
        self._responses = responses
        self._answers: Answers = read_answers(responses)
        self._urgencies = {
            name.removeprefix(UTTER): str((wordings[-1].get("metadata") or {}).get("urgency", "")) for name, wordings in responses.items()
        }

    async def generate(self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any) -> dict[str, Any] | None:
        """Return text, buttons and card for `utter_action`, or None for a name without an answer (the guard then steps in)."""
        return self.write(utter_action.removeprefix(UTTER), situation_of(tracker))

    def write(self, topic: str, situation: Situation) -> dict[str, Any] | None:
        """Return text, buttons and card for `topic` in `situation`; None when the topic has no answer."""
        topic = self._in_language(topic, situation)
        wordings = self._answers.for_audience(topic, situation.audience)
        if not wordings:
            return None
        shown_as = FALLBACK if topic in UNSURE.values() else wordings[0].language or topic
        turn = situation.shown.count(shown_as)  # never the same words twice where there are others
        answer = wordings[turn % len(wordings)]
        now = self._clock()
        service = self._service_in_hand(answer, situation)
        handoff = (service.id, *answer.handoff) if any(name.startswith("service_") for name in answer.placeholders()) else answer.handoff
        card = make_card(self._content, handoff, self._urgency(topic, situation), situation.audience, shown_as, situation.area, now)
        text = fill(answer, self._content, service, self._content.council.calendar.local(now).date())
        return {
            "text": f"{text}\n{card_text(self._content, card)}",
            "buttons": self._buttons(topic, answer, situation),
            "custom": card.as_custom(),
        }

    def _in_language(self, topic: str, situation: Situation) -> str:
        """The topic in the language heard, where `topic` answers other languages and that one has a file; else `topic`."""
        if situation.understood is None or not topic.startswith(OTHER_LANGUAGE):
            return topic
        own = topic.replace(OTHER_LANGUAGE, situation.understood.language, 1)
        return own if own in self._answers.by_topic else topic

    def _urgency(self, topic: str, situation: Situation) -> str:
        """The topic's own urgency, raised (never lowered) by what was understood of the message."""
        own = self._urgencies.get(topic) or "information"
        understood = situation.understood
        if understood is None or not understood.pattern:
            return own
        return min(own, understood.urgency, key=URGENCIES.index)

    def _service_in_hand(self, answer: Answer, situation: Situation) -> Service:
        """The service named in the message, else the first one shown last, else the answer's own first."""
        named = situation.understood.service if situation.understood else ""
        for candidate in (named, situation.last_service, *answer.handoff):
            service = self._content.services.get(candidate)
            if service is not None and service.is_shown():
                return service
        return self._content.services[self._content.card.default_routes["unknown"][0]]

    def _buttons(self, topic: str, answer: Answer, situation: Situation) -> list[dict[str, str]]:
        """Next steps by title: what else the message may have been about, then the answer's own; 'Talk to a person' always among them."""
        near = situation.understood.close if situation.understood else ()
        topics = [
            name for name in dict.fromkeys((*near, *answer.next)) if name not in (topic, TALK_TO_A_PERSON) and self._answers.title(name)
        ]
        most = len(answer.next) if topic == "first_message" else _MOST_BUTTONS - 1
        buttons = [{"title": self._answers.title(name), "payload": button_id(name)} for name in topics[:most]]
        return [
            *buttons,
            {"title": self._content.card.words["talk_to_a_person"], "payload": button_id(TALK_TO_A_PERSON)},
        ]


def situation_of(tracker: DialogueStateTracker) -> Situation:
    """Read the situation from a Rasa tracker: button before understanding, this message before earlier ones."""
    message = tracker.latest_message
    understood = Understood.from_dict(message.parse_data.get(KEY)) if message and message.parse_data else None
    chosen = tracker.get_slot("audience")
    heard = (understood.audience if understood else "") or tracker.get_slot("understood_audience")
    audience = chosen or heard or "unknown"
    cards = _cards_shown(tracker)
    last = cards[-1] if cards else {}
    return Situation(
        audience=audience if audience in AUDIENCES else "unknown",
        area=tracker.get_slot("area") or "",
        understood=understood,
        last_service=next((line["id"] for line in last.get("services", []) if line["id"] != EMERGENCY), ""),
        shown=tuple(card.get("topic", "") for card in cards),
    )


def _cards_shown(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """The cards of earlier turns that the store still remembers, oldest first."""
    cards = []
    for event in tracker.events:
        if isinstance(event, BotUttered) and event.data:
            custom = event.data.get("custom") or {}
            if "handoff" in custom:
                cards.append(custom["handoff"])
    return cards
