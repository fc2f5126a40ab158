"""Danger in another language, heard by its letters: phrases in `data/languages/` find the plain words, this the half-said ones.

Each language has its own few hundred examples. Groups of one to four letters of the folded text (tf-idf) tell them apart, weighed by
logistic regression: it learns a language in a second and reads slips, endings and prefixes that no list has. Kept as plain numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from signpost.understanding.text_features import Terms

Array = npt.NDArray[np.float32]

_GROUPS = (1, 4)  # letters in a group
_FEWEST = 2  # messages that must hold a group for it to count
_STRENGTH = 10.0  # how closely the examples are followed (scikit-learn's C); chosen among 3, 5, 10 and 30 on held-out examples


@dataclass(frozen=True)
class DangerByLetters:
    """Tells the kinds of one language apart. `weights`: one row a kind, one column a group of letters."""

    kinds: tuple[str, ...]
    terms: Terms
    weights: Array
    bias: Array

    def __call__(self, words: Sequence[str]) -> dict[str, float]:
        """Return kind -> probability of a message with these folded `words`."""
        places, counts = self.terms.of(" ".join(words))
        scores = self.weights[:, places] @ counts + self.bias
        odds = np.exp(scores - scores.max())
        return dict(zip(self.kinds, (odds / odds.sum()).tolist(), strict=True))

    @classmethod
    def learned(cls, examples: Mapping[str, Sequence[Sequence[str]]]) -> DangerByLetters:
        """Learn from `examples`: kind -> the folded words of each message."""
        texts = [" ".join(words) for messages in examples.values() for words in messages]
        kinds = [kind for kind, messages in examples.items() for _ in messages]
        counter = _counter()
        counts = counter.fit_transform(texts)
        model = LogisticRegression(C=_STRENGTH, max_iter=1000, class_weight="balanced").fit(counts, kinds)
        terms = Terms(counter.build_analyzer(), {term: int(place) for term, place in counter.vocabulary_.items()}, counter.idf_.tolist())
        return cls(tuple(model.classes_.tolist()), terms, model.coef_.astype(np.float32), model.intercept_.astype(np.float32))


def save_dangers(dangers: Mapping[str, DangerByLetters], folder: Path) -> None:
    """Write what was learned of each language into `folder`."""
    about = {name: {"kinds": each.kinds, "place": each.terms.place, "rarity": each.terms.rarity} for name, each in dangers.items()}
    (folder / "letters.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    arrays = {f"{name}_{part}": getattr(each, part) for name, each in dangers.items() for part in ("weights", "bias")}
    np.savez(folder / "letters.npz", **arrays)


def load_dangers(folder: Path) -> dict[str, DangerByLetters]:
    """Read what `save_dangers` wrote; nothing in it can run as code."""
    about = json.loads((folder / "letters.json").read_text(encoding="utf-8"))
    groups = _counter().build_analyzer()
    with np.load(folder / "letters.npz", allow_pickle=False) as arrays:
        return {
            name: DangerByLetters(
                tuple(each["kinds"]), Terms(groups, each["place"], each["rarity"]), arrays[f"{name}_weights"], arrays[f"{name}_bias"]
            )
            for name, each in about.items()
        }


def _counter() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=_GROUPS, min_df=_FEWEST, sublinear_tf=True, dtype=np.float32)
