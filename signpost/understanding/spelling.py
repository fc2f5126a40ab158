"""What an unknown word was meant to be: a known word one slip away, or known words run together.

A noisy channel (Kernighan, Church and Gale 1990): of all readings the one whose words are likeliest, each slip and each lost space
making it less likely. Only words of the training examples are read into a message, and no real English word is ever changed: 'rope' stays
'rope', whatever stands one letter away from it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_SLIP, _LOST_SPACE = 4.0, 1.0  # how much less likely (natural logarithm) a slip and each lost space make a reading
_SHORTEST = 5  # letters: in shorter words one slip makes another word (die, dye; kill, bill)
_SHORT = 4  # letters of a word that is mended only where it lost a letter or swapped two of a common word (oher, jsut)
_SHORTEST_RARE = 8  # letters of a word that may be made of rare words; shorter ones are names sooner than two of those
_COMMON = 30  # how often a word must stand in the examples to count as common
_LONGEST_PIECE = 18  # letters of the longest piece tried when words are run together


@dataclass(frozen=True)
class _Reading:
    text: str
    unlikely: float  # minus the logarithm of its probability


class Spelling:
    """Mends one word at a time. Built once; safe to share."""

    def __init__(self, counts: Mapping[str, int], typed: Collection[str], english: Collection[str]) -> None:
        """`counts`: how often each plain word stands in the examples; `typed`: words of text-speak; `english`: words left alone."""
        self._counts, self._typed, self._english = counts, typed, english
        self._total = sum(counts.values()) or 1
        self._shorter: dict[str, list[str]] = {}
        for word in sorted(counts):
            if len(word) >= _SHORT and word.isalpha():
                for form in {word, *one_letter_less(word)}:
                    self._shorter.setdefault(form, []).append(word)

    def __call__(self, word: str) -> str:
        """Return `word`, in small letters without signs, as the known words it was most likely meant to be; else as it stands."""
        if len(word) < _SHORT or word in self._counts or word in self._typed or word in self._english:
            return word
        readings = [*self._slips(word)]
        if len(word) >= _SHORTEST:
            readings += self._parted(word, _COMMON if len(word) < _SHORTEST_RARE else 1)
        return min(readings, key=lambda reading: reading.unlikely, default=_Reading(word, 0.0)).text

    def parted(self, word: str) -> str:
        """Return `word` in known words wherever it is made of nothing else ('iwanttodie'); else as it stands."""
        return next((reading.text for reading in self._parted(word, 1)), word)

    def _slips(self, word: str) -> Iterator[_Reading]:
        """The known words of which `word` is one slip away: a letter too many, too few, another one, or two swapped."""
        near = {known for form in (word, *one_letter_less(word)) for known in self._shorter.get(form, ())}
        for known in sorted(near):
            common = self._counts[known] >= _COMMON and (len(known) > len(word) or sorted(known) == sorted(word))
            if (len(word) >= _SHORTEST or common) and _is_one_slip(word, known):
                yield _Reading(known, self._unlikely(self._counts[known]) + _SLIP)

    def _parted(self, word: str, at_least: int) -> Iterator[_Reading]:
        """The likeliest way to part `word` into pieces seen `at_least` so often, where there is one."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(word) + 1):
            options = [
                (best[start][0] + self._unlikely(known) + _LOST_SPACE, start)
                for start in range(max(0, end - _LONGEST_PIECE), end)
                if (known := self._known(word[start:end])) >= at_least
            ]
            best.append(min(options, default=(math.inf, 0)))
        if math.isinf(best[-1][0]):
            return
        pieces, end = [], len(word)
        while end:
            pieces.append(word[best[end][1] : end])
            end = best[end][1]
        yield _Reading(" ".join(reversed(pieces)), best[-1][0] - _LOST_SPACE)

    def _unlikely(self, count: int) -> float:
        return math.log(self._total / count)

    def _known(self, piece: str) -> int:
        """How often a piece of run-together words is seen, 0 for no word.

        Typed words of three letters or more (dont) and English ones of five, which chance seldom makes, count once.
        """
        if len(piece) == 1 and piece not in "ai":
            return 0
        rare = (len(piece) > 2 and piece in self._typed) or (len(piece) >= _SHORTEST and piece in self._english)
        return self._counts.get(piece, 0) or int(rare)


def one_letter_less(word: str) -> list[str]:
    """Each form of `word` that lacks one letter: two words that share one, or one that is such a form of the other, are close."""
    return [word[:index] + word[index + 1 :] for index in range(len(word))]


def _is_one_slip(typed: str, known: str) -> bool:
    """Whether the two differ by one letter more, less or other, or by two neighbours swapped."""
    first = next((index for index, (a, b) in enumerate(zip(typed, known, strict=False)) if a != b), min(len(typed), len(known)))
    a, b = typed[first:], known[first:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
