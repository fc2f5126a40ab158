"""A message as the patterns see it: sentences of lemmas, slips of spelling mended, fillers left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from signpost.understanding.patterns import Words
from signpost.understanding.spelling import one_letter_less

_SHORTEST_MENDED = 5  # letters: in shorter words one slip makes another word (die, dye; kill, bill)
_WORD = re.compile(r"(?P<end>[.!?]+(?=\s|$|[a-z]))|(?P<word>[^\W_]+)(?P<tail>'[a-z]+)?")
_TAILS = {"'d": "would", "'ll": "will", "'re": "be", "'ve": "have", "'m": "be"}  # 's says nothing: dad's home, dad's phone
_PAUSE = "..."  # somebody hesitates; the sentence goes on


@dataclass(frozen=True)
class Word:
    """One word: `lemma` in its plain form, `typed` as it stood."""

    lemma: str
    typed: str


START, END = Word("^", "^"), Word("$", "$")


class WordReader:
    """Turns plain text into sentences of words. `known`: the lemmas that patterns use; only towards them is spelling mended."""

    def __init__(self, words: Words, lemmas: dict[str, str], known: Iterable[str]) -> None:
        self._words = words
        self._lemmas = {**lemmas, **words.forms}
        self._english = self._lemmas.keys() | set(self._lemmas.values())
        self.known = frozenset(known)
        self._longest_phrase = max((len(phrase) for phrase in words.phrases), default=0)
        forms = {form: lemma for form, lemma in self._lemmas.items() if lemma in self.known}
        self._slips = _slips({**{word: word for word in self.known}, **forms})

    def __call__(self, text: str) -> list[list[Word]]:
        """Return the sentences of `text`, each between START and END."""
        sentences: list[list[Word]] = [[]]
        for found in _WORD.finditer(text):
            if found["end"]:
                if not found["end"].startswith(_PAUSE[:2]) and sentences[-1]:
                    sentences.append([])
                continue
            sentences[-1].append(Word(self._lemma(found["word"]), found["word"]))
            if tail := _TAILS.get(found["tail"] or ""):
                sentences[-1].append(Word(tail, tail))
        return [[START, *self._joined(sentence), END] for sentence in sentences if sentence]

    def _lemma(self, typed: str) -> str:
        lemma = self._lemmas.get(typed, typed)
        if len(typed) < _SHORTEST_MENDED or lemma in self.known or typed in self._english:
            return lemma
        for form in (typed, *one_letter_less(typed)):
            if form in self._slips:
                return self._slips[form]
        return lemma

    def _joined(self, sentence: list[Word]) -> list[Word]:
        """Phrases as one word, fillers left out."""
        joined: list[Word] = []
        at = 0
        while at < len(sentence):
            for length in range(self._longest_phrase, 1, -1):
                word = self._words.phrases.get(tuple(word.typed for word in sentence[at : at + length]))
                if word:
                    joined.append(Word(word, word))
                    at += length
                    break
            else:
                if sentence[at].typed not in self._words.fillers:
                    joined.append(sentence[at])
                at += 1
        return joined


def _slips(forms: dict[str, str]) -> dict[str, str]:
    """Each form, and the form less any one letter, to the lemma meant: two words that share such a form differ by one slip."""
    slips: dict[str, str] = {}
    for form, lemma in sorted(forms.items()):
        if len(form) >= _SHORTEST_MENDED:
            slips[form] = lemma
            for shorter in one_letter_less(form):
                slips.setdefault(shorter, lemma)
    return slips
