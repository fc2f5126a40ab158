"""CLINC150 with out-of-scope queries: our pipeline against Rasa's default one (DIET), each in a process of its own for its memory.

Data: Larson et al., EMNLP 2019, CC BY 3.0; not part of the repository. Ours is the same normaliser, encoder, features and network as
the assistant's own topic question, with the settings of config.yml; out of scope is a class of its own with the
100 training queries, and a message below a threshold counts as out of scope too: the largest that costs at most three in-scope queries
in two hundred on the validation part.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from signpost.understanding.encoder_model import installed_model
from signpost.understanding.lemmas import english_words
from signpost.understanding.network import Head, Network
from signpost.understanding.normal_text import NormalText, count_words, read_text_speak
from signpost.understanding.text_features import TextFeatures
from signpost.understanding.three_questions import TOPIC, learning

OUT = "out_of_scope"
SEED = 150  # of the draw of ten examples an intent
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Data:
    """Texts with their intents; `val` and `test` hold out-of-scope queries too."""

    train: Pairs
    val: Pairs
    test: Pairs


@dataclass(frozen=True)
class Result:
    """One pipeline on one size of data. Accuracy over in-scope queries, recall and precision of out-of-scope ones, shares of 1.

    Times are the processor's, all cores together: other work on the machine does not change them.
    """

    pipeline: str
    examples: int
    in_scope_accuracy: float
    out_of_scope_recall: float
    out_of_scope_precision: float
    training_seconds: float
    milliseconds: float
    memory_mb: float


def read_data(source: str, shots: int | None) -> Data:
    """Read `source` (a path or an https address). `shots`: examples an intent, None for all. Raises OSError, ValueError or KeyError."""
    if source.startswith("https://"):
        with urllib.request.urlopen(source, timeout=60) as answer:  # noqa: S310 - the scheme is checked in the line above
            content = json.load(answer)
    else:
        content = json.loads(Path(source).read_text(encoding="utf-8"))
    train: Pairs = [(text, intent) for text, intent in content["train"]]
    if shots:
        draw = random.Random(SEED)  # noqa: S311 - a draw that anyone can repeat, no secret
        by_intent: dict[str, list[str]] = {}
        for text, intent in train:
            by_intent.setdefault(intent, []).append(text)
        train = [(text, intent) for intent, texts in by_intent.items() for text in draw.sample(texts, shots)]
    outside = {part: [(text, OUT) for text, _ in content[f"oos_{part}"]] for part in ("train", "val", "test")}
    inside = {part: [(text, intent) for text, intent in content[part]] for part in ("val", "test")}
    return Data([*train, *outside["train"]], [*inside["val"], *outside["val"]], [*inside["test"], *outside["test"]])


def ours(data: Data, config: Path, text_speak: Path) -> Result:
    """Train and measure our pipeline in this process."""
    settings = {part["name"].rpartition(".")[2]: part for part in yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]}
    began = time.process_time()
    typed = [text for text, _ in data.train]
    words = read_text_speak(text_speak)
    plain = NormalText(words, count_words(typed, words, settings["Normaliser"]["common"]), english_words())
    encoder = installed_model(1)
    texts = [plain(text) for text in typed]
    features, known = TextFeatures.learned(texts, encoder(texts))
    asked = {TOPIC: [intent for _, intent in data.train]}
    network = Network.learned(known, asked, learning(settings["ThreeQuestions"]))
    trained = time.process_time() - began

    def answers(pairs: Pairs) -> list[tuple[str, float]]:
        read = [plain(text) for text, _ in pairs]
        return _likeliest(network.heads[TOPIC], network(features(read, encoder(read)))[TOPIC])

    sure = _threshold(data.val, answers(data.val))
    began = time.process_time()
    one_by_one = data.test[:500]
    for text, intent in one_by_one:
        answers([(text, intent)])
    milliseconds = (time.process_time() - began) / len(one_by_one) * 1000
    given = [intent if likely >= sure else OUT for intent, likely in answers(data.test)]
    return _result("Signpost", data, given, trained, milliseconds)


def _likeliest(head: Head, odds: Any) -> list[tuple[str, float]]:
    return [(head.labels[int(row.argmax())], float(row.max())) for row in odds]


def _threshold(pairs: Pairs, given: Sequence[tuple[str, float]]) -> float:
    """The largest threshold that costs at most three in-scope queries in two hundred on the validation part."""

    def inside(sure: float) -> float:
        return _shares(pairs, [intent if likely >= sure else OUT for intent, likely in given])[0]

    return max(sure for sure in np.arange(0.0, 0.9, 0.02).tolist() if inside(sure) >= inside(0.0) - 0.015)


def _shares(pairs: Pairs, given: Sequence[str]) -> tuple[float, float, float]:
    inside = [answer == intent for (_, intent), answer in zip(pairs, given, strict=True) if intent != OUT]
    outside = [answer == OUT for (_, intent), answer in zip(pairs, given, strict=True) if intent == OUT]
    said = [intent == OUT for (_, intent), answer in zip(pairs, given, strict=True) if answer == OUT]
    return float(np.mean(inside)), float(np.mean(outside)), float(np.mean(said)) if said else 0.0


def _result(name: str, data: Data, given: Sequence[str], seconds: float, milliseconds: float) -> Result:
    inside, outside, precision = _shares(data.test, given)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Result(name, len(data.train), inside, outside, precision, seconds, milliseconds, memory)


def rasa_default(data: Data) -> Result:
    """Train and measure Rasa's default pipeline in this process: `rasa train nlu` with no pipeline given, DIET and fallback as it comes."""
    import asyncio

    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        by_intent: dict[str, list[str]] = {}
        for text, intent in data.train:
            by_intent.setdefault(intent, []).append(text)
        nlu = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()]
        (work / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}), encoding="utf-8")
        (work / "config.yml").write_text(yaml.safe_dump({**_RASA_DEFAULT, "assistant_id": "clinc150"}), encoding="utf-8")
        (work / "domain.yml").write_text(yaml.safe_dump({"version": "3.1", "intents": sorted(by_intent)}), encoding="utf-8")
        began = time.process_time()
        model = train_nlu(str(work / "config.yml"), str(work / "nlu.yml"), str(work / "models"), domain=str(work / "domain.yml"))
        trained = time.process_time() - began
        agent = Agent.load(model)

        async def parse() -> list[str]:
            return [str((await agent.parse_message(text))["intent"]["name"]) for text, _ in data.test]

        began = time.process_time()
        given = [OUT if intent in (OUT, "nlu_fallback", "None") else intent for intent in asyncio.run(parse())]
        milliseconds = (time.process_time() - began) / len(data.test) * 1000
    return _result("Rasa default (DIET)", data, given, trained, milliseconds)


# What Rasa 3.6 writes into a config.yml that names no pipeline.
_RASA_DEFAULT: dict[str, Any] = {
    "recipe": "default.v1",
    "language": "en",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
}


def main() -> None:
    """Measure one pipeline named on the command line and print its result as a line of JSON."""
    name, source, shots = sys.argv[1], sys.argv[2], int(sys.argv[3]) or None
    data = read_data(source, shots)
    result = ours(data, Path("config.yml"), Path("data/text_speak.yml")) if name == "ours" else rasa_default(data)
    print(json.dumps(asdict(result)), flush=True)


if __name__ == "__main__":
    main()
