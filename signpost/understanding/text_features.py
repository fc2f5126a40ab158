"""What a text is told apart by: its sentence vector beside 300 numbers that sum up its counts. Kept as plain numbers (no pickle).

The counts are tf-idf of words, word pairs and letter groups, summed up by latent semantic analysis (Deerwester et al. 1990): training
takes seconds instead of minutes at 200 topics and is no less accurate (docs/decisions/0003-understanding.md).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

Array = npt.NDArray[np.float32]

_MEANING_WEIGHT = 2.0  # of the sentence vector against the counts; chosen by cross-validation among 1, 2 and 4
_SUMMED_UP = 300  # numbers that stand for the counts
_WORD = r"(?u)\b\w+\b"  # scikit-learn's own pattern leaves out one-letter words; here "i" and "u" tell who speaks
_PARTS = ("words", "letters")


@dataclass(frozen=True)
class Terms:
    """What is known of one kind of counts: where each term stands and how rare it is. `terms_in`: all terms of a text, in order."""

    terms_in: Callable[[str], list[str]]
    place: Mapping[str, int]
    rarity: Sequence[float]  # inverse document frequency, by place

    def of(self, text: str) -> tuple[list[int], Array]:
        """Places and weights of the known terms of `text`: sublinear tf-idf of length 1, as scikit-learn's TfidfVectorizer counts them.

        For one text that takes a quarter of the time, and nearly every text that a conversation brings comes alone.
        """
        seen = Counter(self.place[term] for term in self.terms_in(text) if term in self.place)
        weights = np.array([(1 + log(count)) * self.rarity[place] for place, count in seen.items()], dtype=np.float32)
        return list(seen), weights / max(float(np.linalg.norm(weights)), 1e-9)


class TextFeatures:
    """Turns texts and their sentence vectors into the numbers that the network reads."""

    def __init__(self, kinds: Sequence[Terms], summing: Sequence[Array]) -> None:
        """`summing`: for each kind of terms, one row a term, one column a number that stands for the counts."""
        self._kinds, self._summing = kinds, summing

    @classmethod
    def learned(cls, texts: Sequence[str], vectors: Array) -> tuple[TextFeatures, Array]:
        """Learn from `texts` which words and letter groups there are, how rare each is, and how to sum them up.

        Returns what was learned, and what it gives for these texts and their sentence `vectors`, one row a text.
        """
        counters = _counters()
        counts = sparse.hstack([counter.fit_transform(texts) for counter in counters], format="csr", dtype=np.float32)
        size = min(_SUMMED_UP, min(counts.shape) - 1)
        svd = TruncatedSVD(size, n_iter=2, random_state=0).fit(counts)
        summing = np.ascontiguousarray(svd.components_.T, dtype=np.float32)
        kinds = [_terms(counter, _as_ints(counter.vocabulary_), counter.idf_.tolist()) for counter in counters]
        return cls(kinds, np.split(summing, [len(kinds[0].place)])), _beside(vectors, counts @ summing)

    def __call__(self, texts: Sequence[str], vectors: Array) -> Array:
        """Return one row for each text; `vectors` holds their sentence vectors, in the same order."""
        return _beside(vectors, np.array([self._summed(text) for text in texts], dtype=np.float32))

    def _summed(self, text: str) -> Array:
        counted = [kind.of(text) for kind in self._kinds]
        parts = [weights @ summing[places] for (places, weights), summing in zip(counted, self._summing, strict=True)]
        return np.asarray(sum(parts), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write what was learned into `folder`."""
        learned = {name: {"vocabulary": dict(kind.place), "idf": list(kind.rarity)} for name, kind in zip(_PARTS, self._kinds, strict=True)}
        (folder / "counts.json").write_text(json.dumps(learned), encoding="utf-8")
        np.save(folder / "summing.npy", np.vstack(self._summing))

    @classmethod
    def load(cls, folder: Path) -> TextFeatures:
        """Read what `save` wrote; nothing in it can run as code."""
        learned: dict[str, Any] = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
        kinds = [
            _terms(counter, learned[name]["vocabulary"], learned[name]["idf"]) for name, counter in zip(_PARTS, _counters(), strict=True)
        ]
        summing = np.load(folder / "summing.npy", allow_pickle=False)
        return cls(kinds, np.split(summing, [len(kinds[0].place)]))


def _counters() -> list[TfidfVectorizer]:
    return [
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=_WORD, dtype=np.float32),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=4, sublinear_tf=True, dtype=np.float32),
    ]


def _terms(counter: TfidfVectorizer, place: Mapping[str, int], rarity: Sequence[float]) -> Terms:
    return Terms(counter.build_analyzer(), place, rarity)


def _as_ints(vocabulary: Mapping[str, Any]) -> dict[str, int]:
    return {term: int(place) for term, place in vocabulary.items()}


def _beside(vectors: Array, summed: Array) -> Array:
    lengths = np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9)
    return np.hstack([vectors * _MEANING_WEIGHT, np.asarray(summed / lengths, dtype=np.float32)])
