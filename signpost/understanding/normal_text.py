"""Plain text from what people type: odd characters, stretched and spaced-out letters, text-speak.

Pure functions; the graph component in `normaliser.py` calls them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import emoji

from signpost.register.content_file import ContentFault, read_yaml
from signpost.understanding.lookalikes import unmasked
from signpost.understanding.spelling import Spelling

LONGEST_MESSAGE = 10_000  # characters read; see `both_ends`
# How much more often than with two letters a word must be seen to be meant when stretched: but for butt; not of for off.
_RATHER_ONE = 50
_ROUNDS = 6  # a mended word may need another look (a zero-width character inside a spaced-out word)

_QUOTES = str.maketrans({**dict.fromkeys("’‘‛`´ʼʹ′＇", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‐‑‒–—―", "-")})
_LEET = str.maketrans("0134578@$!|€", "oieastbasile")
_LEET_L = str.maketrans("0134578@$!|€", "oleastbaslle")
_LEET_SIGNS = re.compile(r"[a-z][0134578@$!|€]+[a-z]|^[@$!4310|][a-z]{2,}")
_AGE_OR_YEAR = re.compile(r"(?:yr|y|year|age|aged|ks|[a-z])?\d{1,4}(?:yo|yrs?|st|nd|rd|th|am|pm|k|m|x|%|b|a|ish|s|f|g)?[\d:]*")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*]{1,2}){3,}[^\W\d_](?![^\W_])")
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_][.\-*]){2,}[^\W\d_](?![^\W_])")
_CHAINED = re.compile(r"(?<![^\W_])[^\W\d_]+(?:[./\\|,;:+~-][^\W\d_]+){2,}(?![^\W_])")
_CHAIN = re.compile(r"[./\\|,;:+~-]")
_RUN_ON = re.compile(r"(?<=[^\W\d_])([!?]{2,}|[!?.](?=[a-z]{4})|,)(?=[^\W\d_])")  # help!!pls, stop.please; not k!ll
_TWO = re.compile(r"\b(want|wanted|going|have|need|got|try|trying|used|how|what|told|scared|like|able|about) 2(?= [a-z])")
_TAILS = {"'ll": "will", "'d": "would", "'ve": "have", "'re": "are", "'m": "am", "n't": "not"}
_BETWEEN = re.compile(r"[ .\-_*]+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STARRED = re.compile(r"[a-z]+[*#]+[a-z]*")
_STARS = re.compile(r"[*#]+")


@dataclass(frozen=True)
class NormalText:
    """Turns a typed message into plain lower-case words.

    `words`: typed word -> plain words. `counts`: how often each plain word stands in the training examples; it decides what a
    stretched, starred-out, misspelt or run-together word was meant to be. `english`: words whose spelling is never mended.
    """

    words: Mapping[str, str]
    counts: Mapping[str, int] = field(default_factory=dict)
    english: Collection[str] = frozenset()

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self.counts, self.words, self.english)

    def __call__(self, text: str) -> str:
        """Return `text` as plain lower-case words; never raises, gives the same again for its own result, in linear time."""
        text = both_ends(text)
        for _ in range(_ROUNDS):
            before = text
            text = _SPACED.sub(lambda found: self._joined(found.group()), unmasked(_characters(text)))
            text = _DOTTED.sub(lambda found: _BETWEEN.sub("", found.group()), text)
            text = _CHAINED.sub(lambda found: _CHAIN.sub(" ", found.group()), text)
            text = _TWO.sub(r"\1 to", _RUN_ON.sub(r"\1 ", text))
            text = " ".join(self._word(word) for word in text.split())
            if text == before:
                break
        return text

    def _word(self, typed: str) -> str:
        before, core, after = _edges(typed)
        if not core:
            return typed
        core = self._squeezed(core)
        if core not in self.words and _LEET_SIGNS.search(core) and not _AGE_OR_YEAR.fullmatch(core):
            core = self._unleeted(core)
        bare = core.replace("'", "")
        if bare in self.words:
            core = self.words[bare]
        elif tail := next((tail for tail in _TAILS if core.endswith(tail) and core != tail), ""):
            core = f"{core[: -len(tail)]} {_TAILS[tail]}"
        elif _STARRED.fullmatch(core):
            core = self._unstarred(core)
        elif core.isalpha():
            core = self._spelling(core)
        return f"{before}{core}{after}"

    def _joined(self, spaced: str) -> str:
        """Spaced-out letters as a word, or as words where only that makes known ones ('k i l l  m e')."""
        word = _BETWEEN.sub("", spaced)
        return word if word in self.counts or word in self.words else self._spelling.parted(word)

    def _squeezed(self, core: str) -> str:
        """Stretched letters back: one of each, or two where that is the word sooner meant ('killl', 'sooo', 'tooo')."""
        if not _STRETCHED.search(core):
            return core
        one, two = _STRETCHED.sub(r"\1", core), _STRETCHED.sub(r"\1\1", core)
        if one in self.words or self.counts.get(one, 0) > _RATHER_ONE * self.counts.get(two, 0):
            return one
        return two if two in self.counts else one

    def _unstarred(self, core: str) -> str:
        """The commonest known word that shows the same letters, or the word as typed ('k*ll', 'f**k')."""
        hidden = re.compile(_STARS.sub("[a-z]{1,4}", core))
        fits = [word for word in self.counts if word[0] == core[0] and hidden.fullmatch(word)]
        return max(fits, key=lambda word: self.counts[word], default=core)

    def _unleeted(self, core: str) -> str:
        """Digits and signs as the letters they stand for; 1 is i or l, whichever makes a known word ('k1ll', 'se1f')."""
        first, second = core.translate(_LEET), core.translate(_LEET_L)
        return second if second in self.counts and first not in self.counts else first


def both_ends(text: str) -> str:
    """Return `text`, or of one longer than `LONGEST_MESSAGE` the two ends: there people say what it is about and what they want."""
    half = LONGEST_MESSAGE // 2
    return text if len(text) <= LONGEST_MESSAGE else f"{text[: half - 1]} {text[-half:]}"


def read_text_speak(path: Path) -> dict[str, str]:
    """Read `data/text_speak.yml`: typed word -> plain words.

    Raises ContentFault, naming file, fault and mend, when the file is missing or not of that form.
    """
    words = read_yaml(path).get("words")
    if not isinstance(words, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in words.items()):
        raise ContentFault(f"{path}: 'words' must map a typed word to plain words. Put quotes round words such as 'no'.")
    for typed, plain in words.items():
        if again := [word for word in plain.split() if words.get(word, word) != word]:
            raise ContentFault(f"{path}: '{typed}' becomes '{plain}', but '{again[0]}' stands on the left too. Write it out.")
    return words


def count_words(texts: list[str], words: Mapping[str, str], at_least: int) -> dict[str, int]:
    """How often each plain word stands in `texts`, words seen fewer than `at_least` times left out."""
    counts: dict[str, int] = {}
    plain = NormalText(words)
    for text in texts:
        for word in re.findall(r"[a-z]+", plain(text)):
            counts[word] = counts.get(word, 0) + 1
    return {word: count for word, count in counts.items() if count >= at_least}


def _edges(typed: str) -> tuple[str, str, str]:
    """Split off what is no part of the word: leading and trailing signs (a leading @ or $ may be a letter and stays)."""
    start, end = 0, len(typed)
    while start < end and not (typed[start].isalnum() or typed[start] in "@$"):
        start += 1
    while end > start and not typed[end - 1].isalnum() and typed[end - 1] not in "$@":
        end -= 1
    return typed[:start], typed[start:end], typed[end:]


def _characters(text: str) -> str:
    """NFKC, straight quotes, no control or format characters, emoji as words, lower case, single spaces."""
    if text.isascii() and text.isprintable():  # what all of the below comes to then, in a tenth of the time
        return " ".join(text.translate(_QUOTES).lower().replace("_", " ").split())
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    if not text.isascii():
        text = emoji.demojize(text, delimiters=(" ", " "), language="en")
    kept: list[str] = []
    accents = 0
    for letter in text.lower():
        kind = unicodedata.category(letter)
        accents = accents + 1 if kind == "Mn" else 0
        if kind == "Cf" or accents > 1:
            continue  # zero-width, bidi control, and all but the first of a pile of accents
        kept.append(letter if letter == "\n" else " " if kind in _BLANK else letter)
    plain = _LINES.sub(". ", "".join(kept))
    return " ".join((plain if plain.isascii() else unicodedata.normalize("NFKC", plain)).replace("_", " ").split())


_LINES = re.compile(r"(?<=[^\W_])[^\S\n]*\n\s*")  # the end of a line ends a sentence; after a full stop or an emoji it is a blank
_BLANK = frozenset({"Cc", "Zl", "Zp", "Zs", "Cs", "Co", "Cn"})
