"""How long people wait and how many cores it takes: arrivals with the shape of a day, queued at workers that each answer one message at a
time. `python -m benchmarks.speed.capacity` prints the table of docs/capacity.md.
"""

from __future__ import annotations

import heapq
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.speed.steps import RESULTS

# Share of a day's chats that begin in each hour, from midnight: few at night, a step up after school, most between 8 and 11 in the
# evening. An assumption: nobody has used this chat yet. Replace it by the counts of the first month.
DAY = np.array([3, 2, 1, 1, 1, 1, 1, 2, 3, 3, 3, 4, 4, 4, 4, 6, 7, 7, 7, 8, 9, 9, 7, 3], dtype=float)
MESSAGES = 6  # of one conversation
BETWEEN_SECONDS = 25.0  # from one message of a person to the next
Times = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Load:
    """So many conversations in a day, `peak` times the usual share of them in the busiest hour."""

    name: str
    conversations: int
    peak: float = 1.0


LOADS = (
    Load("one council, a usual day", 100),
    Load("one council, a day after school talks", 2_000),
    Load("all 370 councils of the UK, a usual day", 40_000),
    Load("all councils, a bad day", 200_000),
    Load("a national campaign evening", 500_000, peak=4.0),
)


def arrivals(load: Load, chance: np.random.Generator) -> Times:
    """Seconds of the busiest hour and the quarter hours around it at which messages come in."""
    share = DAY / DAY.sum()
    begun = load.conversations * share.max() * load.peak
    starts = chance.uniform(0, 5400, chance.poisson(begun * 1.5))
    gaps = chance.exponential(BETWEEN_SECONDS, (len(starts), MESSAGES))
    gaps[:, 0] = 0
    return np.sort((starts[:, None] + np.cumsum(gaps, axis=1)).ravel())


def waits(at: Times, service: Times, workers: int, chance: np.random.Generator) -> Times:
    """Seconds from a message to its answer, first come first served at `workers`, service times drawn from `service` (M/G/c)."""
    free = [0.0] * workers
    heapq.heapify(free)
    taken = chance.choice(service, len(at))
    answered = np.empty(len(at))
    for index, (moment, seconds) in enumerate(zip(at, taken, strict=True)):
        begun = max(moment, heapq.heappop(free))
        answered[index] = begun + seconds - moment
        heapq.heappush(free, begun + seconds)
    return answered


def workers_needed(at: Times, service: Times, chance: np.random.Generator) -> tuple[int, float, float]:
    """The fewest workers with p99 under 250 ms, that p99 in ms, and how busy they are in the busiest hour."""
    workers = 1
    while True:
        p99 = float(np.percentile(waits(at, service, workers, chance), 99)) * 1000
        if p99 < 250:
            return workers, p99, len(at) * float(service.mean()) / (workers * (at[-1] - at[0]))
        workers += 1


def main() -> None:
    """Print the table, and how the queue of the model fares against the measured one."""
    turns = json.loads((RESULTS / "signpost_turns.json").read_text(encoding="utf-8"))["times"]
    service = np.array([ms for turn in ("1", "10", "100") for ms in turns[turn]]) / 1000
    chance = np.random.default_rng(11)
    print(f"Service time of one message: mean {1000 * service.mean():.1f} ms, p99 {1000 * np.percentile(service, 99):.0f} ms\n")
    print("| | messages a second at the peak | workers (cores) | p99 ms | busy |\n|---|---|---|---|---|")
    for load in LOADS:
        at = arrivals(load, chance)
        workers, p99, busy = workers_needed(at, service, chance)
        print(f"| {load.name} | {len(at) / (at[-1] - at[0]):.1f} | {workers} | {p99:.0f} | {100 * busy:.0f} % |")
    measured = RESULTS / "signpost_crowd.json"
    if not measured.exists():
        print("\nNot checked against a measured run: python -m benchmarks.speed --only signpost_crowd")
        return
    crowd = json.loads(measured.read_text(encoding="utf-8"))
    rate = crowd["requests"] / crowd["seconds"]
    at = np.sort(chance.uniform(0, 600, int(600 * rate)))
    modelled = 1000 * waits(at, service, 1, chance)
    print(f"\nOne worker at {rate:.0f} messages a second: measured p50 {crowd['p50']:.0f}, p99 {crowd['p99']:.0f} ms; ", end="")
    print(f"the model says {np.median(modelled):.0f} and {np.percentile(modelled, 99):.0f} ms.")


if __name__ == "__main__":
    main()
