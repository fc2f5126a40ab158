"""A conversation store that forgets: bounded in number and age, the last turns only, and no word of what anybody typed or read."""

from __future__ import annotations

import json
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation.context import lasting
from signpost.conversation.kept_events import event_of

_ASKS_TO_FORGET = ("op_restart", "op_exit")  # 'start again', and whoever wants to leave
_TURNS_KEPT = 4  # enough for follow-ups and 'never the same twice'; flat in cost however long somebody talks
_IN_FULL = 2  # the last of them, enough for every rule and story (max_history in config.yml); of the others what was meant and shown


class ForgettingStore(TrackerStore):
    """Keeps a conversation's last turns in this process's memory, without text.

    `most`: conversations held at once; the one longest idle goes first. `idle_minutes`: after so long without a message a
    conversation is forgotten. Times are monotonic seconds, so that a jump of the clock neither keeps nor drops anything.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        most: int = 100_000,
        idle_minutes: float = 30,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._most, self._idle_seconds, self._clock = int(most), float(idle_minutes) * 60, clock
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()  # oldest first

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker's last turns; forget whatever is too old or too many, and all of it when the person asks for that."""
        self._kept.pop(tracker.sender_id, None)
        self._forget_old()
        if asks_to_forget(tracker):
            return
        self._kept[tracker.sender_id] = (self._clock(), _packed(remembered(tracker)))
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation, or None when it is not known or was forgotten."""
        self._forget_old()
        kept = self._kept.get(sender_id)
        return recalled(_unpacked(kept[1]), sender_id, self.domain) if kept else None

    async def delete(self, sender_id: str) -> None:
        """Forget a conversation at once."""
        self._kept.pop(sender_id, None)

    async def keys(self) -> Iterable[str]:
        """Ids of the conversations held."""
        self._forget_old()
        return list(self._kept)

    def _forget_old(self) -> None:
        limit = self._clock() - self._idle_seconds
        while self._kept and next(iter(self._kept.values()))[0] < limit:
            self._kept.popitem(last=False)


def _packed(kept: dict[str, Any]) -> bytes:
    """A fifth to a third of the room for less than a hundredth of a turn's time: a worker keeps up to 100,000 of them."""
    return zlib.compress(json.dumps(kept).encode())


def _unpacked(packed: bytes) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(zlib.decompress(packed))
    return kept


def asks_to_forget(tracker: DialogueStateTracker) -> bool:
    """Whether the last message asks to start again or to leave: then nothing is kept, whatever other process may be down."""
    message = tracker.latest_message
    return message is not None and message.intent.get("name") in _ASKS_TO_FORGET


def remembered(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What is kept of a conversation: the slots and the last turns' events, stripped of all text."""
    events = [event.as_dict() for event in tracker.events]
    turns = [index for index, event in enumerate(events) if event["event"] == "user"]
    start = turns[-_TURNS_KEPT] if len(turns) > _TURNS_KEPT else 0
    full = turns[-_IN_FULL] if len(turns) > _IN_FULL else 0
    kept = [event for event in events[start:full] if event["event"] in ("user", "bot")] + events[full:]
    slots = tracker.current_slot_values()
    slots.update(lasting(tracker))
    return {"slots": slots, "events": [_stripped(event) for event in kept if event["event"] != "slot"]}


def recalled(kept: dict[str, Any], sender_id: str, domain: Domain) -> DialogueStateTracker:
    """Return the tracker that `remembered` gave, ready for the next message."""
    events = [event_of(event) for event in kept["events"]]
    # Slots as events, and last: Rasa replays a conversation, and its start empties them.
    slots = [SlotSet(name, value) for name, value in kept["slots"].items() if value is not None]
    return DialogueStateTracker.from_events(sender_id, [*(event for event in events if event), *slots], domain.slots)


def _stripped(event: dict[str, Any]) -> dict[str, Any]:
    """The event without what was typed or shown: intents, slot values, the ids on the cards and actions stay."""
    kept = {key: value for key, value in event.items() if key not in ("text", "parse_data", "data", "metadata", "message_id")}
    if event["event"] == "user":
        parse_data = event.get("parse_data") or {}
        kept["text"] = ""
        kept["parse_data"] = {
            "text": "",
            "intent": {key: parse_data.get("intent", {}).get(key) for key in ("name", "confidence")},
            "entities": [],
        }
    if event["event"] == "bot":
        handoff = ((event.get("data") or {}).get("custom") or {}).get("handoff")
        ids = [{"id": line["id"]} for line in handoff["services"]] if handoff else []
        kept["text"] = None
        card = {"topic": handoff["topic"], "urgency": handoff.get("urgency"), "services": ids} if handoff else None
        kept["data"] = {"custom": {"handoff": card}} if card else {}
        kept["metadata"] = {"wording": (event.get("metadata") or {}).get("wording", 0)}
    return kept
