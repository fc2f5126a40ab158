"""The measurements, one step each, so that a run can be stopped and taken up again: what a step found lies in results/speed/."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.assistants import ENVIRONMENT, Running, running, train
from benchmarks.speed.load import crowd, one_person
from benchmarks.speed.projects import DEFAULT, ROOT, SIGNPOST, make_project, sentences
from signpost.desk.run import free_port, wait_until_ready
from signpost.understanding.encoder_model import installed_model
from signpost.understanding.sentences import parts_of

RESULTS = ROOT / "results" / "speed"
GOOD = {SIGNPOST: '"handoff"', DEFAULT: "["}  # what a reply must hold; the default pipeline may answer with nothing at all
LOOKED_AT = {1: (1, 1), 10: (8, 12), 100: (95, 105), 300: (290, 300)}  # turns and the ones around them that are measured with it
Found = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How much is measured: seconds of load, conversations, topics."""

    topics: int
    seconds: int
    long_seconds: int
    conversations: int
    default_conversations: int
    people: tuple[int, ...]
    sizes: tuple[int, ...]
    stories: tuple[int, ...]


FULL = Size(200, 20, 120, 100_000, 5_000, (1, 2, 3, 4, 6, 8, 12, 16), (20, 100, 200, 500), (0, 200, 1000))
QUICK = Size(50, 6, 40, 3_000, 500, (1, 2, 4, 8), (20, 100, 200), (0, 200))


def steps(size: Size) -> dict[str, Callable[[], Found]]:
    """All steps by name, in the order in which they build on each other."""
    both = {
        f"{kind}_{name}": _bound(step, kind, size) for name, step in (("train", _train), ("turns", _turns)) for kind in (SIGNPOST, DEFAULT)
    }
    more = {f"{kind}_rate": _bound(_rate, kind, size) for kind in (SIGNPOST, DEFAULT)}
    memory = {f"{kind}_memory": _bound(_memory, kind, size) for kind in (SIGNPOST, DEFAULT)}
    sizes = {f"topics_{count}": _bound(_cost, count, 0, size) for count in size.sizes}
    stories = {f"stories_{count}": _bound(_cost, 100, count, size) for count in size.stories}
    workers = {f"workers_{count}": _bound(_workers, count, size) for count in (1, 2)}
    return {**both, **more, "signpost_crowd": _bound(_crowd, SIGNPOST, size), **memory, **sizes, **stories, **workers}


def _bound(step: Callable[..., Found], *given: Any) -> Callable[[], Found]:
    return lambda: step(*given)


def project(kind: str, topics: int, stories: int = 0) -> Path:
    """Return the folder of a trained project's files; the same for every step."""
    return RESULTS / "projects" / f"{kind}_{topics}_{stories}"


def _train(kind: str, size: Size) -> Found:
    make_project(project(kind, size.topics), kind, size.topics)
    return {"topics": size.topics, "train": asdict(train(project(kind, size.topics)))}


def _turns(kind: str, size: Size) -> Found:
    words = sentences(size.topics)
    with running(project(kind, size.topics)) as assistant:
        memory = assistant.memory()
        one_person(assistant.port, words, GOOD[kind], 5, 5)  # warm
        before = assistant.worked()
        first, times = one_person(assistant.port, words, GOOD[kind], size.seconds, 1)
        cpu = 1000 * (assistant.worked() - before) / first.requests
        encoder = _encoder(words)
        long, later = one_person(assistant.port, words, GOOD[kind], size.long_seconds, 300)
    times = [(1, ms) for _, ms in times] + [(turn, ms) for turn, ms in later if turn > 1]
    looked = {str(turn): [ms for at, ms in times if low <= at <= high] for turn, (low, high) in LOOKED_AT.items()}
    ready = asdict(assistant.ready_after)
    return {"ready": ready, "memory": memory, "times": looked, "cpu_ms": cpu, "encoder": encoder, "bad": first.bad + long.bad}


def _encoder(words: list[str]) -> Found:
    """The encoder's own time for such messages, measured in the same minute: whole messages and their parts, one at a time."""
    model, taken, began = installed_model(1), [], time.process_time()
    for text in words[:300]:
        start = time.perf_counter()
        model([text, *parts_of(text)])
        taken.append(1000 * (time.perf_counter() - start))
    return {"times": taken, "cpu_ms": 1000 * (time.process_time() - began) / len(taken)}


def _rate(kind: str, size: Size) -> Found:
    words, rows = sentences(size.topics), []
    with running(project(kind, size.topics)) as assistant:
        one_person(assistant.port, words, GOOD[kind], 5, 5)
        for people in size.people:
            before = assistant.worked()
            seen = crowd(assistant.port, words, GOOD[kind], size.seconds, people)
            rows.append({"people": people, **asdict(seen), "cpu_ms": 1000 * (assistant.worked() - before) / seen.requests})
    return {"rows": rows}


def _crowd(kind: str, size: Size) -> Found:
    """A thousand people who each write every ten seconds."""
    words = sentences(size.topics)
    with running(project(kind, size.topics)) as assistant:
        one_person(assistant.port, words, GOOD[kind], 5, 5)
        seen = crowd(assistant.port, words, GOOD[kind], 3 * size.seconds, 1000, think_ms=10_000)
    return asdict(seen)


def _memory(kind: str, size: Size) -> Found:
    words = sentences(size.topics)
    wanted = size.conversations if kind == SIGNPOST else size.default_conversations
    with running(project(kind, size.topics)) as assistant:
        one_person(assistant.port, words, GOOD[kind], 5, 5)
        rows = [(0, assistant.memory())]
        while rows[-1][0] < wanted:
            seen = crowd(assistant.port, words, GOOD[kind], 30, 4, turns=1)
            rows.append((rows[-1][0] + seen.requests, assistant.memory()))
            print(f"    {rows[-1][0]} conversations, {rows[-1][1]:.0f} MB", flush=True)
    return {"rows": rows}


def _cost(topics: int, stories: int, size: Size) -> Found:
    folder, words = project(SIGNPOST, topics, stories), sentences(topics)
    make_project(folder, SIGNPOST, topics, stories)
    spent = train(folder)
    with running(folder) as assistant:
        one_person(assistant.port, words, GOOD[SIGNPOST], 5, 5)
        return {
            "topics": topics,
            "stories": stories,
            "train": asdict(spent),
            "memory": assistant.memory(),
            **_first_turns(assistant, words, size),
        }


def _first_turns(assistant: Running, words: list[str], size: Size) -> Found:
    before = assistant.worked()
    seen, times = one_person(assistant.port, words, GOOD[SIGNPOST], size.seconds, 3)
    return {"times": [ms for _, ms in times], "cpu_ms": 1000 * (assistant.worked() - before) / seen.requests}


def _workers(count: int, size: Size) -> Found:
    """The whole machine of `make run WORKERS=n`, nginx and Redis with it. The crowd shares its cores: a machine has no others here."""
    port = free_port()
    command = [sys.executable, "-m", "signpost.desk.run_workers", "--workers", str(count), "--port", str(port)]
    with (RESULTS / "workers.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=log, stderr=log)  # noqa: S603
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/health/ready", [process])
        words = sentences(size.topics)
        crowd(port, words, GOOD[SIGNPOST], 5, 4)
        seen = crowd(port, words, GOOD[SIGNPOST], 2 * size.seconds, 8)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    return {"workers": count, "cores": len(os.sched_getaffinity(0)), **asdict(seen)}


def ratio(ours: list[float], theirs: list[float]) -> tuple[float, float, float]:
    """The ratio of the medians, with the interval that holds 95 % of 2,000 resamplings."""
    chance = np.random.default_rng(3)
    one, other = np.array(ours), np.array(theirs)
    drawn = [
        np.median(chance.choice(one, len(one))) / np.median(chance.choice(other, len(other))) for _ in range(2000)
    ]  # both sides are drawn anew
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(np.median(one) / np.median(other)), float(low), float(high)


def run(names: list[str], size: Size, fresh: bool) -> None:
    """Do the steps that have not been done, and say so as they go."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names, 1):
        file = RESULTS / f"{name}.json"
        if file.exists() and not fresh:
            print(f"[{number}/{len(names)}] {name}: measured before", flush=True)
            continue
        print(f"[{number}/{len(names)}] {name} ...", flush=True)
        load, began = os.getloadavg()[0], time.monotonic()
        found = steps(size)[name]()
        measured = {"seconds": round(time.monotonic() - began), "load_before": load, "quick": size is QUICK}
        file.write_text(json.dumps({**found, "measured": measured}), encoding="utf-8")
        print(f"    done in {measured['seconds']} s", flush=True)
