"""The words around the answers on the plain pages, from `data/twin.yml`, checked at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signpost.register.content import AUDIENCES
from signpost.register.content_file import ContentFault, read_yaml


@dataclass(frozen=True)
class Section:
    """One part of the safety page."""

    title: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class Leaflet:
    """One leaflet: its title, the people on it in the order to try, and the topics whose answers it repeats."""

    title: str
    handoff: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True)
class TwinWords:
    """Everything that `data/twin.yml` says."""

    words: Mapping[str, str]
    audiences: Mapping[str, str]
    safety: tuple[Section, ...]
    leaflets: Mapping[str, Leaflet]
    reviewed: str
    review_by: str


def read_twin_words(folder: Path) -> TwinWords:
    """Return the words of `folder`/twin.yml. Raises ContentFault that says what is missing and what to do."""
    path = folder / "twin.yml"
    content = read_yaml(path)
    try:
        read = TwinWords(
            words=_strings(content["words"]),
            audiences=_strings(content["audiences"]),
            safety=tuple(Section(str(part["title"]), tuple(str(text) for text in part["says"])) for part in content["safety"]),
            leaflets={str(audience): _leaflet(entry) for audience, entry in content["leaflets"].items()},
            reviewed=str(content["reviewed"]),
            review_by=str(content["review_by"]),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise ContentFault(f"{path}: a part is missing or has no lines of its own: {fault}. Add it as the last release has it.") from fault
    if unknown := (set(read.audiences) | set(read.leaflets)) - set(AUDIENCES):
        raise ContentFault(f"{path}: {', '.join(sorted(unknown))} is no audience; use {', '.join(AUDIENCES)}.")
    return read


def _strings(entries: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in entries.items()}


def _leaflet(entry: Mapping[str, Any]) -> Leaflet:
    return Leaflet(str(entry["title"]), tuple(entry["handoff"]), tuple(entry["topics"]))
