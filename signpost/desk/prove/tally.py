"""What was counted: turns walked, promises broken, a few examples of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_MOST_EXAMPLES = 10  # of each kind: enough to find the fault, few enough to read


@dataclass
class Tally:
    """Counts that can be added up over stages, runs and processes."""

    turns: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kinds: Iterable[str], where: object) -> None:
        """Count one turn (or one thing looked at) with the promises that it breaks."""
        self.turns += 1
        for kind in kinds:
            self.broken[kind] += 1
            found = self.examples.setdefault(kind, [])
            if len(found) < _MOST_EXAMPLES:
                found.append(str(where))

    def join(self, other: Tally) -> None:
        """Add another tally's counts to this one's."""
        self.turns += other.turns
        self.broken.update(other.broken)
        for kind, examples in other.examples.items():
            found = self.examples.setdefault(kind, [])
            found += examples[: _MOST_EXAMPLES - len(found)]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {"turns": self.turns, "broken": dict(self.broken), "examples": self.examples}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Tally:
        """The tally that `as_dict` gave."""
        return cls(int(kept["turns"]), Counter(kept["broken"]), {kind: list(found) for kind, found in kept["examples"].items()})
