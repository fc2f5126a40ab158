"""Events come back from the store as Rasa's own reader would make them."""

from __future__ import annotations

import json

import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)

from signpost.conversation.kept_events import event_of

PARSE = {"text": "", "intent": {"name": "parent_signs", "confidence": 0.7}, "entities": []}
EVENTS = [
    UserUttered("", PARSE["intent"], [], PARSE, 3.0, "rest"),
    BotUttered(None, {"custom": {"handoff": {"topic": "t", "services": [{"id": "nspcc"}]}}}, timestamp=4.0),
    ActionExecuted("utter_x", "RulePolicy", 1.0, 5.0, hide_rule_turn=True),
    ActionExecuted("action_listen", timestamp=6.0),
    SlotSet("area", "elsewhere", 7.0),
    SlotSet("area", None, 7.0),
    SessionStarted(8.0),
    DefinePrevUserUtteredFeaturization(False, 8.5),
    AllSlotsReset(9.0),
    Restarted(9.0),
    ConversationPaused(9.0),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type_name)
def test_an_event_comes_back_as_rasa_would_make_it(event: Event) -> None:
    record = json.loads(json.dumps(event.as_dict()))
    back, wanted = event_of(record), Event.from_parameters(record)
    assert type(back) is type(wanted)
    assert back == wanted
    assert back is not None
    back_record, wanted_record = back.as_dict(), wanted.as_dict()
    for volatile in ("message_id", "metadata"):
        back_record.pop(volatile, None)
        wanted_record.pop(volatile, None)
    assert back_record == wanted_record
