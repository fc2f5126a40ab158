"""Logistic regression over sentence vectors and word counts: one head a question, kept as plain numbers (no pickle).

Features of a text: its sentence vector (384 numbers of length 1) beside tf-idf counts of words, word pairs and letter groups.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

Array = npt.NDArray[np.float32]

_DENSE_WEIGHT = 2.0  # of the sentence vector against the counts; chosen by cross-validation (docs/benchmarks.md)
_WORD = r"(?u)\b\w+\b"  # scikit-learn's own pattern leaves out one-letter words; here "i" and "u" tell who speaks
_STEPS = 120  # of the solver; more did not move cross-validated accuracy


@dataclass(frozen=True)
class Head:
    """One question: its possible answers and the weights that score them."""

    labels: tuple[str, ...]
    weights: Array  # one row a feature, one column a label
    bias: Array

    def __call__(self, features: sparse.csr_matrix) -> Array:
        """Return probabilities, one row a text, one column a label."""
        scores = np.asarray(features @ self.weights + self.bias)
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)


class Counts:
    """Tf-idf counts of words, word pairs and letter groups."""

    def __init__(self, words: TfidfVectorizer, letters: TfidfVectorizer) -> None:
        self._words, self._letters = words, letters

    @classmethod
    def learned(cls, texts: Sequence[str]) -> Counts:
        """Learn from `texts` which words and letter groups there are and how rare each is."""
        words, letters = _vectorizers()
        return cls(words.fit(texts), letters.fit(texts))

    def __call__(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return one row of counts for each text."""
        return sparse.hstack([self._words.transform(texts), self._letters.transform(texts)], format="csr", dtype=np.float32)

    def as_dict(self) -> dict[str, Any]:
        """Return what was learned as plain JSON types."""
        return {
            name: {
                "vocabulary": {term: int(index) for term, index in part.vocabulary_.items()},
                "idf": part.idf_.tolist(),
            }
            for name, part in (("words", self._words), ("letters", self._letters))
        }

    @classmethod
    def from_dict(cls, learned: dict[str, Any]) -> Counts:
        """Return the counts that `as_dict` gave."""
        parts = _vectorizers()
        for name, part in zip(("words", "letters"), parts, strict=True):
            part.vocabulary_ = learned[name]["vocabulary"]
            part.fixed_vocabulary_ = True
            part.idf_ = np.array(learned[name]["idf"])
        return cls(*parts)


def _vectorizers() -> tuple[TfidfVectorizer, TfidfVectorizer]:
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=_WORD, dtype=np.float32)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=4, sublinear_tf=True, dtype=np.float32)
    return words, letters


def joined(counts: sparse.csr_matrix, vectors: Array) -> sparse.csr_matrix:
    """Counts and sentence vectors of the same texts side by side."""
    return sparse.hstack([sparse.csr_matrix(vectors * _DENSE_WEIGHT), counts], format="csr", dtype=np.float32)


def learned_head(features: sparse.csr_matrix, labels: Sequence[str], strength: float, balanced: bool = False) -> Head:
    """Fit one head. `strength` is C of the logistic regression; `balanced` weighs rare labels up."""
    model = LogisticRegression(C=strength, max_iter=_STEPS, class_weight="balanced" if balanced else None)
    model.fit(features, list(labels))
    weights, bias = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one column for two labels
        weights, bias = np.hstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    return Head(tuple(model.classes_), weights.astype(np.float32), bias.astype(np.float32))


def save_heads(folder: Path, counts: Counts, heads: dict[str, Head]) -> None:
    """Write counts and heads as JSON and plain numbers into `folder`."""
    labels = {name: list(head.labels) for name, head in heads.items()}
    (folder / "heads.json").write_text(json.dumps({"counts": counts.as_dict(), "labels": labels}), encoding="utf-8")
    arrays = {f"{name}_{part}": getattr(head, part) for name, head in heads.items() for part in ("weights", "bias")}
    np.savez(folder / "heads.npz", **arrays)


def load_heads(folder: Path) -> tuple[Counts, dict[str, Head]]:
    """Read what `save_heads` wrote; nothing in it can run as code."""
    kept = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
    with np.load(folder / "heads.npz", allow_pickle=False) as arrays:
        heads = {name: Head(tuple(labels), arrays[f"{name}_weights"], arrays[f"{name}_bias"]) for name, labels in kept["labels"].items()}
    return Counts.from_dict(kept["counts"]), heads
