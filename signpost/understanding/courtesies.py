"""What is left of a message without greetings, thanks and other padding, so that politeness hides no danger."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from signpost.register.content_file import ContentFault, read_yaml

_LEAST, _TELLING = 3, 5  # words, or letters of one word, that must be left; a message that is all courtesy stays as it is
_QUOTES = '"“”'
_EDGES = " ,.!;:-"
_KISSES = re.compile(r"(?:\s+x{1,3})+(?=[\s.!]*$)")


class Courtesies:
    """Takes reviewed phrases away from plain lower-case text."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """`phrases`: in plain lower-case words; longer ones are tried first."""
        self.phrases = tuple(phrases)
        words = sorted(map(re.escape, self.phrases), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w'])(?:{'|'.join(words)})(?![\w'])[{re.escape(_EDGES)}]*") if words else None

    def __call__(self, text: str) -> str:
        """Return `text` without quotation marks, courtesies and last kisses; unchanged where too little would be left."""
        bare = text.translate({ord(mark): " " for mark in _QUOTES})
        if self._pattern:
            bare = self._pattern.sub(" ", bare)
        bare = " ".join(_KISSES.sub("", bare).strip(_EDGES).split())
        left = re.findall(r"\w+", bare)
        return bare if len(left) >= _LEAST or any(len(word) >= _TELLING for word in left) else text


def read_courtesies(path: Path) -> tuple[str, ...]:
    """Read `data/courtesies.yml`. Raises ContentFault, naming file, fault and mend."""
    phrases = read_yaml(path).get("phrases")
    if not isinstance(phrases, list) or not all(isinstance(phrase, str) and phrase == phrase.lower() for phrase in phrases):
        raise ContentFault(f"{path}: 'phrases' must be a list of phrases in small letters. Put quotes round words such as 'no'.")
    return tuple(phrases)
