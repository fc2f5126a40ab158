"""Nothing holds up the event loop: everybody else's turn would wait."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import Assistant

DAYS = ["monday", "the day after", "sports day", "my birthday", "a school night", "half term", "christmas eve", "some sunday"]
WHO = ["he came to the house", "his mate rang me at school", "the older one sent a car", "they were all in the park"]
# 476 words: as many parts as are ever read, no two of them the same.
STORY = " ".join(f"on {day} {who} again and said nobody must hear" for day in DAYS for who in WHO)
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
