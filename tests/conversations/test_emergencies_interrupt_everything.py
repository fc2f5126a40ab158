"""Every emergency interrupts every other topic: whatever was talked about, danger in the next message is answered as danger.

What is understood of a message does not depend on the turns before it; the answer writer alone looks back. So every pair is walked
through the writer, and over the real door every emergency interrupts its share of the topics, so that each topic is interrupted there too.
"""

from __future__ import annotations

import uuid
from datetime import date
from functools import lru_cache
from itertools import cycle
from pathlib import Path

import pytest
import yaml

from signpost.conversation.buttons import button_id, secret
from signpost.conversation.context import Before, Earlier, Situation
from signpost.desk.checks.tree import read_tree
from signpost.register.content import AUDIENCES, read_content
from signpost.understanding.understood import Understood
from tests.conftest import ROOT, Assistant
from tests.unit.test_handoff import WRITER

secret()  # made before the assistant starts, which inherits it: this test presses any button by its topic
HERE = Path(__file__).parent
TOPICS = {topic.name: topic.metadata["urgency"] for topic in read_tree(ROOT, read_content(ROOT / "data"), date.today()).topics}
EMERGENCIES = sorted(topic for topic, urgency in TOPICS.items() if urgency == "emergency" and topic != "op_exit")  # that one is 'leave'


def _sentences() -> dict[str, str]:
    stories = [
        story
        for name in ("test_topics.yml", "test_emergencies_interrupt.yml")
        for story in yaml.safe_load((HERE / name).read_text(encoding="utf-8"))["stories"]
    ]
    return {step["intent"]: step["user"] for story in stories for step in story["steps"] if "user" in step}


SENTENCES = _sentences()


@lru_cache
def shown(topic: str, audience: str) -> Earlier:
    """The turn that answered `topic`."""
    reply = WRITER.write(topic, Situation(audience))
    assert reply is not None
    card = reply["custom"]["handoff"]
    return Earlier(topic, card["topic"], card["urgency"], tuple(line["id"] for line in card["services"]), reply["wording"])


@pytest.mark.parametrize("emergency", EMERGENCIES)
def test_it_interrupts_every_other_topic(emergency: str) -> None:
    understood = Understood(emergency, "emergency", "", True, 0.9)
    alone = {audience: WRITER.write(emergency, Situation(audience, "", understood)) for audience in AUDIENCES}
    for other, audience in zip([topic for topic in TOPICS if topic != emergency], cycle(AUDIENCES), strict=False):
        turn = shown(other, audience)
        reply = WRITER.write(emergency, Situation(audience, "", understood, Before((turn,)), 5))
        assert reply == alone[audience], f"{emergency} after {other} for {audience}"
        assert reply is not None
        assert (reply["custom"]["handoff"]["topic"], reply["custom"]["handoff"]["urgency"]) == (emergency, "emergency")


@pytest.mark.parametrize("emergency", EMERGENCIES)
def test_over_the_door_it_interrupts_its_share_of_the_topics(assistant: Assistant, emergency: str) -> None:
    sender, faults = uuid.uuid4().hex, []
    for other in [topic for topic in TOPICS if topic != emergency][EMERGENCIES.index(emergency) :: len(EMERGENCIES)]:
        assistant.say(button_id(other), sender)
        reply = assistant.say(SENTENCES[emergency], sender)
        named = reply.handoff["topic"] == emergency or button_id(emergency) in [button["payload"] for button in reply.buttons]
        if not named or reply.handoff["urgency"] != "emergency" or "emergency-999" not in reply.routes:
            faults.append(f"after {other}: {reply.handoff['topic']}, {reply.handoff['urgency']}")
    assert not faults
