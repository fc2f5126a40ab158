"""`make prove`: walk the trained model in a time budget, resume where the last run stopped, write docs/assurance/certificate.json."""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain

from signpost.desk.prove.certificate import PATH, Part, certificate
from signpost.desk.prove.progress import Progress
from signpost.desk.prove.subject import Subject, code_hash, content_hash, hash_of, read_reviewed, subject, walked_hash
from signpost.desk.prove.tally import Tally
from signpost.desk.prove.trained import TrainedPolicies, load
from signpost.desk.prove.walks import Walk, Walks
from signpost.desk.prove.whole import guard_stands, machine_agrees, policies_agree

_MODEL = Path("models/signpost.tar.gz")
_KEPT = Path("results/prove")
_SAMPLES = ("guard", "policies", "assistant")  # walks that ask the model itself
_LEAST_TURNS = 24  # whole-assistant turns even where the budget is very short
_WALKS: list[Walk] = []  # what the worker processes work on: they are forked and so see it


def main() -> int:
    """Prove what lies in the working folder. Returns 0 when the certificate passed, else 1."""
    ask = argparse.ArgumentParser(prog="make prove", description=__doc__)
    ask.add_argument("--minutes", type=float, default=30.0, help="time budget; what is left is done by the next run")
    ask.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    ask.add_argument("--random-steps", type=int, default=1_000_000)
    ask.add_argument("--without-triples", action="store_true", help="a bounded proof: every pair, not every triple")
    ask.add_argument("--afresh", action="store_true", help="forget what earlier runs have walked")
    ask.add_argument("--out", type=Path, default=PATH)
    args = ask.parse_args()
    began = time.monotonic()
    root = Path()
    if not _MODEL.is_file():
        print(f"{_MODEL} is missing. Run make train.", file=sys.stderr)
        return 1
    reviewed = read_reviewed(root)
    print("Loading the model ...", flush=True)
    agent = load(_MODEL, root / "data")
    policies = TrainedPolicies(agent, reviewed)
    proved = subject(agent.domain or Domain.empty(), reviewed.content, policies, reviewed, root / "data")
    walks = Walks(proved, args.random_steps)
    about: dict[str, Any] = {"model_sha256": hash_of([_MODEL], root), "content_sha256": content_hash(root), "code_sha256": code_hash(root)}
    print("Reading what the walks take from it ...", flush=True)  # and with that the table, before the worker processes are forked
    key = "-".join(each[:12] for each in (walked_hash(proved), about["content_sha256"], about["code_sha256"]))
    progress = Progress(_KEPT / f"{key}.json", about["model_sha256"], _SAMPLES, args.afresh)
    wanted = [walk for walk in walks.all() if walk.name != "triples" or not args.without_triples]
    until = began + args.minutes * 60
    _ask_the_model(agent, proved, policies, progress, until, args.minutes)
    _walk(wanted, progress, until, args.processes)
    parts = [*(_part(walk, progress) for walk in wanted), *_sampled(progress)]
    minutes = progress.add_minutes((time.monotonic() - began) / 60)
    about |= {"when": datetime.now(timezone.utc).isoformat(timespec="seconds"), "minutes": round(minutes, 1), "runs": progress.runs}
    whole = progress.sum()
    result = certificate(parts, whole.broken, whole.examples, about, tuple(walk.name for walk in wanted))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _tell(result, parts, args.out)
    return 0 if result["passed"] else 1


def _ask_the_model(agent: Agent, proved: Subject, policies: TrainedPolicies, progress: Progress, until: float, minutes: float) -> None:
    """The samples: faulty assistants before the guard, random triples for the policies, conversations with the whole assistant."""
    share = min(until - time.monotonic(), minutes * 60) / 10
    print("Asking the model itself ...", flush=True)
    progress.add("guard", progress.runs, asyncio.run(guard_stands(proved)))
    progress.add("policies", progress.runs, policies_agree(policies, proved.intents, time.monotonic() + share, progress.runs))
    talk = machine_agrees(agent, proved, time.monotonic() + share, progress.runs, _LEAST_TURNS)
    progress.add("assistant", progress.runs, asyncio.run(talk))


def _walk(walks: list[Walk], progress: Progress, until: float, processes: int) -> None:
    """Do what is left of `walks` until the time is over, in several processes."""
    _WALKS[:] = walks
    total = sum(walk.pieces for walk in walks)
    left = ((number, piece) for number, walk in enumerate(walks) for piece in range(walk.pieces) if not progress.is_done(walk.name, piece))
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        running: dict[Future[Tally], tuple[str, int]] = {}
        for name, piece, tally in _results(pool, left, running, until, processes):
            progress.add(name, piece, tally)
            progress.save_now_and_then()
            _bar(name, sum(progress.done(walk.name) for walk in walks), total, progress.turns(), until)
    progress.save()
    print(flush=True)


def _results(
    pool: ProcessPoolExecutor,
    left: Iterator[tuple[int, int]],
    running: dict[Future[Tally], tuple[str, int]],
    until: float,
    processes: int,
) -> Iterator[tuple[str, int, Tally]]:
    while True:
        while len(running) < 2 * processes and time.monotonic() < until and (task := next(left, None)):
            running[pool.submit(_piece, *task)] = (_WALKS[task[0]].name, task[1])
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            name, piece = running.pop(future)
            yield name, piece, future.result()


def _piece(number: int, piece: int) -> Tally:
    return _WALKS[number].work(piece)


def _part(walk: Walk, progress: Progress) -> Part:
    return Part(walk.name, walk.says, walk.exhaustive, progress.turns(walk.name), progress.done(walk.name), walk.pieces)


def _sampled(progress: Progress) -> list[Part]:
    says = {
        "guard": "faulty assistants put in front of the guard",
        "policies": "random triples of intents put to the trained policies and compared with the table",
        "assistant": "turns of random conversations held with the whole assistant and compared with the machine",
    }
    return [Part(name, says[name], False, progress.turns(name), progress.done(name), progress.done(name)) for name in _SAMPLES]


def _bar(name: str, done: int, total: int, turns: int, until: float) -> None:
    filled = int(30 * done / total)
    left = max(0.0, until - time.monotonic()) / 60
    end = "" if sys.stdout.isatty() else "\n"
    if sys.stdout.isatty() or done % max(1, total // 40) == 0:
        print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {turns:>12,} turns, {name:<9} {left:5.1f} min left", end=end, flush=True)


def _tell(result: dict[str, object], parts: list[Part], path: Path) -> None:
    for part in parts:
        state = "sampled" if not part.exhaustive else "all" if part.whole else f"{part.done} of {part.pieces} pieces"
        print(f"{part.name:<10} {part.turns:>12,} turns  {state:<22} {part.says}")
    broken = result["broken"]
    for kind, count in broken.items() if isinstance(broken, dict) else ():
        print(f"{count:>6} {kind}")
    print(f"{'Passed' if result['passed'] else 'NOT PASSED'}: {path}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
