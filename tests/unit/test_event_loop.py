"""Nothing holds up the event loop: everybody else's turn would wait."""

from __future__ import annotations

import asyncio
import gc
import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from rasa.core.channels.channel import UserMessage

from signpost.web_chat.health_channel import STALL_SECONDS, HealthChannel
from tests.conftest import Assistant

DAYS = ["monday", "the day after", "sports day", "my birthday", "a school night", "half term", "christmas eve", "some sunday"]
WHO = ["he came to the house", "his mate rang me at school", "the older one sent a car", "they were all in the park"]
# 476 words: as many parts as are ever read, no two of them the same.
STORY = " ".join(f"on {day} {who} again and said nobody must hear" for day in DAYS for who in WHO)
WORDS = ["what is grooming", "he wants pictures", "my son is being blackmailed", "help " * 200, "is it free", "", STORY, "aaa " * 300]


_SHORT_TURNS = 20  # a message of 476 words against one of three, however fast the machine; a fast one keeps to the tenth of a second


def short_turn(assistant: Assistant) -> float:
    """Seconds that a message of three words takes on this machine."""
    began = time.monotonic()
    for number in range(30):
        assistant.say(f"what is grooming {number}")
    return (time.monotonic() - began) / 30


async def never(_: UserMessage) -> None:
    raise AssertionError("nobody writes in this test")


@pytest.mark.alone
def test_the_event_loop_never_stands_still_under_load(assistant: Assistant) -> None:
    def stalls() -> dict[str, float]:
        with urllib.request.urlopen(f"{assistant.url}/health/loop", timeout=20) as answer:
            return dict(json.load(answer))

    for words in WORDS:  # the first turn of a process reads what later ones find ready
        assistant.say(words)
    allowed = max(STALL_SECONDS, _SHORT_TURNS * short_turn(assistant))
    longest: list[float] = []
    for _ in range(3):  # a stall of ours comes back in each round, one of the machine's does not
        stalls()
        with ThreadPoolExecutor(8) as people:
            assert all(reply.routes for reply in people.map(assistant.say, WORDS * 8))
        longest.append(stalls()["longest_stall_seconds"])
    assert min(longest) > 0, "the heart beats"
    assert min(longest) < allowed, longest


async def test_what_is_loaded_is_not_looked_through_for_garbage_again() -> None:
    channel = HealthChannel()
    listeners = {kept.event: kept.listener for kept in channel.blueprint(never)._future_listeners}
    assert gc.get_freeze_count() == 0
    try:
        await listeners["after_server_start"](None, asyncio.get_running_loop())
        assert gc.get_freeze_count() > 100_000
    finally:
        gc.unfreeze()
        await listeners["before_server_stop"](None, asyncio.get_running_loop())
