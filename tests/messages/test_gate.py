"""The gate: messages that nothing was trained on. A release that misses more people in danger, or cries wolf more, does not pass."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Assistant

HERE = Path(__file__).parent
GATES = yaml.safe_load((HERE / "gates.yml").read_text(encoding="utf-8"))
FILES = sorted(HERE.glob("*.jsonl"))


def read(name: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


@pytest.mark.parametrize("name", sorted(GATES))
def test_the_gate_holds(assistant: Assistant, name: str) -> None:
    gate = GATES[name]
    replies = [assistant.say(case["text"]).handoff for case in read(gate["file"]) if case.get("tier") == gate.get("tier", case.get("tier"))]
    reached = share([reply["urgency"] in gate["urgency"] for reply in replies])
    if "at_least" in gate:
        assert reached >= gate["at_least"], f"{name}: {reached:.3f}"
    else:
        assert reached <= gate["at_most"], f"{name}: {reached:.3f}"


def test_no_test_message_stands_among_the_training_examples() -> None:
    examples = set()
    for path in (ROOT / "data").glob("*/*.yml"):
        for entry in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu") or []:
            examples |= {plain(line[2:]) for line in entry["examples"].splitlines()}
    known = {plain(case["text"]) for file in FILES for case in read(file.name)}
    long = {text for text in known & examples if len(text.split()) > 3}  # 'thank you' may well stand in both
    assert not long
