"""The patterns of the safety net: how they are written, and how they are found in a message.

A pattern is words in their order, parted by blanks. `hurt/harm/beat`: any of these words. `*`: up to four words between.
`(really)`: may be missing. `<person>`: any word of that list in data/safety/words.yml. `=died`: exactly this form; all other words
stand for all their forms (hurt: hurts, hurting) and for one slip of spelling in words of five letters or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
import yaml
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc

_SHORTEST_MENDED = 5  # letters: in shorter words one slip makes another word (die, dye; kill, bill)
_ENDS = frozenset(".!?")
_GAP = {"ORTH": {"NOT_IN": sorted(_ENDS)}, "OP": "{0,4}"}


class PatternFault(ValueError):
    """A pattern cannot be read. The message names the file, the pattern and the mend."""


@dataclass(frozen=True)
class Pattern:
    """One named pattern: any of `lines` counts unless a line of `unless` stands in the same sentence."""

    name: str
    topic: str
    urgency: str
    audience: str
    lines: tuple[str, ...]
    unless: tuple[str, ...]


def read_patterns(folder: Path) -> list[Pattern]:
    """Read the `patterns` sections of every file below `folder`. Raises PatternFault."""
    patterns: list[Pattern] = []
    for path in sorted(folder.glob("*/*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for entry in content.get("patterns") or []:
            patterns.append(_pattern(entry, content, path))
    names = [pattern.name for pattern in patterns]
    for name in names:
        if names.count(name) > 1:
            raise PatternFault(f"data/: two patterns are called '{name}'. Rename one.")
    return patterns


def _pattern(entry: Mapping[str, Any], content: Mapping[str, Any], path: Path) -> Pattern:
    if not isinstance(entry, dict) or not entry.get("name") or not isinstance(entry.get("any"), list):
        raise PatternFault(f"{path}: a pattern needs 'name' and 'any' (a list of lines).")
    about = ((content.get("nlu") or [{}])[0]).get("metadata") or {}
    if not about.get("urgency"):
        raise PatternFault(f"{path}: its first intent has no 'metadata: {{audience: ..., urgency: ...}}'. Add it.")
    unless = entry.get("unless") or []
    audience = str(entry.get("audience") or about.get("audience") or "")
    return Pattern(str(entry["name"]), path.stem, about["urgency"], audience, tuple(entry["any"]), tuple(unless))


def read_lists(path: Path) -> dict[str, list[str]]:
    """Read data/safety/words.yml: name of a list -> its words. Raises PatternFault."""
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    lists = content.get("lists")
    if not isinstance(lists, dict) or not all(isinstance(words, list) for words in lists.values()):
        raise PatternFault(f"{path}: 'lists' must map a name to a list of words.")
    return {name: [str(word) for word in words] for name, words in lists.items()}


class PatternFinder:
    """Finds patterns in plain text with spaCy's matcher. Built once; safe to share."""

    def __init__(self, patterns: Iterable[Pattern], lists: Mapping[str, list[str]]) -> None:
        self._language = language()
        self._lists = lists
        self._patterns = {pattern.name: pattern for pattern in patterns}
        self._matcher = Matcher(self._language.vocab)
        self._known: set[str] = set()
        for pattern in self._patterns.values():
            self._add(pattern, pattern.name, pattern.lines)
            self._add(pattern, f"unless {pattern.name}", pattern.unless)
        self._slips = _slips(word for word in self._known if len(word) >= _SHORTEST_MENDED)
        self._english = self._language.get_pipe("lemmatizer").lookups.get_table("lemma_lookup")

    def _add(self, pattern: Pattern, name: str, lines: tuple[str, ...]) -> None:
        if lines:
            self._matcher.add(name, [self._tokens(line, pattern) for line in lines])

    def _tokens(self, line: str, pattern: Pattern) -> list[dict[str, Any]]:
        tokens: list[dict[str, Any]] = []
        for piece in line.split():
            if piece == "*":
                tokens.append(dict(_GAP))
                continue
            optional = piece.startswith("(") and piece.endswith(")")
            piece = piece.strip("()")
            token: dict[str, Any] = {"NORM": {"IN": sorted(self._words(piece, pattern))}}
            if piece.startswith("="):
                token = {"LOWER": {"IN": piece[1:].split("/")}}
            tokens.append({**token, "OP": "?"} if optional else token)
        if not any("OP" not in token for token in tokens):
            raise PatternFault(f"data/safety: the line '{line}' of '{pattern.name}' matches anything. Add a word.")
        return tokens

    def _words(self, piece: str, pattern: Pattern) -> set[str]:
        words: set[str] = set()
        for word in piece.split("/"):
            if word.startswith("<"):
                if word.strip("<>") not in self._lists:
                    raise PatternFault(f"data/safety: '{pattern.name}' uses the list {word}, which words.yml does not have.")
                words.update(*(self._lemmas(entry) for entry in self._lists[word.strip("<>")]))
            else:
                words |= self._lemmas(word)
        self._known |= words
        return words

    def _lemmas(self, word: str) -> set[str]:
        return {token.lemma_.lower() for token in self._language(word)} | {word}

    def find(self, text: str) -> list[Pattern]:
        """Return the patterns found in plain `text`, each once."""
        doc = self._read(text)
        hits: dict[str, list[int]] = {}
        for match, start, _end in self._matcher(doc):
            hits.setdefault(self._language.vocab.strings[match], []).append(start)
        sentence = _sentence_numbers(doc)
        found = []
        for name, starts in hits.items():
            if name.startswith("unless "):
                continue
            spared = {sentence[start] for start in hits.get(f"unless {name}", [])}
            if any(sentence[start] not in spared for start in starts):
                found.append(self._patterns[name])
        return found

    def _read(self, text: str) -> Doc:
        """Tokens whose NORM is their lemma, one slip of spelling mended towards the words that the patterns use."""
        doc = self._language(text)
        for token in doc:
            lemma = token.lemma_.lower()
            if len(lemma) >= _SHORTEST_MENDED - 1 and lemma not in self._known and lemma not in self._english:
                lemma = self._mended(lemma)
            token.norm_ = lemma
        return doc

    def _mended(self, word: str) -> str:
        for form in (word, *_one_letter_less(word)):
            if form in self._slips:
                return self._slips[form]
        return word


def language() -> Language:
    """A blank English pipeline with the lookup lemmatizer of spacy-lookups-data: small, official, nothing to fetch."""
    blank = spacy.blank("en")
    blank.add_pipe("lemmatizer", config={"mode": "lookup"})
    blank.initialize()
    return blank


def _one_letter_less(word: str) -> list[str]:
    return [word[:index] + word[index + 1 :] for index in range(len(word))]


def _slips(words: Iterable[str]) -> dict[str, str]:
    """Each word, and the word less any one letter, to the word meant: two words that share such a form differ by one slip."""
    slips: dict[str, str] = {}
    for word in sorted(words):
        slips[word] = word
        for form in _one_letter_less(word):
            slips.setdefault(form, word)
    return slips


def _sentence_numbers(doc: Doc) -> list[int]:
    numbers, number = [], 0
    for token in doc:
        numbers.append(number)
        number += token.text in _ENDS
    return numbers
