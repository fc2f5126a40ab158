"""Turns an answer's name into what leaves: reviewed words for this audience, the hand-off card, the buttons.

A Rasa NLG class that runs in the process (`nlg.type` in endpoints.yml): an answer to a disclosure waits on no other process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from itertools import zip_longest
from pathlib import Path
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from signpost.conversation.buttons import button_id
from signpost.conversation.context import Held, Situation, situation_of
from signpost.handoff.answers import FOLLOW_UP, SERVICE_WORDS, UTTER, Answer, Answers, fill, read_answers, service_word
from signpost.handoff.card import ELSEWHERE, EMERGENCY, FALLBACK, card_text, make_card
from signpost.handoff.service_in_hand import service_in_hand
from signpost.register.content import URGENCIES, Content, Service, read_content
from signpost.understanding.service_names import Names
from signpost.understanding.understood import OTHER_LANGUAGE, UNSURE

__all__ = ["AnswerWriter", "Situation", "situation_of"]

TALK_TO_A_PERSON = "want_to_talk_to_human"
_MOST_BUTTONS = 4
_MOST_SERVICES, _MOST_SERVICES_EMERGENCY = 4, 6
_SERIOUS = URGENCIES[:2]  # after such an answer, a message without a subject does not leave the people it named
_FEW_WORDS, _HALF_SURE = 4, 0.7  # a message of so few words that names a subject less surely than this is taken as vague


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
        self._names = Names(self._content)
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
        self._vague = self._answers.small_talk | {FALLBACK}

    @property
    def answers(self) -> Answers:
        """The answers as they were read from `responses`."""
        return self._answers

    async def generate(self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any) -> dict[str, Any] | None:
        """Return text, buttons and card for `utter_action`, or None for a name without an answer (the guard then steps in)."""
        return self.write(utter_action.removeprefix(UTTER), situation_of(tracker))

    def write(self, topic: str, situation: Situation) -> dict[str, Any] | None:
        """Return text, buttons and card for `topic` in `situation`; None when the topic has no answer.

        `wording` is the number of the wording used, for the store: never the same words twice where there are others.
        """
        topic, earlier = self._in_context(self._in_language(topic, situation), situation)
        service = service_in_hand(self._content, self._answers, self._names, situation) if topic in self._answers.of_a_service else None
        wordings = self._wordings(topic, situation.audience, service)
        if not wordings:
            return None
        number = self._wording_number(topic, situation) % len(wordings) if len(wordings) > 1 else 0
        answer, now = wordings[number], self._clock()
        urgency = self._urgency(topic, situation, earlier)
        handoff = self._handoff(topic, answer, situation, service, earlier, urgency)
        shown_as = FALLBACK if topic in UNSURE.values() else answer.language or topic
        card = make_card(self._content, handoff, urgency, situation.audience, shown_as, situation.area, now)
        text = fill(answer, self._content, service, self._content.council.calendar.local(now).date())
        return {
            "text": f"{text}\n{card_text(self._content, card)}",
            "buttons": self._buttons(topic, answer, situation, earlier),
            "custom": card.as_custom(),
            "wording": number,
        }

    def _in_language(self, topic: str, situation: Situation) -> str:
        """The topic in the language heard, where `topic` answers other languages and that one has a file; else `topic`."""
        if situation.understood is None or not topic.startswith(OTHER_LANGUAGE):
            return topic
        own = topic.replace(OTHER_LANGUAGE, situation.understood.language, 1)
        return own if own in self._answers.by_topic else topic

    def _in_context(self, topic: str, situation: Situation) -> tuple[str, Held | None]:
        """The topic to answer after what was shown before, and what an earlier turn still asks of it (None: nothing)."""
        before, understood, small_talk = situation.before, situation.understood, self._answers.small_talk
        last = before.last_subject(small_talk) if topic in self._answers.follow_ups else None
        if last and not (understood and understood.service):
            topic = self._answers.instead(last.topic, topic) or topic
        if situation.area != ELSEWHERE:
            topic = self._answers.here(topic) or topic
        if not self._brings_nothing(topic, situation):
            holds = topic in small_talk or topic.startswith(FOLLOW_UP) or self._answers.about(topic)
            return topic, self._earlier(situation, ease=1) if holds else None
        earlier = self._earlier(situation, ease=0)
        urgency = _more_urgent(self._answers.urgency(topic), earlier.urgency if earlier else "")
        if urgency != URGENCIES[0] and before.in_a_row(FALLBACK) >= 2:
            return TALK_TO_A_PERSON, earlier
        return UNSURE[urgency], earlier

    def _earlier(self, situation: Situation, ease: int) -> Held | None:
        return situation.before.held(self._vague, self._answers.urgency, ease)

    def _brings_nothing(self, topic: str, situation: Situation) -> bool:
        """Whether the message brings nothing of its own to answer: not understood, too few words, or a detail of what was said before."""
        if topic in UNSURE.values() or self._too_short_to_tell(topic, situation):
            return True
        earlier = self._earlier(situation, ease=0) if topic in self._answers.details else None
        return earlier is not None and earlier.urgency in _SERIOUS

    def _too_short_to_tell(self, topic: str, situation: Situation) -> bool:
        """Whether a few words after a serious answer seem, not surely, to be about something far less serious."""
        understood = situation.understood
        if understood is None or understood.topic != topic or topic.startswith(FOLLOW_UP):
            return False
        if not 0 < situation.words <= _FEW_WORDS or understood.confidence >= _HALF_SURE or understood.service:
            return False
        earlier = self._earlier(situation, ease=1)
        if earlier is None or earlier.turn.urgency not in _SERIOUS:
            return False
        return URGENCIES.index(self._answers.urgency(topic) or URGENCIES[-1]) > URGENCIES.index(earlier.urgency)

    def _wordings(self, topic: str, audience: str, service: Service | None) -> tuple[Answer, ...]:
        """The wordings to choose from; those for an unknown service word where the register has none for the service in hand."""
        wordings = self._answers.for_audience(topic, audience)
        if service is None:
            return wordings
        asked = {name for answer in wordings for name in answer.placeholders() if name in SERVICE_WORDS}
        if all(service_word(service, name) for name in asked):
            return wordings
        return self._answers.for_audience(topic, audience, unknown=True) or wordings

    def _wording_number(self, topic: str, situation: Situation) -> int:
        if topic not in UNSURE.values():
            return situation.before.times_shown(topic)
        return situation.before.last_wording(FALLBACK) + 1

    def _urgency(self, topic: str, situation: Situation, earlier: Held | None) -> str:
        """The topic's own urgency, raised (never lowered) by what was understood of the message and by what was said before."""
        own = self._answers.urgency(topic) or URGENCIES[-1]
        understood = situation.understood
        if understood is not None and understood.pattern:
            own = _more_urgent(own, understood.urgency)
        return _more_urgent(own, earlier.urgency) if earlier else own

    def _handoff(
        self, topic: str, answer: Answer, situation: Situation, service: Service | None, earlier: Held | None, urgency: str
    ) -> tuple[str, ...]:
        """The routes in order: the service a follow-up is about; those of a serious earlier answer; the answer's own.

        An answer about one service keeps that one first.
        """
        routes: tuple[str, ...] = answer.handoff
        if service and topic.startswith(FOLLOW_UP):
            last = situation.before.last_subject(self._answers.small_talk)
            routes = (service.id, *(name for name in (last.services if last else ()) if name != EMERGENCY), *routes)
        elif earlier and earlier.turn.urgency in _SERIOUS:
            people = [name for name in earlier.turn.services if name != EMERGENCY or urgency in _SERIOUS]
            people.sort(key=lambda name: not self._suits(name, situation.audience))
            routes = (*routes, *people) if self._answers.about(topic) else (*people, *routes)
        else:
            return routes if urgency == URGENCIES[0] else self._with_those_for_danger(routes, situation, urgency)
        return self._most([name for name in dict.fromkeys(routes) if name not in self._away(situation)], situation.audience, urgency)

    def _with_those_for_danger(self, routes: tuple[str, ...], situation: Situation, urgency: str) -> tuple[str, ...]:
        """The routes of a calmer subject, at the end the first people for an emergency told before, and 999 where this one is serious."""
        told = situation.before.people_for_danger(self._vague)
        people = [name for name in told if name != EMERGENCY and self._suits(name, situation.audience)][:1]
        standing = [EMERGENCY] if told and urgency in _SERIOUS else []
        added = [name for name in (*standing, *people) if name not in routes and name not in self._away(situation)]
        return (*routes[: _most_services(urgency) - len(added)], *added) if added else routes

    def _away(self, situation: Situation) -> frozenset[str]:
        """The council's own services, where the person lives elsewhere."""
        return self._content.council.local_ids if situation.area == ELSEWHERE else frozenset()

    def _most(self, routes: list[str], audience: str, urgency: str) -> tuple[str, ...]:
        """As many routes as a card of this urgency holds, the audience's usual one among them where it is one of `routes`."""
        most = _most_services(urgency)
        usual = self._content.card.default_routes[audience][0]
        same = {usual, *self._content.council.roles.get(usual, {}).values()}
        kept, left = routes[:most], [name for name in routes[most:] if name in same]
        return tuple(kept if same & set(kept) or not left else [*kept[:-1], left[0]])

    def _suits(self, name: str, audience: str) -> bool:
        service = self._content.services.get(name)
        return service is None or audience in service.suits

    def _buttons(self, topic: str, answer: Answer, situation: Situation, earlier: Held | None) -> list[dict[str, str]]:
        """Next steps by title: what else the message may have been about, then the answer's own; 'Talk to a person' always among them.

        A message without a subject of its own keeps the next steps of the earlier one.
        """
        understood = situation.understood
        unsure = topic in UNSURE.values() and understood is not None
        small_talk = self._answers.small_talk
        near = [name for name in understood.close if name not in small_talk] if understood and not topic.startswith(FOLLOW_UP) else []
        before = self._answers.for_audience(earlier.turn.topic, situation.audience) if earlier and not topic.startswith(FOLLOW_UP) else ()
        names = [*_in_turn(before[0].next if before else (), near), *answer.next] if unsure else []
        names = names or [*near, *_in_turn(before[0].next if before else (), answer.next)]
        topics = [name for name in dict.fromkeys(names) if name not in (topic, TALK_TO_A_PERSON) and self._answers.title(name)]
        most = len(answer.next) if topic == "first_message" else _MOST_BUTTONS - 1
        buttons = [{"title": self._answers.title(name), "payload": button_id(name)} for name in topics[:most]]
        return [
            *buttons,
            {"title": self._content.card.words["talk_to_a_person"], "payload": button_id(TALK_TO_A_PERSON)},
        ]


def _most_services(urgency: str) -> int:
    return _MOST_SERVICES_EMERGENCY if urgency == URGENCIES[0] else _MOST_SERVICES


def _more_urgent(one: str, other: str) -> str:
    """The more urgent of two; one that is not known counts least."""
    return min(one, other, key=lambda urgency: URGENCIES.index(urgency) if urgency in URGENCIES else len(URGENCIES))


def _in_turn(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Both lists, one from each in turn."""
    return [name for pair in zip_longest(first, second) for name in pair if name]
