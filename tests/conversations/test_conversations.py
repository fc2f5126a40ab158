"""Whole conversations, through Rasa's own evaluation and over the real door: which answer, and which people first."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import yaml

from tests.conftest import MODEL, ROOT, Assistant

FILES = sorted(Path(__file__).parent.glob("test_*.yml"))
STORIES = [story for path in FILES for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]]
FALLBACKS = {"utter_nlu_fallback", "utter_unsure_practical", "utter_unsure_worried", "utter_unsure_emergency"}


def test_there_are_enough_conversations_and_each_has_its_own_name() -> None:
    names = [story["story"] for story in STORIES]
    assert len(names) == len(set(names))
    assert len(names) >= 300


def test_rasa_evaluates_every_conversation_and_each_passes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rasa", "test", "core", "--e2e", "--fail-on-prediction-errors", "--model", str(MODEL)]
    command += ["--stories", str(Path(__file__).parent), "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    report = tmp_path / "story_report.json"
    failed = tmp_path / "failed_test_stories.yml"
    assert done.returncode == 0, failed.read_text(encoding="utf-8")[:3000] if failed.exists() else done.stderr[-3000:]
    evaluated = json.loads(report.read_text(encoding="utf-8"))["conversation_accuracy"]
    assert evaluated["total"] == len(STORIES), "Rasa evaluates as many conversations as are written"
    assert evaluated["correct"] == evaluated["total"]


@pytest.mark.parametrize("story", STORIES, ids=[story["story"] for story in STORIES])
def test_the_people_come_first_that_the_conversation_names(assistant: Assistant, story: dict) -> None:
    sender = uuid.uuid4().hex
    expected = iter(story["metadata"]["first_routes"])
    answers = iter([step["action"] for step in story["steps"] if step.get("action", "").startswith("utter_")])
    for step in story["steps"]:
        if "user" in step:
            reply = assistant.say(step["user"], sender)
            action = next(answers)
            assert reply.handoff["topic"] == ("fallback" if action in FALLBACKS else action.removeprefix("utter_"))
            assert next(service for service in reply.routes if service != "emergency-999") in next(expected).split("|")
            if reply.handoff["urgency"] == "emergency":
                assert "emergency-999" in reply.routes
                assert "999" in reply.text
