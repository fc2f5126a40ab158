"""The words of the plain pages and of the launcher obey the rules for answers, are due for review, and name topics that exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from signpost.desk.checks import wording
from signpost.desk.checks.tree import Fault, Tree, Wording
from signpost.register.content_file import read_yaml

FILES = ("data/twin.yml", "data/embed.yml", "data/page.yml")
_SENTENCE = 5  # words; a label of fewer has no reading age


def worded(tree: Tree) -> Iterator[Fault]:
    """Every sentence is checked as an answer to somebody whose age nobody knows, a leaflet's title as one to its readers."""
    content = replace(tree.content, facts={}, services={}, card=replace(tree.content.card, words={}))  # they have checks of their own
    everything = tuple(_wordings(tree))
    sentences = tuple(found for found in everything if len(found.text.split()) >= _SENTENCE)
    yield from wording.allowed(replace(tree, wordings=everything, content=content))
    yield from wording.numbers_in_register_only(replace(tree, wordings=everything, content=content))
    yield from wording.short_and_plain(replace(tree, wordings=sentences, content=content))


def dated(tree: Tree) -> Iterator[Fault]:
    """Each file says when it was reviewed, and its next review is not overdue."""
    for file in FILES:
        words = read_yaml(tree.root / file)
        for key in ("reviewed", "review_by"):
            if not words.get(key):
                yield Fault(file, f"'{key}' is missing", 'add it at the top, in quotes: "2027-05-25"')
        if words.get("review_by") and str(words["review_by"]) < tree.today.isoformat():
            yield Fault(file, f"its review was due by {words['review_by']}", "have a person read it, then set reviewed and review_by")


def review_dates(tree: Tree) -> Iterator[tuple[str, str]]:
    """Each file with the day by which it is to be read again."""
    for file in FILES:
        yield file, str(read_yaml(tree.root / file).get("review_by") or "")


def leaflets(tree: Tree) -> Iterator[Fault]:
    """Every leaflet repeats answers that exist and names people who may be shown."""
    known = {found.topic for found in tree.wordings}
    services, roles = tree.content.services, tree.content.council.roles
    for audience, leaflet in (read_yaml(tree.root / "data/twin.yml").get("leaflets") or {}).items():
        for topic in leaflet.get("topics") or []:
            if topic not in known:
                yield Fault("data/twin.yml", f"the leaflet for {audience} names '{topic}', which has no answer", "name a topic of data/")
        for route in leaflet.get("handoff") or []:
            if route not in roles and (route not in services or not services[route].is_shown()):
                yield Fault(
                    "data/twin.yml", f"the leaflet for {audience} names '{route}', which cannot be shown", "use another service or role"
                )


def _wordings(tree: Tree) -> Iterator[Wording]:
    for file in FILES:
        for place, text in _sentences(read_yaml(tree.root / file)):
            yield Wording(file, place, _audience(place), text, {"urgency": "information"})


def _audience(place: str) -> str:
    """Whose reading age counts: a leaflet's own readers, else nobody knows who, so a child's."""
    part, _, rest = place.partition(".")
    return rest.partition(".")[0] if part == "leaflets" else "unknown"


def _sentences(words: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text below `words` with where it stands; ids and dates are no sentences."""
    if isinstance(words, dict):
        for key, value in words.items():
            if key not in ("reviewed", "review_by", "topics", "handoff"):
                yield from _sentences(value, f"{place}.{key}".lstrip("."))
    elif isinstance(words, list):
        for number, value in enumerate(words, 1):
            yield from _sentences(value, f"{place}.{number}")
    elif isinstance(words, str):
        yield place, words


CHECKS = (worded, dated, leaflets)
