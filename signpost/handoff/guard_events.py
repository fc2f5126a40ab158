"""How often the guard stepped in, and why. Kinds only: never a word of a message or a reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

EXCEPTION = "exception"
LATE = "late"


class GuardEvents:
    """Counts in this process's memory; whoever publishes them reads `counts`."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, kind: str) -> None:
        """Count one reply that was replaced. `kind` is the guard's own name of a fault."""
        self._counts[kind] += 1

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each kind of fault was met since the start."""
        return dict(self._counts)


GUARD_EVENTS = GuardEvents()  # one for the process: every channel adds to it
