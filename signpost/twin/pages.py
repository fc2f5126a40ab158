"""Compiles the reviewed content into plain pages: the words of the chat, filled in and given a card by the same functions.

The name of an answer's page says nothing about its topic, and every page has the council's name as its title: both stay in the
history of a phone that somebody else may look at.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from signpost.handoff.answers import SERVICE_WORDS, Answer, fill, service_word
from signpost.register.content import Content, Service, read_content
from signpost.twin.reviewed_topics import ReviewedTopics, TopicPage, read_reviewed_topics
from signpost.twin.static_card import StaticLine, static_card, usual_card
from signpost.twin.twin_words import TwinWords, read_twin_words

_TEMPLATES = Path(__file__).parent / "page"
_OTHERS = "unknown"  # whoever belongs to no list of its own (staff who try the chat) reads the last one


@dataclass(frozen=True)
class Twin:
    """Every page by file name, and what stands on it: for each wording its topic, audience, page and sha256."""

    files: Mapping[str, str]
    manifest: tuple[Mapping[str, str], ...]


def page_name(topic: str, audience: str) -> str:
    """The file name of an answer's page: the same on every compilation, and without a meaning to somebody who reads it."""
    return f"{hashlib.sha256(f'{topic}/{audience}'.encode()).hexdigest()[:10]}.html"


@dataclass(frozen=True)
class TwinSource:
    """What the pages are made of, as the files of `data/` held it when it was read."""

    content: Content
    words: TwinWords
    topics: ReviewedTopics


def read_twin_source(folder: Path) -> TwinSource:
    """Read the files of `folder` (`data/`). Raises ContentFault when one is wrong."""
    return TwinSource(read_content(folder), read_twin_words(folder), read_reviewed_topics(folder))


def fill_twin(source: TwinSource, now: datetime) -> Twin:
    """Compile `source` as it is true on the day of `now`: dates, hours, facts, who is still in review. Reads none of its files again."""
    return _Compiler(source, now).compiled()


def compile_twin(folder: Path, now: datetime) -> Twin:
    """Compile the content of `folder` (`data/`) as it is true on the day of `now`. Raises ContentFault when a file is wrong."""
    return fill_twin(read_twin_source(folder), now)


class _Compiler:
    def __init__(self, source: TwinSource, now: datetime) -> None:
        content, words, topics = source.content, source.words, source.topics
        self._content, self._words, self._topics, self._now = content, words, topics, now
        self._lists = {
            audience: topics.for_audience(audience) + (topics.for_audience("operator") if audience == _OTHERS else [])
            for audience in words.audiences
        }
        jinja = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        jinja.globals.update(
            words=words.words,
            card_words=content.card.words,
            audiences=words.audiences,
            council=content.council,
            leaflets=words.leaflets,
            today=_in_words(content.council.calendar.local(now).date().isoformat()),
            page_name=page_name,
            reader=lambda audience: words.words["anyone"] if audience in (_OTHERS, "operator") else words.audiences[audience],
        )
        jinja.filters["in_words"] = _in_words
        jinja.filters["digits"] = lambda number: number.replace(" ", "")
        self._jinja = jinja

    def compiled(self) -> Twin:
        """Return the twin."""
        manifest: list[dict[str, str]] = []
        files = {
            "index.html": self._page("index.html", lines=self._usual(_OTHERS)),
            "a-to-z.html": self._page("a_to_z.html", lines=self._usual(_OTHERS), letters=self._letters()),
            "people.html": self._page("people.html", services=self._register()),
            "safety.html": self._page("safety.html", lines=self._usual(_OTHERS), dates=self._words, sections=self._words.safety),
            "style.css": self._page("style.css"),
        }
        for audience, pages in self._lists.items():
            files[page_name("list", audience)] = self._page("list.html", lines=self._usual(audience), audience=audience, pages=pages)
        for audience in self._words.leaflets:
            files[leaflet_name(audience)] = self._leaflet(audience)
        for page in self._topics.pages:
            files[page_name(page.topic, page.audience)] = self._answer(page, manifest)
        files["manifest.json"] = json.dumps(manifest, indent=1)
        return Twin(files, tuple(manifest))

    def _answer(self, page: TopicPage, manifest: list[dict[str, str]]) -> str:
        texts = self._texts(page)
        name = page_name(page.topic, page.audience)
        manifest.extend({"topic": page.topic, "audience": page.audience, "page": name, "sha256": fingerprint(text)} for text in texts)
        answer = page.answers[0]
        about = (self._service(answer).id,) if _asks_for_a_service(answer) else ()
        following = [self._topics.find(topic, page.audience) for topic in answer.next]
        return self._page(
            "answer.html",
            page=page,
            lines=static_card(self._content, (*about, *answer.handoff), page.urgency, page.audience, page.topic, self._now),
            texts=texts,
            dates=page,
            following=[other for other in following if other is not None],
            others=[other for other in self._topics.pages if other.topic == page.topic and other.audience != page.audience],
        )

    def _texts(self, page: TopicPage) -> list[str]:
        """Every wording of the page as the chat would say it today, each once."""
        day = self._content.council.calendar.local(self._now).date()
        return list(dict.fromkeys(fill(answer, self._content, self._service(answer), day) for answer in page.answers))

    def _service(self, answer: Answer) -> Service:
        """The service that an answer about 'them' is filled with here: the first of its own of which the register knows what it asks."""
        asked = [name for name in answer.placeholders() if name in SERVICE_WORDS]
        services = [self._content.services[route] for route in answer.handoff if route in self._content.services]
        usual = [self._content.services[route] for route in self._content.card.default_routes[_OTHERS] if route in self._content.services]
        shown = [service for service in services + usual if service.is_shown()]
        return next((service for service in shown if all(service_word(service, name) for name in asked)), shown[0])

    def _leaflet(self, audience: str) -> str:
        leaflet = self._words.leaflets[audience]
        found = [self._topics.find(topic, audience) for topic in leaflet.topics]
        lines = usual_card(self._content, audience, self._now, leaflet.handoff)
        return self._page(
            "leaflet.html",
            lines=lines,
            leaflet=leaflet,
            parts=[(page.title, self._texts(page)[0]) for page in found if page],
            dates=self._words,
        )

    def _letters(self) -> list[tuple[str, list[TopicPage]]]:
        """Every topic once, under its first letter; its page leads on to the same question for somebody else."""
        listed = sorted((page for page in self._topics.pages if page.is_default), key=lambda page: _sorted_as(page.title))
        return [(letter, list(pages)) for letter, pages in groupby(listed, key=lambda page: _initial(page.title))]

    def _register(self) -> list[Any]:
        """Every service that may be shown: emergencies, then the council's own, then the rest, each in the order of the register."""
        local = self._content.council.local_ids
        shown = [service for service in self._content.services.values() if service.is_shown()]
        return sorted(shown, key=lambda service: (not service.dials_999(), service.id not in local))

    def _usual(self, audience: str) -> list[StaticLine]:
        return usual_card(self._content, audience, self._now)

    def _page(self, template: str, **values: Any) -> str:
        return self._jinja.get_template(template).render(**values)


def _asks_for_a_service(answer: Answer) -> bool:
    return any(name in SERVICE_WORDS for name in answer.placeholders())


def leaflet_name(audience: str) -> str:
    """The file name of the leaflet for `audience`."""
    return f"leaflet-{audience.replace('_', '-')}.html"


def fingerprint(text: str) -> str:
    """The sha256 of one block of words."""
    return hashlib.sha256(text.encode()).hexdigest()


def _sorted_as(title: str) -> str:
    """The title as a reader looks for it: 'A different crime' stands under D."""
    return re.sub(r"^\W*(?:(?:an?|the)\s+)?", "", title.lower())


def _initial(title: str) -> str:
    return _sorted_as(title)[:1].upper()


def _in_words(day: str) -> str:
    """'2026-11-25' as '25 November 2026'."""
    date = datetime.fromisoformat(day)
    return f"{date.day} {date:%B %Y}"
