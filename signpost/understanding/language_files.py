"""The languages that Signpost has words in, as `data/languages/*.yml` describes them, and how their phrases are found.

`examples` are messages, by kind, from which `language_danger.py` learns what no phrase says.

A phrase is words in their order, parted by blanks. `bije/pobil`: any of these words. `gwalc~`: any word that begins so. `*`: up to three
words between. Accents, apostrophes and doubled letters count for nothing, in the phrase and in the message alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from signpost.register.content_file import read_yaml

EMERGENCY, HONOUR, WORRIED, PRACTICAL = "emergency", "honour", "worried", "practical"
KINDS = (EMERGENCY, HONOUR, WORRIED, PRACTICAL)  # the four answers that each language has
PARENT, YOUNG = "parent", "young_person"
_LISTS = (EMERGENCY, HONOUR, WORRIED, PARENT, YOUNG)
LEARNED = (EMERGENCY, WORRIED, PRACTICAL)  # the kinds that have examples
_ITEM = "- "
_GAP = 3  # words that a '*' may stand for
_LONG = 7  # letters from which a word of another language is seldom a slip or a name
_KEY = 2  # letters by which phrases are looked up
# Letters that Unicode does not take apart, and the Arabic-script letters that phones write in two ways.
_SAME = str.maketrans(
    {
        **{"ł": "l", "đ": "d", "ı": "i", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ґ": "г"},
        **{"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ک": "ك"},
        **{"ہ": "ه", "ھ": "ه", "ۃ": "ه", "ة": "ه", "ؤ": "و"},
        **dict.fromkeys("'‘’ʼ`´‛′", ""),
    }
)
_DOUBLED = re.compile(r"([a-z])\1+")
_AND = re.compile(r"(?<!\S)و(?=\S{4})")
_ASCII_WORD = re.compile(r"[a-z0-9]+")


class LanguageFault(ValueError):
    """A file of a language does not hold what it must. The message names the file, the fault and the mend."""


@dataclass(frozen=True)
class _Piece:
    whole: frozenset[str]
    beginnings: tuple[str, ...]
    gap: bool

    def fits(self, word: str) -> bool:
        return word in self.whole or (bool(self.beginnings) and word.startswith(self.beginnings))


@dataclass(frozen=True)
class Phrase:
    """One phrase of one language, and which list it stands in."""

    language: str
    kind: str
    pieces: tuple[_Piece, ...]

    def is_plain(self, word: str) -> bool:
        """Whether the first piece means `word` beyond doubt: all of a long word, or a long beginning of it."""
        first = self.pieces[0]
        return (word in first.whole and len(word) >= _LONG) or any(
            len(start) >= _LONG and word.startswith(start) for start in first.beginnings
        )

    def end(self, words: Sequence[str], at: int) -> int | None:
        """The index after the phrase when it stands in `words` from index `at`, else None."""
        gaps = 0
        for piece in self.pieces:
            if piece.gap:
                gaps = _GAP
                continue
            found = next((place for place in range(at, min(at + gaps + 1, len(words))) if piece.fits(words[place])), None)
            if found is None:
                return None
            at, gaps = found + 1, 0
        return at


@dataclass(frozen=True)
class LanguageFile:
    """One language: its file's name, its name in lingua ('' when lingua lacks it), its common words, its phrases, and examples by kind."""

    name: str
    lingua: str
    words: frozenset[str]
    phrases: tuple[Phrase, ...]
    examples: Mapping[str, tuple[str, ...]]


class PhraseFinder:
    """Finds the phrases of all languages in a message, in time that grows with the message only."""

    def __init__(self, languages: Sequence[LanguageFile]) -> None:
        self._by_start: dict[str, list[Phrase]] = {}
        for phrase in (phrase for language in languages for phrase in language.phrases):
            first = phrase.pieces[0]
            for start in {word[:_KEY] for word in (*first.whole, *first.beginnings)}:
                self._by_start.setdefault(start, []).append(phrase)

    def find(self, words: Sequence[str]) -> Iterator[tuple[Phrase, Sequence[str]]]:
        """Yield each phrase that stands in `words` (as `folded_words` gives them) with the words from its start to its end."""
        for at, word in enumerate(words):
            for phrase in self._by_start.get(word[:_KEY], ()):
                end = phrase.end(words, at)
                if end is not None:
                    yield phrase, words[at:end]


def folded_words(text: str) -> list[str]:
    """Return the words of `text` in lower case, without accents, apostrophes and doubled Latin letters."""
    if text.isascii():
        return _ASCII_WORD.findall(_DOUBLED.sub(r"\1", text.lower().replace("'", "").replace("`", "")))
    kept = []
    for letter in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).lower().translate(_SAME)).translate(_SAME):
        kind = unicodedata.category(letter)
        if kind in ("Cf", "Lm") or (kind == "Mn" and not "ऀ" <= letter <= "ॿ"):
            continue  # zero-width and bidi characters, stretching marks, accents and Arabic vowel signs; Nepali vowels stay
        kept.append(letter if kind[0] in "LNM" else " ")
    # Arabic writes 'and' as one letter at the front of the next word.
    return _AND.sub("", _DOUBLED.sub(r"\1", "".join(kept))).split()


def read_languages(folder: Path) -> list[LanguageFile]:
    """Read every file of `folder` that has a `language` section. Raises ContentFault for a file that cannot be read, LanguageFault."""
    files = []
    for path in sorted(folder.glob("*.yml")):
        content = read_yaml(path)
        if "language" in content:
            files.append(_language(path, content["language"]))
    if not files:
        raise LanguageFault(f"{folder} has no file with a 'language' section. Restore it from the last release.")
    return files


def _language(path: Path, about: Any) -> LanguageFile:
    if not isinstance(about, Mapping):
        raise LanguageFault(f"{path}: 'language' must hold 'words' and the lists {', '.join(_LISTS)}.")
    for name in ("words", *_LISTS):
        entries = about.get(name)
        if not isinstance(entries, list) or not entries or not all(isinstance(entry, str) for entry in entries):
            raise LanguageFault(f"{path}: '{name}' must be a list of words or phrases. Put quotes round words such as 'no'.")
    phrases = [phrase for kind in _LISTS for line in about[kind] for phrase in _phrases(path, kind, line)]
    words = frozenset(word for entry in about["words"] for word in folded_words(entry))
    return LanguageFile(path.stem, str(about.get("lingua") or ""), words, tuple(phrases), _examples(path, about.get("examples")))


def _examples(path: Path, about: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(about, Mapping) or set(about) != set(LEARNED) or not all(isinstance(each, str) for each in about.values()):
        raise LanguageFault(
            f"{path}: 'examples' must hold messages under {', '.join(LEARNED)}, each after 'name: |' on a line with '- ' before it."
        )
    messages = {kind: tuple(line.removeprefix(_ITEM).strip() for line in about[kind].splitlines() if line.strip()) for kind in LEARNED}
    for kind, lines in about.items():
        if wrong := next((line for line in lines.splitlines() if line.strip() and not line.startswith(_ITEM)), None):
            raise LanguageFault(f"{path}: a line under 'examples: {kind}' does not begin with '- ': '{wrong[:30]}'.")
    if not all(messages.values()):
        raise LanguageFault(f"{path}: 'examples' needs messages under each of {', '.join(LEARNED)}.")
    return messages


def _phrases(path: Path, kind: str, line: str) -> Iterator[Phrase]:
    """The phrases that a line stands for: a word with a hyphen is also typed as two words and as one."""
    choices = []
    for piece in line.split():
        plain = "/".join(option for option in piece.split("/") if "-" not in option)
        parted = [form for option in piece.split("/") if "-" in option for form in (option.split("-"), [option.replace("-", "")])]
        choices.append([[plain], *parted] if plain else parted)
    for chosen in product(*choices):
        pieces = tuple(_piece(part) for parts in chosen for part in parts)
        if not pieces or pieces[0].gap or any(not piece.gap and not piece.whole and not piece.beginnings for piece in pieces):
            raise LanguageFault(f"{path}: the line '{line}' under '{kind}' must begin with a word and hold words only.")
        yield Phrase(path.stem, kind, pieces)


def _piece(text: str) -> _Piece:
    whole, beginnings = set(), []
    for option in text.split("/") if text != "*" else ():
        word = "".join(folded_words(option))
        if word and option.endswith("~"):
            beginnings.append(word)
        elif word:
            whole.add(word)
    return _Piece(frozenset(whole), tuple(beginnings), text == "*")
