"""Waiting for a condition of another process, for which there is no event to await."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Return when `condition` holds; raise AssertionError naming `what` when it does not within `seconds`."""
    limit = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < limit, f"waited {seconds} s for {what}"
        pause.wait(0.1)
