"""What a text is told apart by: its sentence vector beside 300 numbers that sum up its counts. Kept as plain numbers (no pickle).

The counts are tf-idf of words, word pairs and letter groups, summed up by latent semantic analysis (Deerwester et al. 1990): training
takes seconds instead of minutes at 200 topics and is no less accurate (docs/decisions/0003-understanding.md).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
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


class TextFeatures:
    """Turns texts and their sentence vectors into the numbers that the network reads."""

    def __init__(self, counters: Sequence[TfidfVectorizer], summing: Array) -> None:
        self._counters, self._summing = counters, summing

    @classmethod
    def learned(cls, texts: Sequence[str]) -> TextFeatures:
        """Learn from `texts` which words and letter groups there are, how rare each is, and how to sum them up."""
        counters = [counter.fit(texts) for counter in _counters()]
        counts = _counted(counters, texts)
        size = min(_SUMMED_UP, min(counts.shape) - 1)
        svd = TruncatedSVD(size, n_iter=4, random_state=0).fit(counts)
        return cls(counters, np.ascontiguousarray(svd.components_.T, dtype=np.float32))

    def __call__(self, texts: Sequence[str], vectors: Array) -> Array:
        """Return one row for each text; `vectors` holds their sentence vectors, in the same order."""
        summed = np.asarray(_counted(self._counters, texts) @ self._summing, dtype=np.float32)
        summed /= np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9)
        return np.hstack([vectors * _MEANING_WEIGHT, summed])

    def save(self, folder: Path) -> None:
        """Write what was learned into `folder`."""
        learned = {
            name: {"vocabulary": {term: int(index) for term, index in counter.vocabulary_.items()}, "idf": counter.idf_.tolist()}
            for name, counter in zip(_PARTS, self._counters, strict=True)
        }
        (folder / "counts.json").write_text(json.dumps(learned), encoding="utf-8")
        np.save(folder / "summing.npy", self._summing)

    @classmethod
    def load(cls, folder: Path) -> TextFeatures:
        """Read what `save` wrote; nothing in it can run as code."""
        learned: dict[str, Any] = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
        counters = _counters()
        for name, counter in zip(_PARTS, counters, strict=True):
            counter.vocabulary_ = learned[name]["vocabulary"]
            counter.fixed_vocabulary_ = True
            counter.idf_ = np.array(learned[name]["idf"])
        return cls(counters, np.load(folder / "summing.npy", allow_pickle=False))


def _counters() -> list[TfidfVectorizer]:
    return [
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=_WORD, dtype=np.float32),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=4, sublinear_tf=True, dtype=np.float32),
    ]


def _counted(counters: Sequence[TfidfVectorizer], texts: Sequence[str]) -> sparse.csr_matrix:
    return sparse.hstack([counter.transform(texts) for counter in counters], format="csr", dtype=np.float32)
