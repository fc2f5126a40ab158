"""Letters of other scripts that look Latin, put back: copied text, fancy fonts and people dodging filters have them."""

from __future__ import annotations

import re

# Cyrillic and Greek small letters that look like a Latin letter, small or capital (Unicode TR39 confusables, the ones on keyboards).
_LOOKS_LIKE = str.maketrans("аеорсухіјѕԁһкмтвнгпαεικνορτυχω", "aeopcyxijsdhkmtbhrnaeikvoptuxw")
_STRANGE = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_OTHER_LETTER = re.compile(r"[^\W\d_a-z]")
_LATIN = re.compile("[a-z]")
_WORD = re.compile(r"[^\W\d_]+")


def unmasked(text: str) -> str:
    """Return lower-case `text` with look-alikes as the Latin letters they stand for, where Latin letters are the most.

    In a message of mostly Cyrillic or Greek letters nothing is changed, so that Ukrainian stays Ukrainian, whatever Latin i stands in it.
    """
    if not (strange := len(_STRANGE.findall(text))) or len(_LATIN.findall(text)) < strange:
        return text
    return _WORD.sub(_latin, text)


def _latin(found: re.Match[str]) -> str:
    """The word in Latin letters, or as it stands when it has a letter that looks like none of them."""
    word = found.group()
    plain = word.translate(_LOOKS_LIKE)
    return plain if _LATIN.search(word) or not _OTHER_LETTER.search(plain) else word
