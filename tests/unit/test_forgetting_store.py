"""The conversation store forgets: by age, by number, on request, and every word at once."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation.forgetting_store import ForgettingStore, remembered
from signpost.understanding.understood import KEY
from tests.conftest import ROOT

DOMAIN = Domain.load(str(ROOT / "domain.yml"))
SECRET = "xylophone marmalade of four words"


def conversation(name: str, turns: int = 1) -> DialogueStateTracker:
    tracker = DialogueStateTracker.from_events(name, [], DOMAIN.slots)
    for _ in range(turns):
        tracker.update(ActionExecuted("action_listen"))
        parse_data = {
            "text": SECRET,
            "intent": {"name": "parent_signs", "confidence": 1.0},
            "entities": [],
            KEY: {"topic": "t", "audience": "parent", "who": 0.9},
        }
        tracker.update(UserUttered(SECRET, {"name": "parent_signs", "confidence": 1.0}, [], parse_data))
        tracker.update(SlotSet("area", "elsewhere"))
        tracker.update(
            BotUttered(SECRET, {"custom": {"handoff": {"topic": "parent_signs", "services": [{"id": "nspcc", "name": SECRET}]}}})
        )
    return tracker


async def test_no_word_is_kept() -> None:
    kept = json.dumps(remembered(conversation("a")))
    assert "xylophone" not in kept
    assert "marmalade" not in kept


async def test_what_matters_survives() -> None:
    store = ForgettingStore(DOMAIN)
    await store.save(conversation("a"))
    tracker = await store.retrieve("a")
    assert tracker is not None
    assert tracker.get_slot("area") == "elsewhere"
    assert tracker.get_slot("understood_audience") == "parent"
    assert any(
        isinstance(event, BotUttered) and event.data["custom"]["handoff"]["services"] == [{"id": "nspcc"}] for event in tracker.events
    )


async def test_a_long_conversation_takes_no_more_room_than_a_short_one() -> None:
    assert len(json.dumps(remembered(conversation("a", 300)))) <= 1.05 * len(json.dumps(remembered(conversation("a", 5))))


async def test_a_hundred_thousand_conversations_are_a_tenth_of_a_worker() -> None:
    store, many = ForgettingStore(DOMAIN), 500
    trackers = [conversation(f"{number}", 4) for number in range(many)]
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for tracker in trackers:
        await store.save(tracker)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - before) / many < 0.1 * 890e6 / 100_000, "890 MB is a worker that has served nobody yet"


async def test_only_the_last_two_turns_are_kept_in_full() -> None:
    """Of two more what was meant and the card; with all four in full a late turn costs more than the first one."""
    events = [event["event"] for event in remembered(conversation("a", 9))["events"]]
    assert events == ["user", "bot", "user", "bot", "user", "bot", "action", "user", "bot"]


async def test_idle_conversations_are_forgotten() -> None:
    now = [0.0]
    store = ForgettingStore(DOMAIN, idle_minutes=30, clock=lambda: now[0])
    await store.save(conversation("a"))
    now[0] = 29 * 60
    assert await store.retrieve("a") is not None
    now[0] = 31 * 60
    assert await store.retrieve("a") is None
    assert not list(await store.keys())


async def test_the_longest_idle_goes_when_there_are_too_many() -> None:
    store = ForgettingStore(DOMAIN, most=2)
    for name in ("a", "b", "c"):
        await store.save(conversation(name))
    assert list(await store.keys()) == ["b", "c"]


@pytest.mark.parametrize("asked", ["op_restart", "op_exit"])
async def test_whoever_starts_again_or_leaves_is_forgotten_whatever_else_is_down(asked: str) -> None:
    store = ForgettingStore(DOMAIN)
    tracker = conversation("a")
    await store.save(tracker)
    tracker.update(UserUttered("", {"name": asked, "confidence": 1.0}))
    await store.save(tracker)
    assert await store.retrieve("a") is None
    assert not list(await store.keys())


async def test_forget_deletes_at_once() -> None:
    store = ForgettingStore(DOMAIN)
    await store.save(conversation("a"))
    await store.delete("a")
    assert await store.retrieve("a") is None
