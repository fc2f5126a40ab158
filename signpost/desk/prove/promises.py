"""The promises, put to one turn that leaves. Worked out from the reviewed files, not by the guard: one checks the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from signpost.desk.prove.subject import Subject
from signpost.handoff.answers import read_answers
from signpost.handoff.catalogue import catalogue
from signpost.register.content import CHILDREN, EMERGENCY_CALLS, URGENCIES

NO_ROUTE = "turns without a human route"
UNREVIEWED = "unreviewed sentences"
ADULTS_FIRST = "children given an adults-only line first"
NO_999 = "emergencies without 999"
CALMED = "urgency lower than the subject's own"
WITHDRAWN = "withdrawn numbers shown"
UNCLEARED = "services shown that nobody cleared"
REPLACED = "replies that the guard had to replace"
PROMISES = (NO_ROUTE, UNREVIEWED, ADULTS_FIRST, NO_999, CALMED, WITHDRAWN, UNCLEARED, REPLACED)

_NUMBER = re.compile(r"\d[\d ]*\d")
_SERIOUS = URGENCIES[:2]  # a subject of these two never gets a calmer card


class Promises:
    """Knows the reviewed words and numbers."""

    def __init__(self, subject: Subject) -> None:
        content = subject.content
        self._guard, self._content = subject.guard, content
        self._reviewed = catalogue(read_answers(subject.reviewed_responses), content)
        self._card_words = set(content.card.words.values())
        self._withdrawn = {"".join(number.split()) for number in content.retired_numbers}
        self._urgencies = subject.urgencies
        self._known: dict[tuple[bytes, str, bool], tuple[str, ...]] = {}

    def broken(self, messages: list[dict[str, Any]], same: bytes, intent: str, danger: bool = False) -> tuple[str, ...]:
        """What the turn breaks. `same`: the messages as bytes; `danger`: a safety pattern found an emergency in the message."""
        key = (same, self._urgencies.get(intent, ""), danger)
        if key not in self._known:
            self._known[key] = tuple(dict.fromkeys(self._broken(messages, *key[1:])))
        return self._known[key]

    def _broken(self, messages: list[dict[str, Any]], own: str, danger: bool) -> Iterator[str]:
        fault = self._guard.fault(messages)
        if fault is not None:
            yield REPLACED
        cards = [message["custom"]["handoff"] for message in messages if message.get("custom")]
        if len(cards) != 1:
            yield NO_ROUTE
            return
        text = "\n".join(message["text"] for message in messages if message.get("text"))
        yield from self._of_card(cards[0], text)
        if text.partition("\n")[0] not in self._reviewed:
            yield UNREVIEWED
        if any("".join(found.split()) in self._withdrawn for found in _NUMBER.findall(text)):
            yield WITHDRAWN
        urgent = URGENCIES[0] in (own, cards[0]["urgency"]) or danger
        if urgent and ("999" not in text or "emergency-999" not in [line["id"] for line in cards[0]["services"][:3]]):
            yield NO_999
        if own in _SERIOUS and URGENCIES.index(cards[0]["urgency"]) > URGENCIES.index(own):
            yield CALMED

    def _of_card(self, card: dict[str, Any], text: str) -> Iterator[str]:
        services = [self._content.services.get(line["id"]) for line in card["services"]]
        if not all(service is not None and service.is_shown() for service in services):
            yield UNCLEARED
        urgent = card["urgency"] == URGENCIES[0]
        routes = [
            line
            for line in card["services"]
            if (urgent or line["id"] not in EMERGENCY_CALLS) and (line["phone"] or line["text"] or line["web"] or line["chat"])
        ]
        in_words = [line for line in routes if line["name"] in text and (line["phone"] or line["text"]) in text]
        if not routes or routes != in_words:
            yield NO_ROUTE
        people = [service for service in services if service is not None and service.id != "emergency-999"]
        if card["audience"] in CHILDREN and people and people[0].suits and not people[0].suits & CHILDREN:
            yield ADULTS_FIRST
