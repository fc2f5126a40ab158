"""Whole conversations, through Rasa's own evaluation and over the real door: which answer, and which people first.

Rasa evaluates the rules and stories: which answer follows what was meant. Over the door the words count: they lead to the answer that is
named, or to one with the right people, no calmer where it is serious, with a button to it, as a person would press. Which of two near
subjects is likeliest changes with every training; how often it is the right one is measured in `tests/messages/`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import yaml

from signpost.conversation.buttons import button_id, secret
from signpost.register.content import URGENCIES
from signpost.understanding.understood import UNSURE
from tests.conftest import MODEL, ROOT, Assistant, Reply
from tests.unit.test_handoff import WRITER

FILES = sorted(Path(__file__).parent.glob("test_*.yml"))
STORIES = [story for path in FILES for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]]
SERIOUS = URGENCIES[:2]
SMALL_TALK = WRITER.answers.small_talk
secret()  # made before the assistant starts, which inherits it: this test presses a button by its topic


def test_there_are_enough_conversations_and_each_has_its_own_name() -> None:
    names = [story["story"] for story in STORIES]
    assert len(names) == len(set(names))
    assert len(names) >= 300


def test_rasa_evaluates_every_conversation_and_each_passes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rasa", "test", "core", "--fail-on-prediction-errors", "--model", str(MODEL)]
    command += ["--stories", str(Path(__file__).parent), "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    report = tmp_path / "story_report.json"
    failed = tmp_path / "failed_test_stories.yml"
    assert done.returncode == 0, failed.read_text(encoding="utf-8")[:3000] if failed.exists() else done.stderr[-3000:]
    evaluated = json.loads(report.read_text(encoding="utf-8"))["conversation_accuracy"]
    assert evaluated["total"] == len(STORIES), "Rasa evaluates as many conversations as are written"
    assert evaluated["correct"] == evaluated["total"]


@pytest.mark.parametrize("story", STORIES, ids=[story["story"] for story in STORIES])
def test_the_conversation_reaches_its_answers_and_the_people_that_it_names(assistant: Assistant, story: dict) -> None:
    sender = uuid.uuid4().hex
    first_routes = iter(story["metadata"]["first_routes"])
    answers = iter([step["action"].removeprefix("utter_") for step in story["steps"] if step.get("action", "").startswith("utter_")])
    for step in story["steps"]:
        if "user" in step:
            answer, people = next(answers), next(first_routes).split("|")
            reply = assistant.say(step["user"], sender)
            check_card(reply, people)
            topic = reply.handoff["topic"]
            if topic != ("fallback" if answer in UNSURE.values() else answer):
                if answer in SMALL_TALK and reply.handoff["urgency"] in SERIOUS:
                    continue  # no button leads to small talk, and a joke that is taken for a worry does no harm
                offered = [button["payload"] for button in reply.buttons]
                assert button_id(answer) in offered, f"answered as {topic}, no button to {answer}"
                pressed = assistant.say(button_id(answer), sender)
                check_card(pressed, people)
                assert pressed.handoff["topic"] == answer
                if pressed.handoff["urgency"] in SERIOUS:
                    assert URGENCIES.index(reply.handoff["urgency"]) <= URGENCIES.index(pressed.handoff["urgency"]), (
                        "no calmer than its answer"
                    )


def check_card(reply: Reply, people: list[str]) -> None:
    """The people that the conversation names come first, and an emergency says 999."""
    assert next(service for service in reply.routes if service != "emergency-999") in people
    if reply.handoff["urgency"] == URGENCIES[0]:
        assert "emergency-999" in reply.routes
        assert "999" in reply.text
