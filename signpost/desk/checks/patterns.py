"""The safety net's patterns: each finds what it is there for, and none frightens people who only ask."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from signpost.desk.checks.tree import Fault, Tree, plain_text
from signpost.understanding.pattern_finder import PatternFinder, load_finder

_HARMLESS = {"practical", "information"}
_FALSE_ALARMS = 0.01  # share of harmless examples that patterns may still take for danger


def each_finds_its_own(tree: Tree) -> Iterator[Fault]:
    """Every pattern finds an example of its topic, and every message of its own `finds`."""
    finder, plain = _finder(tree.root), plain_text(tree.root)
    examples = {topic.name: topic.examples for topic in tree.topics}
    for pattern in finder.patterns.values():
        for message in pattern.finds:
            if pattern not in finder.find(plain(message)):
                yield Fault(
                    _file(tree, pattern.file),
                    f"'{pattern.name}' does not find '{message}' of its 'finds'",
                    "add a line, or take 'finds' out",
                )
        if not pattern.finds and not any(pattern in finder.find(plain(example)) for example in examples.get(pattern.topic, ())):
            yield Fault(
                _file(tree, pattern.file),
                f"'{pattern.name}' finds no example of {pattern.topic}",
                "mend its lines, or show under 'finds' a message that it is for",
            )


def none_cries_wolf(tree: Tree) -> Iterator[Fault]:
    """Patterns take few examples of practical and information topics for danger; beyond the limit each is named."""
    finder, plain = _finder(tree.root), plain_text(tree.root)
    harmless = [(topic, example) for topic in tree.topics if topic.metadata.get("urgency") in _HARMLESS for example in topic.examples]
    alarms = [(found[0], topic, example) for topic, example in harmless if (found := finder.find(plain(example)))]
    if len(alarms) > _FALSE_ALARMS * len(harmless):
        for pattern, topic, example in alarms:
            yield Fault(
                _file(tree, pattern.file), f"'{pattern.name}' finds '{example}' of {topic.name}", "add words to the line, or an 'unless'"
            )


@lru_cache(maxsize=2)
def _finder(root: Path) -> PatternFinder:
    return load_finder(root / "data")


def _file(tree: Tree, file: str) -> str:
    return str(Path(file).relative_to(tree.root)) if Path(file).is_relative_to(tree.root) else file


CHECKS = (each_finds_its_own, none_cries_wolf)
