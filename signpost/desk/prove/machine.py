"""A conversation without the parts that cannot change an answer: real writer, real store form; policies from a table.

What an answer can depend on is what the store remembers of a conversation and what was understood of this message. Both are kept here in
the very form that the running assistant has them, so that assistant and machine can be checked to say the same.
"""

from __future__ import annotations

import marshal
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from rasa.core.actions.action import create_bot_utterance
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation.buttons import button_id
from signpost.conversation.forgetting_store import ForgettingStore
from signpost.desk.prove.subject import Subject
from signpost.handoff.answers import UTTER
from signpost.understanding.understood import KEY, UNSURE, Understood

Messages = list[dict[str, Any]]
Slots = tuple[tuple[str, Any], ...]
_HISTORY = 4  # intents that the policies may look back at


@dataclass(frozen=True)
class Heard:
    """A message as it was understood: the intent and what else may come with one."""

    intent: str
    pattern: str = ""  # urgency that a safety pattern found
    service: str = ""
    close: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """What is remembered between two turns: slots, the intents heard, the events of the turns (oldest first)."""

    slots: Slots = ()
    history: tuple[str, ...] = ()
    turns: tuple[tuple[Event, ...], ...] = ()


@dataclass
class Machine:
    """Takes one turn after the other. Everything that is the same for the same input is worked out once."""

    subject: Subject
    _kept: int = field(init=False)
    _messages: dict[Heard, UserUttered] = field(init=False, default_factory=dict)
    _after: dict[tuple[Heard, Slots, bytes], tuple[Slots, tuple[Event, ...]] | None] = field(init=False, default_factory=dict)
    _tracker: DialogueStateTracker = field(init=False)
    _store: ForgettingStore = field(init=False)

    def __post_init__(self) -> None:
        self._tracker = DialogueStateTracker("proof", self.subject.domain.slots)
        self._store = ForgettingStore(self.subject.domain)
        many = [event for _ in range(20) for event in (ActionExecuted(ACTION_LISTEN_NAME), UserUttered("", {"name": "x"}))]
        kept = self._stored(DialogueStateTracker.from_events("proof", many, self.subject.domain.slots))
        self._kept = sum(isinstance(event, UserUttered) for event in kept.events) if kept else 0

    def take(self, state: State, heard: Heard) -> tuple[Messages, bytes, State]:
        """Return the messages of the turn, the same as bytes (equal when all is equal), and what is remembered after it."""
        slots = self._with_slots(state.slots, heard.intent)
        message = self._message(heard)
        events = [event for turn in state.turns for event in turn]
        actions = self.subject.policies(state.history, heard.intent)
        tracker = self._tracker
        tracker.events = deque([*events, message])
        tracker.latest_message = message
        for slot in tracker.slots.values():
            slot.value = None
        for name, value in slots:
            if name in tracker.slots:
                tracker.slots[name].value = value
        written = [self._written(action, tracker) for action in actions if action.startswith(UTTER)]
        messages = [part for reply in written if reply for part in as_messages(reply)]
        same = marshal.dumps(messages, 2)
        key = (heard, slots, same)
        if key not in self._after:
            self._after[key] = self._remember(slots, message, actions, written)
        kept = self._after[key]
        if kept is None:  # the store lets go of a conversation that asks for it
            return messages, same, State()
        return messages, same, State(kept[0], (*state.history, heard.intent)[-_HISTORY:], (*state.turns, kept[1])[-self._kept :])

    def forget_memo(self) -> None:
        """Let go of what was worked out, where it grows."""
        self._after.clear()

    def _written(self, action: str, tracker: DialogueStateTracker) -> dict[str, Any] | None:
        reply: dict[str, Any] | None = _at_once(self.subject.writer.generate(action, tracker, "proof"))
        return reply

    def _stored(self, tracker: DialogueStateTracker) -> DialogueStateTracker | None:
        """Put a conversation into the real store and take it out again."""
        _at_once(self._store.save(tracker))
        kept: DialogueStateTracker | None = _at_once(self._store.retrieve(tracker.sender_id))
        return kept

    def _with_slots(self, slots: Slots, intent: str) -> Slots:
        new = self.subject.slot_sets.get(intent)
        return tuple(sorted({**dict(slots), **dict(new)}.items())) if new else slots

    def _message(self, heard: Heard) -> UserUttered:
        if heard not in self._messages:
            own = self.subject.urgencies.get(heard.intent) or "information"
            urgency = heard.pattern or own
            record = Understood(
                topic=heard.intent,
                urgency=urgency,
                audience="",
                sure=heard.intent not in UNSURE.values() or not heard.close,
                confidence=1.0,
                close=heard.close,
                pattern="found" if heard.pattern else "",
                service=heard.service,
            )
            intent = {"name": heard.intent, "confidence": 1.0}
            text = button_id(heard.intent)
            parsed = {"text": text, "intent": intent, "entities": [], KEY: record.as_dict()}
            self._messages[heard] = UserUttered(text, intent, [], parsed)
        return self._messages[heard]

    def _remember(
        self, slots: Slots, message: UserUttered, actions: tuple[str, ...], written: list[Any]
    ) -> tuple[Slots, tuple[Event, ...]] | None:
        """What the real store keeps of this one turn; None when it keeps nothing."""
        events: list[Event] = [*(SlotSet(name, value) for name, value in slots), ActionExecuted(ACTION_LISTEN_NAME), message]
        replies = iter(written)
        for action in actions:
            events.append(ActionExecuted(action))
            reply = next(replies, None) if action.startswith(UTTER) else None
            if reply:
                events.append(create_bot_utterance(dict(reply)))
        kept = self._stored(DialogueStateTracker.from_events("proof", events, self.subject.domain.slots))
        if kept is None:
            return None
        after = tuple(sorted((name, value) for name, value in kept.current_slot_values().items() if value is not None))
        return after, tuple(event for event in kept.events if event.type_name in ("user", "bot", "action"))


def _at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of `work`, which must not wait for anything. Raises RuntimeError when it does."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("The answer writer or the store waits for something; neither may.")


def as_messages(reply: dict[str, Any]) -> Messages:
    """The messages that Rasa's output channel makes of one reply of the writer."""
    said = {key: reply[key] for key in ("text", "buttons") if reply.get(key)}
    return [part for part in (said, {"custom": reply["custom"]} if reply.get("custom") else None) if part]
