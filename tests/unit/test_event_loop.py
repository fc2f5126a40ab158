"""Nothing holds up the event loop: everybody else's turn would wait."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import Assistant

WORDS = ["what is grooming", "he wants pictures", "my son is being blackmailed", "help " * 200, "is it free", "", "aaa " * 300]


def test_the_event_loop_never_stands_still_under_load(assistant: Assistant) -> None:
    def stalls() -> dict[str, float]:
        with urllib.request.urlopen(f"{assistant.url}/health/loop", timeout=20) as answer:
            return dict(json.load(answer))

    for words in WORDS:  # the first turn of a process reads what later ones find ready
        assistant.say(words)
    stalls()
    with ThreadPoolExecutor(8) as people:
        assert all(reply.routes for reply in people.map(assistant.say, WORDS * 20))
    seen = stalls()
    assert seen["longest_stall_seconds"] > 0, "the heart beats"
    assert seen["stalls"] == 0, seen
