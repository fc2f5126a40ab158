"""Waiting for a condition of another process, for which there is no event to await."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def until(what: str, true: Callable[[], bool], seconds: float = 60) -> None:
    """Return when `true()`; raise AssertionError naming `what` when it does not come true within `seconds`."""
    limit = time.monotonic() + seconds
    pause = threading.Event()
    while not true():
        assert time.monotonic() < limit, f"not within {seconds} s: {what}"
        pause.wait(0.1)
