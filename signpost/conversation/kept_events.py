"""Rasa's events from what the store keeps of them. Rasa's own way searches all kinds of events for each one: a twelfth of a turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)

Record = Mapping[str, Any]


def event_of(record: Record) -> Event | None:
    """Return the event whose `as_dict` gave `record` (without its text), None for a kind that Rasa does not know."""
    make = _KINDS.get(record["event"])
    return make(record) if make else Event.from_parameters(dict(record))


def _user(record: Record) -> Event:
    parse_data = record["parse_data"]
    return UserUttered(record["text"], parse_data["intent"], [], parse_data, record["timestamp"], record.get("input_channel"))


def _bot(record: Record) -> Event:
    return BotUttered(record["text"], record["data"], record.get("metadata"), record["timestamp"])


def _action(record: Record) -> Event:
    return ActionExecuted(
        record["name"],
        record.get("policy"),
        record.get("confidence"),
        record["timestamp"],
        action_text=record.get("action_text"),
        hide_rule_turn=record.get("hide_rule_turn", False),
    )


def _slot(record: Record) -> Event:
    return SlotSet(record["name"], record.get("value"), record["timestamp"])


def _session(record: Record) -> Event:
    return SessionStarted(record["timestamp"])


def _featurization(record: Record) -> Event:
    return DefinePrevUserUtteredFeaturization(record["use_text_for_featurization"], record["timestamp"])


_KINDS: Mapping[str, Callable[[Record], Event]] = {
    "user": _user,
    "bot": _bot,
    "action": _action,
    "slot": _slot,
    "session_started": _session,
    "user_featurization": _featurization,
}
