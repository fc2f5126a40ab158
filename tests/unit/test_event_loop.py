"""Nothing holds up the event loop: everybody else's turn would wait."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import Assistant

# 68 words. Varied stories of 136 words and more hold it for 0.12 s, over the limit: docs/decisions/0010-speed.md says why.
STORY = " ".join(f"on day {day} he came to the house again and said that nobody must hear of it" for day in range(4))
WORDS = ["what is grooming", "he wants pictures", "my son is being blackmailed", "help " * 200, "is it free", "", STORY, "aaa " * 300]


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
