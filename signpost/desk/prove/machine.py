"""A conversation without the parts that cannot change an answer: real writer, real store form; policies from a table.

What an answer can depend on is what the store remembers of a conversation and what was understood of this message. Both are kept here in
the very form that the running assistant has them, so that assistant and machine can be checked to say the same.
"""

from __future__ import annotations

import marshal
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from rasa.core.actions.action import create_bot_utterance
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation.buttons import button_id
from signpost.conversation.context import NOTHING, Before, Earlier, Situation, situation_of, turns_of
from signpost.conversation.forgetting_store import ForgettingStore
from signpost.desk.prove.subject import Subject
from signpost.handoff.answers import UTTER
from signpost.understanding.understood import KEY, UNSURE, Understood

Messages = list[dict[str, Any]]
Slots = tuple[tuple[str, Any], ...]
_HISTORY = 4  # intents that the policies may look back at


class Heard(NamedTuple):
    """A message as it was understood: the intent and what else may come with one. A tuple, since it is looked up 200 million times."""

    intent: str
    pattern: str = ""  # urgency that a safety pattern found
    service: str = ""
    close: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """What is remembered between two turns: slots, the intents heard, the turns (oldest first)."""

    slots: Slots = ()
    history: tuple[str, ...] = ()
    before: Before = NOTHING


class Turn(NamedTuple):
    """All that an answer depends on besides the turns before it: the slots, what was understood, the actions that the policies take."""

    slots: Slots
    heard: Heard
    actions: tuple[str, ...]


@dataclass
class Machine:
    """Takes one turn after the other. Everything that is the same for the same input is worked out once."""

    subject: Subject
    _kept: int = field(init=False)
    _messages: dict[Heard, UserUttered] = field(init=False, default_factory=dict)
    _situations: dict[tuple[Heard, Slots], Situation] = field(init=False, default_factory=dict)
    _after: dict[tuple[Heard, Slots, bytes], tuple[Slots, tuple[Earlier, ...]] | None] = field(init=False, default_factory=dict)
    _store: ForgettingStore = field(init=False)

    def __post_init__(self) -> None:
        self._store = ForgettingStore(self.subject.domain)
        many = [event for _ in range(20) for event in (ActionExecuted(ACTION_LISTEN_NAME), UserUttered("", {"name": "x"}))]
        kept = self._stored(DialogueStateTracker.from_events("proof", many, self.subject.domain.slots))
        self._kept = sum(isinstance(event, UserUttered) for event in kept.events) if kept else 0

    def turn(self, state: State, heard: Heard) -> Turn:
        """What `heard` comes to in `state`, but for the turns before."""
        return Turn(self._with_slots(state.slots, heard.intent), heard, self.subject.policies(state.history, heard.intent))

    def say(self, turn: Turn, before: Before) -> tuple[Messages, bytes]:
        """Return the messages of the turn, and the same as bytes (equal when all is equal)."""
        messages = [part for reply in self._written(turn, before) if reply for part in as_messages(reply)]
        return messages, marshal.dumps(messages, 2)

    def take(self, state: State, heard: Heard) -> tuple[Messages, bytes, State]:
        """Return the messages of the turn, the same as bytes, and what is remembered after it."""
        turn = self.turn(state, heard)
        written = self._written(turn, state.before)
        messages = [part for reply in written if reply for part in as_messages(reply)]
        same = marshal.dumps(messages, 2)
        key = (heard, turn.slots, same)
        if key not in self._after:
            self._after[key] = self._remember(turn, written)
        kept = self._after[key]
        if kept is None:  # the store lets go of a conversation that asks for it
            return messages, same, State()
        turns = (*state.before.turns, *kept[1])[-self._kept :]
        return messages, same, State(kept[0], (*state.history, heard.intent)[-_HISTORY:], Before(turns))

    def forget_memo(self) -> None:
        """Let go of what was worked out, where it grows."""
        self._after.clear()

    def _written(self, turn: Turn, before: Before) -> list[dict[str, Any] | None]:
        situation = replace(self._situation(turn), before=before)
        answers = [action.removeprefix(UTTER) for action in turn.actions if action.startswith(UTTER)]
        return [self.subject.writer.write(topic, situation) for topic in answers]

    def _situation(self, turn: Turn) -> Situation:
        """The situation as the writer itself reads it, of a conversation that holds this message alone."""
        key = (turn.heard, turn.slots)
        if key not in self._situations:
            slots = [SlotSet(name, value) for name, value in turn.slots]
            tracker = DialogueStateTracker.from_events("proof", [*slots, self._message(turn.heard)], self.subject.domain.slots)
            self._situations[key] = situation_of(tracker)
        return self._situations[key]

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

    def _remember(self, turn: Turn, written: list[Any]) -> tuple[Slots, tuple[Earlier, ...]] | None:
        """What the real store keeps of this one turn; None when it keeps nothing."""
        slots = [SlotSet(name, value) for name, value in turn.slots]
        events: list[Event] = [*slots, ActionExecuted(ACTION_LISTEN_NAME), self._message(turn.heard)]
        replies = iter(written)
        for action in turn.actions:
            events.append(ActionExecuted(action))
            reply = next(replies, None) if action.startswith(UTTER) else None
            if reply:
                events.append(create_bot_utterance(dict(reply)))
        kept = self._stored(DialogueStateTracker.from_events("proof", events, self.subject.domain.slots))
        if kept is None:
            return None
        after = tuple(sorted((name, value) for name, value in kept.current_slot_values().items() if value is not None))
        return after, turns_of(kept.events)


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
