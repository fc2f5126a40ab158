"""Every emergency interrupts every other topic: whatever was talked about, danger in the next message is answered as danger."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path

import pytest
import yaml

from signpost.conversation.buttons import button_id, secret
from signpost.desk.checks.tree import read_tree
from signpost.register.content import read_content
from tests.conftest import ROOT, Assistant

secret()  # made before the assistant starts, which inherits it: this test presses any button by its topic
TOPICS = {topic.name: topic.metadata["urgency"] for topic in read_tree(ROOT, read_content(ROOT / "data"), date.today()).topics}
STORIES = yaml.safe_load(Path(__file__).with_name("test_emergencies_interrupt.yml").read_text(encoding="utf-8"))["stories"]
SENTENCES = {story["steps"][-2]["intent"]: story["steps"][-2]["user"] for story in reversed(STORIES)}
EMERGENCIES = sorted(topic for topic, urgency in TOPICS.items() if urgency == "emergency" and topic != "op_exit")  # that one is 'leave'


def test_every_emergency_has_a_sentence() -> None:
    assert set(EMERGENCIES) <= set(SENTENCES)


@pytest.mark.parametrize("emergency", EMERGENCIES)
def test_it_interrupts_every_other_topic(assistant: Assistant, emergency: str) -> None:
    sender, faults = uuid.uuid4().hex, []
    for other in TOPICS:
        if other == emergency:
            continue
        before = assistant.say(button_id(other), sender).handoff
        reply = assistant.say(SENTENCES[emergency], sender)
        if (reply.handoff["topic"], reply.handoff["urgency"]) != (emergency, "emergency") or "emergency-999" not in reply.routes:
            faults.append(f"after {other} ({before['topic']}): {reply.handoff['topic']}, {reply.handoff['urgency']}")
    assert not faults
