"""Forms of English words, from spaCy's lookup table: small, official, nothing to fetch."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def english_lemmas() -> dict[str, str]:
    """The table of spaCy's English lemmatizer: form -> lemma. Not to be changed by who reads it."""
    packed = (files("spacy_lookups_data") / "data" / "en_lemma_lookup.json.gz").read_bytes()
    table: dict[str, str] = json.loads(gzip.decompress(packed))
    return table


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """All forms and lemmas of the table: about 67,000 words, without the misspellings that a list of typed words would hold."""
    lemmas = english_lemmas()
    return frozenset(lemmas) | frozenset(lemmas.values())
