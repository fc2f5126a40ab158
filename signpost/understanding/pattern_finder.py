"""Finds the patterns of the safety net in a message, with spaCy's matcher.

Fast because few lines are tried: each line is filed under its rarest word, and only lines all of whose words stand in the sentence
go to the matcher. Linear because a long sentence is read in overlapping pieces. Words that no pattern uses never reach spaCy, whose
store of strings forgets nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from signpost.register.content import URGENCIES
from signpost.understanding.lemmas import english_lemmas
from signpost.understanding.pattern_words import Word, WordReader
from signpost.understanding.patterns import Pattern, PatternFault, Words, line_number, read_patterns, read_words

_GAPS = {"*": 4, "**": 8}
_PIECE, _STEP = 48, 24  # words of a long sentence read at once, and from one piece to the next: no line is longer than _STEP words
_CLOSE = 6  # words: how near a figure of speech must stand to take a pattern's danger away
_EDGES = frozenset("^$")  # where a sentence starts and ends
_OTHER = "_"  # stands for any word that no pattern uses
_ANY, _UNLESS, _NEEDS = "any", "unless", "needs"


@dataclass(frozen=True)
class _Line:
    pattern: str
    part: str
    needed: tuple[frozenset[str], ...]
    matcher: Matcher


@dataclass(frozen=True)
class _Hit:
    sentence: int
    start: int
    end: int

    def is_close_to(self, other: _Hit) -> bool:
        """Whether at most `_CLOSE` words of the same sentence part the two."""
        return self.sentence == other.sentence and self.start - _CLOSE <= other.end and other.start <= self.end + _CLOSE


class PatternFinder:
    """Finds patterns in plain text. Built once; safe to share."""

    def __init__(self, patterns: Iterable[Pattern], words: Words) -> None:
        self.patterns = {pattern.name: pattern for pattern in patterns}
        self._words = words
        self._lemmas = {**english_lemmas(), **words.forms}
        self.vocabulary: Vocab = spacy.blank("en").vocab
        self._used: Counter[str] = Counter()
        lines = [
            (pattern, part, line, self._pieces(pattern, line))
            for pattern in self.patterns.values()
            for part, written in ((_ANY, pattern.lines), (_UNLESS, pattern.unless), (_NEEDS, pattern.needs))
            for line in written
        ]
        self._read = WordReader(words, self._lemmas, {word.removeprefix("=") for word in self._used})
        self._filed: dict[str, list[_Line]] = {}
        for pattern, part, line, pieces in lines:
            self._file(pattern, part, line, pieces)

    def _pieces(self, pattern: Pattern, line: str) -> list[tuple[str, frozenset[str]]]:
        """The pieces of a line: how often each stands ('1', '?', '!', or a gap's sign), and the words it stands for."""
        pieces: list[tuple[str, frozenset[str]]] = []
        for piece in line.split():
            if piece in _GAPS:
                pieces.append((piece, frozenset()))
                continue
            kind = "?" if piece.startswith("(") and piece.endswith(")") else "!" if piece.startswith("!") else "1"
            words = frozenset(self._forms(piece.strip("()!"), pattern, line))
            self._used.update(words)
            pieces.append((kind, words))
        if not any(kind == "1" and not words <= _EDGES for kind, words in pieces):
            raise self._fault(pattern, line, "matches anything. Add a word that must stand there")
        if sum(_GAPS.get(kind, 1) for kind, _ in pieces) > _STEP:
            raise self._fault(pattern, line, f"can be longer than {_STEP} words. Split it, or use * instead of **")
        return pieces

    def _forms(self, piece: str, pattern: Pattern, line: str) -> Iterator[str]:
        exact = "=" if piece.startswith("=") else ""
        for word in piece.removeprefix("=").split("/"):
            if word.startswith("<"):
                if word.strip("<>") not in self._words.lists:
                    raise self._fault(pattern, line, f"uses the list {word}, which words.yml does not have")
                yield from (self._form(entry, pattern, line) for entry in self._words.lists[word.strip("<>")])
            else:
                yield f"={word}" if exact else self._form(word, pattern, line)

    def _form(self, word: str, pattern: Pattern, line: str) -> str:
        if word in _EDGES:
            return word
        if word in self._words.fillers:
            raise self._fault(pattern, line, f"has '{word}', which words.yml leaves out of every message (fillers). Take it out of one")
        if not word.isalnum() or word != word.lower():
            raise self._fault(pattern, line, f"has '{word}', which is no plain word in lower case. Write do not for don't")
        return self._lemmas.get(word, word)

    def _file(self, pattern: Pattern, part: str, line: str, pieces: list[tuple[str, frozenset[str]]]) -> None:
        needed = sorted(
            (words for kind, words in pieces if kind == "1" and not words <= _EDGES),
            key=lambda words: sum(self._used[word] for word in words),
        )
        matcher = Matcher(self.vocabulary, validate=False)
        matcher.add(line, [[_token(kind, words) for kind, words in pieces]])
        filed = _Line(pattern.name, part, tuple(needed), matcher)
        for word in needed[0]:
            self._filed.setdefault(word, []).append(filed)

    def find(self, text: str) -> list[Pattern]:
        """Return the patterns found in plain `text`, each once: the most urgent first, then the one that explains most words."""
        hits: dict[tuple[str, str], list[_Hit]] = {}
        for number, sentence in enumerate(self._read(text)):
            for start in range(0, max(1, len(sentence) - _STEP), _STEP):
                for line, hit in self._hits(sentence[start : start + _PIECE], number, start):
                    hits.setdefault((line.pattern, line.part), []).append(hit)
        longest = {name: size for name in self.patterns if (size := self._size(name, hits))}
        return sorted((self.patterns[name] for name in longest), key=lambda found: (URGENCIES.index(found.urgency), -longest[found.name]))

    def _size(self, name: str, hits: dict[tuple[str, str], list[_Hit]]) -> int:
        """Words of the longest hit that counts, 0 when none does."""
        if self.patterns[name].needs and (name, _NEEDS) not in hits:
            return 0
        spared = hits.get((name, _UNLESS), [])
        counted = [hit for hit in hits.get((name, _ANY), []) if not any(hit.is_close_to(other) for other in spared)]
        return max((hit.end - hit.start for hit in counted), default=0)

    def _hits(self, words: list[Word], sentence: int, offset: int) -> Iterator[tuple[_Line, _Hit]]:
        here = {word.lemma for word in words} | {f"={word.typed}" for word in words}
        tried = {id(line): line for word in here & self._filed.keys() for line in self._filed[word]}
        lines = [line for line in tried.values() if all(needed & here for needed in line.needed)]
        if not lines:
            return
        doc = self._doc(words)
        for line in lines:
            for _, start, end in line.matcher(doc):
                yield line, _Hit(sentence, offset + start, offset + end)

    def _doc(self, words: list[Word]) -> Doc:
        doc = Doc(self.vocabulary, words=[word.lemma if word.lemma in self._used or word.lemma in _EDGES else _OTHER for word in words])
        for token, word in zip(doc, words, strict=True):
            token.norm_ = word.typed if f"={word.typed}" in self._used else _OTHER
        return doc

    def _fault(self, pattern: Pattern, line: str, fault: str) -> PatternFault:
        return PatternFault(f"{pattern.file}:{line_number(pattern.file, line)}: the line '{line}' of '{pattern.name}' {fault}.")


def load_finder(folder: Path) -> PatternFinder:
    """The finder for the patterns and words below `folder` (data/). Raises ContentFault or PatternFault."""
    return PatternFinder(read_patterns(folder), read_words(folder / "safety" / "words.yml"))


def _token(kind: str, words: frozenset[str]) -> dict[str, Any]:
    """One piece of a line as spaCy's matcher wants it."""
    if kind in _GAPS:
        return {"OP": f"{{0,{_GAPS[kind]}}}"}
    exact = [word.removeprefix("=") for word in sorted(words) if word.startswith("=")]
    attribute, plain = ("NORM", exact) if exact else ("ORTH", sorted(words))
    if kind == "!":
        return {attribute: {"NOT_IN": plain}}
    wanted: Any = plain[0] if len(plain) == 1 else {"IN": plain}
    return {attribute: wanted, "OP": "?"} if kind == "?" else {attribute: wanted}
