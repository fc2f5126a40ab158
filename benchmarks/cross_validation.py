"""Five-fold cross-validation of the three questions on our own examples, with the confusion matrix and the reliability as pictures."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import numpy as np
import yaml
from matplotlib import pyplot
from sklearn.model_selection import StratifiedKFold

from signpost.desk.checks.tree import read_tree
from signpost.register.content import read_content
from signpost.understanding.courtesies import Courtesies, read_courtesies
from signpost.understanding.encoder_model import installed_model
from signpost.understanding.normal_text import NormalText, count_words, read_text_speak
from signpost.understanding.normaliser import never_mended
from signpost.understanding.text_features import TextFeatures
from signpost.understanding.three_questions import AUDIENCE, TOPIC, URGENCY, Networks

FOLDS = 5
_SEED = 5
_BINS = 10
PICTURES = Path("docs/pictures")


@dataclass(frozen=True)
class Fold:
    """What one fold was asked and answered: true and given labels by question, and how likely the given topic was."""

    true: dict[str, np.ndarray]
    given: dict[str, np.ndarray]
    likely: np.ndarray
    among_three: np.ndarray


def folds() -> list[Fold]:
    """Train on four fifths of the examples and ask the rest, five times."""
    from datetime import date

    tree = read_tree(Path(), read_content(Path("data")), date.today())
    examples = [(text, topic) for topic in tree.topics for text in topic.examples]
    askers = [asker for topic in tree.topics for asker in topic.askers]
    settings = {part["name"].rpartition(".")[2]: part for part in yaml.safe_load(Path("config.yml").read_text("utf-8"))["pipeline"]}
    words = read_text_speak(Path("data/text_speak.yml"))
    counts = count_words([text for text, _ in examples], words, settings["Normaliser"]["common"])
    plain = NormalText(words, counts, never_mended(settings["Normaliser"]["names"]))
    bare = Courtesies(read_courtesies(Path("data/courtesies.yml")))
    texts = [bare(plain(text)) for text, _ in examples]
    vectors = installed_model(2)(texts)
    labels = {
        TOPIC: np.array([topic.name for _, topic in examples]),
        URGENCY: np.array([str(topic.metadata["urgency"]) for _, topic in examples]),
        AUDIENCE: np.array(askers),
    }
    found = []
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED).split(texts, labels[TOPIC])
    for done, (learn, ask) in enumerate(parts, 1):
        features, known = TextFeatures.learned([texts[index] for index in learn], vectors[learn])
        asked = features([texts[index] for index in ask], vectors[ask])
        networks = Networks.learned(known, {question: list(true[learn]) for question, true in labels.items()}, settings["ThreeQuestions"])
        odds = networks(asked)
        names = {question: np.array(networks.labels(question)) for question in labels}
        given = {question: names[question][odds[question].argmax(axis=1)] for question in labels}
        first = names[TOPIC][np.argsort(-odds[TOPIC], axis=1)[:, :3]]
        likely, among = odds[TOPIC].max(axis=1), (first == labels[TOPIC][ask][:, None]).any(axis=1)
        found.append(Fold({question: true[ask] for question, true in labels.items()}, given, likely, among))
        print(f"\r  folds {done}/{FOLDS}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def measure() -> dict[str, object]:
    """Return the figures, ready for JSON, and write the two pictures."""
    found = folds()
    true = {question: np.concatenate([fold.true[question] for fold in found]) for question in found[0].true}
    given = {question: np.concatenate([fold.given[question] for fold in found]) for question in found[0].given}
    likely = np.concatenate([fold.likely for fold in found])
    right = true[TOPIC] == given[TOPIC]
    _confusion(true[AUDIENCE], given[AUDIENCE], true[URGENCY], given[URGENCY])
    return {
        "examples": len(right),
        "topic": float(right.mean()),
        "topic among three": float(np.concatenate([fold.among_three for fold in found]).mean()),
        "urgency": float((true[URGENCY] == given[URGENCY]).mean()),
        "who asks": float((true[AUDIENCE] == given[AUDIENCE]).mean()),
        "calibration error": _reliability(likely, right),
    }


def _confusion(*pairs: np.ndarray) -> None:
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4.6))
    for axis, true, given, title in zip(axes, pairs[::2], pairs[1::2], ("who asks", "urgency"), strict=True):
        names = sorted(set(true))
        counts = np.array([[np.sum((true == row) & (given == column)) for column in names] for row in names], dtype=float)
        axis.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Greens", vmin=0, vmax=1)
        for row, column in np.ndindex(counts.shape):
            axis.text(column, row, f"{counts[row, column] / counts[row].sum():.0%}", ha="center", va="center", fontsize=7)
        axis.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=8)
        axis.set_yticks(range(len(names)), names, fontsize=8)
        axis.set_title(f"{title}: true (rows) and given (columns)", fontsize=9)
    figure.tight_layout()
    figure.savefig(PICTURES / "confusion.png", dpi=80)
    pyplot.close(figure)


def _reliability(likely: np.ndarray, right: np.ndarray) -> float:
    """Draw how often the topic is right by how likely it was said to be; return the expected calibration error (Guo et al. 2017)."""
    edges = np.linspace(0, 1, _BINS + 1)
    number = np.clip(np.digitize(likely, edges) - 1, 0, _BINS - 1)
    said = np.array([likely[number == each].mean() if (number == each).any() else np.nan for each in range(_BINS)])
    was = np.array([right[number == each].mean() if (number == each).any() else np.nan for each in range(_BINS)])
    figure, axis = pyplot.subplots(figsize=(4.4, 4.2))
    axis.plot([0, 1], [0, 1], color="grey", linewidth=1)
    axis.plot(said, was, marker="o", color="#1B4F72")
    axis.set_xlabel("how likely the topic was said to be")
    axis.set_ylabel("how often it was right")
    figure.tight_layout()
    figure.savefig(PICTURES / "reliability.png", dpi=80)
    pyplot.close(figure)
    shares = np.array([(number == each).mean() for each in range(_BINS)])
    return float(np.nansum(shares * np.abs(said - was)))


def main() -> None:
    """Measure and print the figures as JSON."""
    print(json.dumps(measure()))


if __name__ == "__main__":
    main()
