"""Parts of a long message, so that danger in the middle of a story is seen."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")
_STORY = 16  # words: a shorter message is read whole
_PART = 14  # words in one part of a sentence without full stops
_STEP = 7  # words from the start of one such part to the next, so that no phrase of up to eight words is cut
_MOST = 24  # parts of one message, 60 ms of the encoder; of up to 336 words none is left out


def parts_of(text: str) -> list[str]:
    """Return the sentences of `text`, long ones in overlapping parts; empty when the message is short enough to be read whole."""
    if len(text.split()) <= _STORY:
        return []
    parts: list[str] = []
    for sentence in _END.split(text):
        words = sentence.split()
        if len(words) <= _STORY:
            parts += [" ".join(words)] if words else []
        else:
            parts += [" ".join(words[start : start + _PART]) for start in range(0, len(words) - _STEP, _STEP)]
    different = list(dict.fromkeys(parts))  # what is said again tells nothing new
    return different if len(different) <= _MOST else _evenly(text.split())


def _evenly(words: list[str]) -> list[str]:
    """`_MOST` parts spread over the whole message, wherever its sentences end; the last one covers its end."""
    step = (len(words) - _PART) / (_MOST - 1)
    starts = [round(index * step) for index in range(_MOST)]
    return [" ".join(words[start : start + _PART]) for start in starts]
