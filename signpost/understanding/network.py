"""A small neural network that answers several questions at once: one hidden layer that all share, and one head a question.

Learned together the questions help each other: against one logistic regression each it names topic, danger and asker more often rightly,
in half the training time (docs/decisions/0003-understanding.md). Learned with TensorFlow, which Rasa brings along; kept as plain numbers
and asked with numpy alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import erf

Array = npt.NDArray[np.float32]

_SEED = 1
_LAST_RATE = 0.02  # share of the learning rate left at the end of its half cosine (Loshchilov and Hutter 2017)
_WEIGHTS, _LABELS = "network.npz", "labels.json"


@dataclass(frozen=True)
class Learning:
    """How a network is learned. `shares`: question -> how much its mistakes count; a question that is not named counts 1.

    `steps` of `batch` examples each are taken however many examples there are, so that training time grows with none of them.
    `dropped`: share of the hidden numbers left out at each step (Srivastava et al. 2014), against learning by heart.
    """

    hidden: int
    steps: int
    batch: int
    rate: float
    dropped: float
    dropped_input: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Head:
    """One question: its possible answers and the weights that score them from the hidden numbers."""

    labels: tuple[str, ...]
    weights: Array  # one row a hidden number, one column a label
    bias: Array

    def __call__(self, hidden: Array) -> Array:
        """Return probabilities, one row a text, one column a label."""
        scores = hidden @ self.weights + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True)
class Network:
    """The learned network; `heads` by question."""

    weights: Array  # one row a feature, one column a hidden number
    bias: Array
    heads: Mapping[str, Head]

    def __call__(self, features: Array) -> dict[str, Array]:
        """Return question -> probabilities, one row a text, one column a label of that question's head."""
        sums = features @ self.weights + self.bias
        hidden = np.asarray(sums * (1 + erf(sums / np.sqrt(2, dtype=np.float32))) / 2, dtype=np.float32)  # GELU (Hendrycks, Gimpel 2016)
        return {question: head(hidden) for question, head in self.heads.items()}

    def named(self, features: Array) -> dict[str, list[dict[str, float]]]:
        """The same as question -> one row a text: label -> probability."""
        odds = self(features)
        return {
            question: [dict(zip(head.labels, map(float, row), strict=True)) for row in odds[question]]
            for question, head in self.heads.items()
        }

    @classmethod
    def learned(cls, features: Array, answers: Mapping[str, Sequence[str]], how: Learning, counting: Array | None = None) -> Network:
        """Learn from `features`, one row an example, and `answers`: question -> the right label of each example. Repeatable.

        `counting`: how much each example counts; None for all alike.
        """
        from tensorflow import data, keras  # slow to load and needed here alone

        keras.utils.set_random_seed(_SEED)
        labels = {question: sorted(set(given)) for question, given in answers.items()}
        model = _model(features.shape[1], {question: len(names) for question, names in labels.items()}, how, keras)
        number = {question: {name: index for index, name in enumerate(names)} for question, names in labels.items()}
        right = {question: np.array([number[question][name] for name in given]) for question, given in answers.items()}
        weights = np.ones(len(features), dtype=np.float32) if counting is None else counting
        examples = data.Dataset.from_tensor_slices((features.astype(np.float32), right, dict.fromkeys(right, weights)))
        drawn = examples.shuffle(len(features), seed=_SEED).repeat().batch(how.batch)
        model.fit(drawn, steps_per_epoch=how.steps, verbose=0)
        weights, bias = model.get_layer("hidden").get_weights()
        return cls(
            weights, bias, {question: Head(tuple(names), *model.get_layer(question).get_weights()) for question, names in labels.items()}
        )

    def save(self, folder: Path) -> None:
        """Write the network as plain numbers into `folder`."""
        (folder / _LABELS).write_text(json.dumps({question: list(head.labels) for question, head in self.heads.items()}), encoding="utf-8")
        heads = {f"{name}_{part}": getattr(head, part) for name, head in self.heads.items() for part in ("weights", "bias")}
        np.savez(folder / _WEIGHTS, hidden_weights=self.weights, hidden_bias=self.bias, **heads)

    @classmethod
    def load(cls, folder: Path) -> Network:
        """Read what `save` wrote; nothing in it can run as code."""
        labels = json.loads((folder / _LABELS).read_text(encoding="utf-8"))
        with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
            heads = {name: Head(tuple(each), arrays[f"{name}_weights"], arrays[f"{name}_bias"]) for name, each in labels.items()}
            return cls(arrays["hidden_weights"], arrays["hidden_bias"], heads)


def _model(size: int, sizes: Mapping[str, int], how: Learning, keras: Any) -> Any:
    """The untrained network. `size`: of the features; `sizes`: question -> how many labels it has."""
    given = keras.Input((size,))
    hidden = keras.layers.Dense(how.hidden, activation="gelu", name="hidden")(keras.layers.Dropout(how.dropped_input)(given))
    kept = keras.layers.Dropout(how.dropped)(hidden)
    model = keras.Model(given, {question: keras.layers.Dense(count, name=question)(kept) for question, count in sizes.items()})
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(how.rate, how.steps, alpha=_LAST_RATE)),
        {question: keras.losses.SparseCategoricalCrossentropy(from_logits=True) for question in sizes},
        loss_weights={question: how.shares.get(question, 1.0) for question in sizes},
    )
    return model
