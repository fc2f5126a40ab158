"""The content of `data/` as the checks see it: every file read once, with its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from signpost.register.content import Content
from signpost.understanding.normal_text import NormalText, read_text_speak


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and what to do."""

    file: str
    fault: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}: {self.fault} -> {self.mend}"


@dataclass(frozen=True)
class Wording:
    """One answer text in a file, with its metadata. `audience` is None for the default wording."""

    file: str
    name: str
    audience: str | None
    text: str
    metadata: dict[str, Any]

    @property
    def topic(self) -> str:
        """The topic that the answer belongs to."""
        return self.name.removeprefix("utter_")

    @property
    def language(self) -> str:
        """Name of the file of its language; '' for an English topic."""
        return str(self.metadata.get("language") or "")

    @property
    def english(self) -> str:
        """What it says in English: its text, or the English beside a text in another language."""
        return " ".join(str(self.metadata.get("english") or self.text).split())


@dataclass(frozen=True)
class Topic:
    """One intent with its examples, as written in one file. `metadata`: of whoever usually asks; `askers`: who asks in each example."""

    file: str
    name: str
    metadata: dict[str, Any]
    examples: tuple[str, ...]
    askers: tuple[str, ...]


@dataclass(frozen=True)
class Tree:
    """Everything the checks read."""

    root: Path
    files: dict[str, dict[str, Any]]
    topics: tuple[Topic, ...]
    wordings: tuple[Wording, ...]
    domain: dict[str, Any]
    content: Content
    today: date
    unreadable: tuple[Fault, ...] = field(default=())

    def topic(self, name: str) -> Topic | None:
        """The topic of that name, or None."""
        return next((topic for topic in self.topics if topic.name == name), None)

    def rules(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """File, section ('rules' or 'stories') and entry of every rule and story."""
        for file, content in self.files.items():
            for section in ("rules", "stories"):
                for entry in content.get(section) or []:
                    yield file, section, entry


Check = Callable[[Tree], Iterator[Fault]]


@lru_cache(maxsize=2)
def plain_text(root: Path) -> NormalText:
    """How the assistant below `root` reads a message before it looks for anything in it."""
    return NormalText(read_text_speak(root / "data" / "text_speak.yml"))


def read_tree(root: Path, content: Content, today: date) -> Tree:
    """Read `data/` and `domain.yml` below `root`. Files that are no YAML become faults, the rest is still checked."""
    files: dict[str, dict[str, Any]] = {}
    unreadable: list[Fault] = []
    for path in sorted((root / "data").glob("*/*.yml")):
        name = str(path.relative_to(root))
        try:
            read = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        except UnicodeDecodeError as fault:
            unreadable.append(Fault(name, f"byte {fault.start} is no UTF-8", "restore the file from the last release"))
            continue
        except yaml.YAMLError as fault:
            place = getattr(fault, "problem_mark", None)
            where = f"line {place.line + 1}: " if place else ""
            unreadable.append(Fault(name, f"{where}{getattr(fault, 'problem', 'not valid YAML')}", "undo the last edit of that line"))
            continue
        if isinstance(read, dict):
            files[name] = read
        else:
            unreadable.append(Fault(name, "empty, or no 'key: value' lines at its top", "write it as docs/tasks/add_a_topic.md shows"))
    domain = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    return Tree(root, files, tuple(_topics(files)), tuple(_wordings(files)), domain, content, today, tuple(unreadable))


def _topics(files: dict[str, dict[str, Any]]) -> Iterator[Topic]:
    for file, content in files.items():
        by_intent: dict[str, list[dict[str, Any]]] = {}
        for entry in content.get("nlu") or []:
            by_intent.setdefault(str(entry.get("intent")), []).append(entry)
        for name, entries in by_intent.items():
            asked = [(example, _asker(entry)) for entry in entries for example in _examples(entry)]
            examples, askers = tuple(example for example, _ in asked), tuple(asker for _, asker in asked)
            yield Topic(file, name, entries[0].get("metadata") or {}, examples, askers)


def _examples(entry: dict[str, Any]) -> list[str]:
    return [line[2:].strip() for line in str(entry.get("examples") or "").splitlines() if line.startswith("- ")]


def _asker(entry: dict[str, Any]) -> str:
    return str((entry.get("metadata") or {}).get("audience") or "")


def _wordings(files: dict[str, dict[str, Any]]) -> Iterator[Wording]:
    for file, content in files.items():
        for name, wordings in (content.get("responses") or {}).items():
            for wording in wordings or []:
                condition = wording.get("condition") or []
                audience = str(condition[0].get("value")) if condition else None
                yield Wording(
                    file,
                    name,
                    audience,
                    " ".join(str(wording.get("text") or "").split()),
                    wording.get("metadata") or {},
                )
