"""What earlier runs have walked already, for the same answers, actions, content and code. Kept in results/, outside the repository."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from pathlib import Path

from signpost.desk.prove.tally import Tally

_SECONDS_BETWEEN_SAVES = 30.0


class Progress:
    """Tallies by walk, and which pieces of each walk are done."""

    def __init__(self, path: Path, model: str, of_the_model: Collection[str], afresh: bool = False) -> None:
        """Read what is kept at `path`; begin with nothing when there is none, or when `afresh`.

        `of_the_model`: the samples that asked the model itself; they are forgotten where `model` (its hash) is another one.
        """
        self._path, self._saved = path, time.monotonic()
        kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() and not afresh else {}
        self._tallies = {name: Tally.from_dict(tally) for name, tally in kept.get("tallies", {}).items()}
        self._done: dict[str, set[int]] = {name: set(pieces) for name, pieces in kept.get("done", {}).items()}
        self._model = model
        if kept.get("model") != model:
            for name in of_the_model:
                self._tallies.pop(name, None)
                self._done.pop(name, None)
        self._minutes = float(kept.get("minutes", 0.0))
        self.runs = int(kept.get("runs", 0)) + 1

    def add(self, name: str, piece: int, tally: Tally) -> None:
        """Count one piece of a walk."""
        self._tallies.setdefault(name, Tally()).join(tally)
        self._done.setdefault(name, set()).add(piece)

    def is_done(self, name: str, piece: int) -> bool:
        """Whether an earlier run or this one has walked the piece."""
        return piece in self._done.get(name, ())

    def done(self, name: str) -> int:
        """How many pieces of a walk are done."""
        return len(self._done.get(name, ()))

    def turns(self, name: str | None = None) -> int:
        """Turns walked, of one walk or altogether."""
        return sum(tally.turns for walk, tally in self._tallies.items() if name in (None, walk))

    def sum(self) -> Tally:
        """Everything counted."""
        whole = Tally()
        for tally in self._tallies.values():
            whole.join(tally)
        return whole

    def add_minutes(self, minutes: float) -> float:
        """Add the time of this run; return that of all runs."""
        self._minutes += minutes
        self.save()
        return self._minutes

    def save_now_and_then(self) -> None:
        """Save when the last time is long enough ago: a run that is cut off loses little."""
        if time.monotonic() - self._saved > _SECONDS_BETWEEN_SAVES:
            self.save()

    def save(self) -> None:
        """Write everything to the file at once, so that a run which is cut off never leaves half of it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        kept = {
            "model": self._model,
            "tallies": {name: tally.as_dict() for name, tally in self._tallies.items()},
            "done": {name: sorted(pieces) for name, pieces in self._done.items()},
            "minutes": self._minutes,
            "runs": self.runs,
        }
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(kept), encoding="utf-8")
        beside.replace(self._path)
        self._saved = time.monotonic()
