"""Conversations of several turns, over the real door: what each turn holds on to from the turns before it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from signpost.conversation.buttons import button_id, secret
from signpost.register.content import read_content
from tests.conftest import ROOT, Assistant, Reply

DIALOGUES = yaml.safe_load(Path(__file__).with_name("dialogues.yml").read_text(encoding="utf-8"))["dialogues"]
secret()  # made before the assistant starts, which inherits it: this test presses any button by its topic
SERVICES = read_content(ROOT / "data").services


def wrong_with(turn: dict[str, str], reply: Reply) -> list[str]:
    """What `reply` lacks of what `turn` asks."""
    card, answer = reply.handoff, reply.text.splitlines()[0]
    people = [service for service in reply.routes if service != "emergency-999"]
    allowed = {key: value.split("|") for key, value in turn.items()}
    found = {
        "topic": card["topic"],
        "first": people[0] if people else "",
        "urgency": card["urgency"],
        "audience": card["audience"],
    }
    faults = [f"{key} is {found[key]}, not {turn[key]}" for key in found if key in turn and found[key] not in allowed[key]]
    if "about" in turn and not any(SERVICES[name].name in answer for name in allowed["about"]):
        faults.append(f"the words are not about {turn['about']}")
    if "has" in turn and not set(allowed["has"]) & set(reply.routes):
        faults.append(f"{turn['has']} is not on the card")
    if "never" in turn and set(allowed["never"]) & set(reply.routes):
        faults.append(f"{turn['never']} is on the card")
    return faults


def test_there_are_enough_dialogues_and_each_has_its_own_name() -> None:
    names = [dialogue["name"] for dialogue in DIALOGUES]
    assert len(names) == len(set(names))
    assert len(names) >= 40


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[dialogue["name"] for dialogue in DIALOGUES])
def test_each_turn_holds_on_to_what_was_said(assistant: Assistant, dialogue: dict[str, Any]) -> None:
    sender, faults, last = uuid.uuid4().hex, [], ""
    for turn in dialogue["turns"]:
        reply = assistant.say(turn["say"] if "say" in turn else button_id(turn["press"]), sender)
        faults += [f"{turn.get('say') or turn['press']}: {fault}" for fault in wrong_with(turn, reply)]
        if reply.text == last:
            faults.append(f"{turn.get('say') or turn['press']}: the same words as the turn before")
        last = reply.text
        assert reply.buttons[-1]["payload"] == button_id("want_to_talk_to_human")
    assert not faults
