"""Every answer text that may leave: the reviewed wordings with all values their placeholders can take."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from signpost.handoff.answers import SERVICE_WORDS, Answer, Answers, service_word
from signpost.register.content import Content


def catalogue(answers: Answers, content: Content) -> frozenset[str]:
    """Return the text of every answer, one entry for each combination of dated fact and service it can be filled with.

    A text that rests on a fact which nobody has checked is none of them.
    """
    return frozenset(text for wordings in answers.by_topic.values() for answer in wordings for text in _texts(answer, content) if text)


def _texts(answer: Answer, content: Content) -> Iterator[str]:
    names = list(dict.fromkeys(answer.placeholders()))
    of_service = [name for name in names if name in SERVICE_WORDS]
    others = [name for name in names if name not in SERVICE_WORDS]
    services = [service for service in content.services.values() if service.is_shown()] if of_service else [None]
    for values in product(*(_values(name, content) for name in others)):
        for service in services:
            text = answer.text
            for name, value in zip(others, values, strict=True):
                text = text.replace(f"{{{name}}}", value)
            for name in of_service:
                text = text.replace(f"{{{name}}}", service_word(service, name) if service else "")
            yield " ".join(text.split())


def _values(name: str, content: Content) -> list[str]:
    if name in content.council.words:
        return [content.council.words[name]]
    fact = content.facts.get(name)
    if fact is None or fact.status != "checked":
        return []
    return [_with_council_words(text, content) for text, _, _ in fact.says]


def _with_council_words(text: str, content: Content) -> str:
    for name, word in content.council.words.items():
        text = text.replace(f"{{{name}}}", word)
    return text
