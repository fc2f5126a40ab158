"""wrk as the crowd: runs it with `turns.lua` and reads what it prints."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = Path(__file__).parent / "turns.lua"


@dataclass(frozen=True)
class Result:
    """What one run of wrk saw; times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p90: float
    p99: float
    max: float
    bad: int


def crowd(port: int, words: list[str], good: str, seconds: int, people: int, turns: int = 5, think_ms: int = 0) -> Result:
    """`people` write for `seconds`, each waiting for the answer and thinking `think_ms` on average (0: closed loop without a pause).

    With a think time much longer than an answer the load no longer depends on how fast the answers are: as good as an open loop.
    """
    result, _ = _wrk(port, words, good, seconds, people, turns, think_ms, timed=False)
    return result


def one_person(port: int, words: list[str], good: str, seconds: int, turns: int) -> tuple[Result, list[tuple[int, float]]]:
    """One person at a time, conversations of `turns`. Returns the summary and (turn, milliseconds) of every message."""
    return _wrk(port, words, good, seconds, 1, turns, 0, timed=True)


def _wrk(
    port: int, words: list[str], good: str, seconds: int, people: int, turns: int, think_ms: int, timed: bool
) -> tuple[Result, list[tuple[int, float]]]:
    with tempfile.TemporaryDirectory() as folder:
        texts, times = Path(folder) / "sentences.txt", Path(folder) / "times.txt"
        texts.write_text("\n".join(words), encoding="utf-8")
        shape = ["-t", "1", "-c", str(people), "-d", f"{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT)]
        rest = [str(texts), str(turns), str(think_ms), good, str(times) if timed else "-", str(1 if timed else 4 * people)]
        command = ["wrk", *shape, f"http://127.0.0.1:{port}/webhooks/rest/webhook", "--", *rest]
        cores = os.sched_getaffinity(0) - {0} or {0}
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=True, preexec_fn=lambda: os.sched_setaffinity(0, cores)
        )
        read = json.loads(done.stdout.partition("RESULT")[2])
        for name in ("p50", "p90", "p99", "max"):
            read[name] /= 1000
        lines = times.read_text(encoding="ascii").splitlines() if timed else []
    return Result(**read), [(int(turn), int(micro) / 1000) for turn, micro in map(str.split, lines)]
