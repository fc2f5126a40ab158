"""The gate: messages that nothing was trained on. A release that misses more people in danger, or cries wolf more, does not pass."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from sklearn.feature_extraction.text import CountVectorizer

from signpost.register.content import CHILDREN
from tests.conftest import ROOT, Assistant

HERE = Path(__file__).parent
GATES = yaml.safe_load((HERE / "gates.yml").read_text(encoding="utf-8"))
FILES = sorted(HERE.glob("*.jsonl"))
NEAR = 0.8  # shared words of all the words of both


def read(name: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


def is_met(gate: dict, case: dict, card: dict) -> bool:
    """Whether `card` is of the gate's urgency, or worded for whom the gate names: 'whoever says so', or 'an adult'."""
    if "urgency" in gate:
        return card["urgency"] in gate["urgency"]
    return card["audience"] == case["audience"] if gate["worded_for"] == "whoever says so" else card["audience"] not in CHILDREN


@pytest.mark.parametrize("name", sorted(GATES))
def test_the_gate_holds(assistant: Assistant, name: str) -> None:
    gate = GATES[name]
    cases = [
        case for file in gate["files"] for case in read(file) if all(case.get(key) == gate[key] for key in ("tier", "trap") if key in gate)
    ]
    reached = share([is_met(gate, case, assistant.say(case["text"]).handoff) for case in cases])
    if "at_least" in gate:
        assert reached >= gate["at_least"], f"{name}: {reached:.3f}"
    else:
        assert reached <= gate["at_most"], f"{name}: {reached:.3f}"


def test_no_test_message_nor_near_copy_stands_among_the_training_examples() -> None:
    """A near copy shares at least four words of five with the message; shorter messages than four words may well stand in both."""
    examples = set()
    for path in (ROOT / "data").glob("*/*.yml"):
        content = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) or {}
        of_languages = (content.get("language") or {}).get("examples") or {}
        for written in (*(entry["examples"] for entry in content.get("nlu") or []), *of_languages.values()):
            examples |= {plain(line[2:]) for line in written.splitlines()}
    messages = [text for file in FILES for case in read(file.name) if len((text := plain(case["text"])).split()) > 3]
    counter = CountVectorizer(binary=True, token_pattern=r"\b\w+\b")
    known = counter.fit_transform(sorted(examples))
    asked = counter.transform(messages)
    shared = (asked @ known.T).tocoo()
    sizes = np.array([len(set(text.split())) for text in messages]), np.asarray(known.sum(axis=1)).ravel()
    alike = shared.data / (sizes[0][shared.row] + sizes[1][shared.col] - shared.data)
    assert [messages[row] for row in sorted(set(shared.row[alike >= NEAR]))] == []
