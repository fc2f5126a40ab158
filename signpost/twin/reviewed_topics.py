"""The reviewed answers as the files of `data/` hold them: by topic, with whom a topic belongs to and when it was reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signpost.handoff.answers import UTTER, Answer, read_answers
from signpost.register.content import AUDIENCES, URGENCIES
from signpost.register.content_file import ContentFault, read_yaml


@dataclass(frozen=True)
class TopicPage:
    """One topic as one audience reads it: title, urgency, its wordings, review dates."""

    topic: str
    audience: str
    is_default: bool
    title: str
    urgency: str
    answers: tuple[Answer, ...]
    reviewed: str
    review_by: str


@dataclass(frozen=True)
class ReviewedTopics:
    """Every topic of the files, as the pages that it makes."""

    pages: tuple[TopicPage, ...]

    def for_audience(self, audience: str) -> list[TopicPage]:
        """The pages that belong to `audience`, by title."""
        return sorted((page for page in self.pages if page.audience == audience), key=_by_title)

    def find(self, topic: str, audience: str) -> TopicPage | None:
        """The page of `topic` for `audience`, else its default page, else None."""
        own = [page for page in self.pages if page.topic == topic and (page.audience == audience or page.is_default)]
        return min(own, key=lambda page: page.audience != audience, default=None)


def read_reviewed_topics(folder: Path) -> ReviewedTopics:
    """Return the topics of `folder` (`data/`). Raises ContentFault, naming the file, when one cannot be read or says too little."""
    responses: dict[str, list[dict[str, Any]]] = {}
    home: dict[str, str] = {}
    for path in sorted(folder.glob("*/*.yml")):
        content = read_yaml(path)
        for intent in content.get("nlu") or []:
            if "intent" in intent:
                home.setdefault(str(intent["intent"]), str((intent.get("metadata") or {}).get("audience", "unknown")))
        responses.update(content.get("responses") or {})
    answers = read_answers(responses).by_topic
    topics = ((name.removeprefix(UTTER), wordings) for name, wordings in responses.items())
    pages = [page for topic, wordings in topics for page in _pages(topic, wordings, answers[topic], home)]
    return ReviewedTopics(tuple(sorted(pages, key=_by_title)))


def _pages(topic: str, wordings: list[dict[str, Any]], answers: tuple[Answer, ...], home: dict[str, str]) -> Iterator[TopicPage]:
    by_audience: dict[str | None, list[tuple[Answer, dict[str, Any]]]] = {}
    for wording, answer in zip(wordings, answers, strict=True):
        metadata = wording.get("metadata") or {}
        if not metadata.get("service_unknown"):  # said of a service that somebody has just seen: a page has seen none
            by_audience.setdefault(answer.audience, []).append((answer, metadata))
    title = next((answer.title for answer in answers if answer.title), "")
    for own, group in by_audience.items():
        usual = home.get(topic, "unknown")
        audience = own or ("unknown" if usual in by_audience else usual)
        urgency = str(group[0][1].get("urgency", ""))
        if audience not in AUDIENCES or urgency not in URGENCIES or not title:
            raise ContentFault(f"data/: the answer of '{topic}' lacks an urgency, an audience or a title that is known. Run make check.")
        yield TopicPage(
            topic,
            audience,
            own is None,
            title,
            urgency,
            tuple(answer for answer, _ in group),
            min(str(metadata.get("reviewed", "")) for _, metadata in group),
            min(str(metadata.get("review_by", "")) for _, metadata in group),
        )


def _by_title(page: TopicPage) -> tuple[str, str]:
    return page.title.lower(), page.audience
