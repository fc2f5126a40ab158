"""The ways to say who one is: each stands as messages are read, or it would never be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from signpost.desk.checks.tree import Fault, Tree, plain_text
from signpost.understanding.who_asks import AT_START, FILE, WaysToSay, read_ways_to_say


def each_stands_as_it_is_read(tree: Tree) -> Iterator[Fault]:
    """No words of who_asks.yml are such as the normaliser replaces in every message."""
    plain = plain_text(tree.root)
    for words in _words(read_ways_to_say(tree.root / "data")):
        if plain(words) != words:
            yield Fault(f"data/{FILE}", f"'{words}' is never found: messages read '{plain(words)}' there", f"write '{plain(words)}'")


def _words(ways: WaysToSay) -> Iterator[str]:
    for listed in vars(ways).values():
        for words in listed.values() if isinstance(listed, Mapping) else (listed,):
            yield from (each.removeprefix(AT_START) for each in words)


CHECKS = (each_stands_as_it_is_read,)
