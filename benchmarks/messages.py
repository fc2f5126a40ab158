"""Recall and false alarms on our own messages and their mutants, by family, with intervals that resample whole sentences."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.mutants import FAMILIES
from signpost.register.content import CHILDREN
from signpost.understanding.understood import KEY, Understood

MESSAGES = Path("tests/messages")
_RESAMPLED = 1000  # bootstrap draws
_SEED = 4
_SAYS_WHO, _EVERYDAY = "says_who.jsonl", "everyday.jsonl"  # sets that are measured apart, each for one thing
_QUESTIONS = ("topics.jsonl", "topics_second.jsonl")
_OUTSIDE = {"out_of_scope", "ot_nonsense", "ot_bin_collection", "nlu_fallback"}  # "this is not what the chat is for", or "not understood"

Read = Callable[[str], Understood]


@dataclass(frozen=True)
class Case:
    """One message with what an expert would say of it. `tier`: 0 emergency to 3 information; `language`: '' for English.

    `trap`: a child's message in which words of an adult stand.
    """

    text: str
    topic: str
    audience: str
    tier: int
    language: str
    trap: bool = False


@dataclass(frozen=True)
class Share:
    """A share of 1 with the 95 % interval of a cluster bootstrap over sentences, and how many sentences it rests on."""

    share: float
    low: float
    high: float
    sentences: int

    def __str__(self) -> str:
        return f"{self.share:.1%} ({self.low:.1%} to {self.high:.1%})"


def read_cases(path: Path) -> list[Case]:
    """Read a message set; lines without tier are left out."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Case(row["text"], row.get("topic", ""), row.get("audience", ""), int(row["tier"]), row.get("language", ""), bool(row.get("trap")))
        for row in rows
        if "tier" in row
    ]


def share(outcomes: Sequence[Sequence[bool]]) -> Share:
    """The share of True over all mutants; `outcomes` holds one list a sentence."""
    means = np.array([np.mean(each) for each in outcomes])
    weights = np.array([len(each) for each in outcomes])
    draws = np.random.default_rng(_SEED).integers(0, len(means), (_RESAMPLED, len(means)))
    resampled = (means[draws] * weights[draws]).sum(axis=1) / weights[draws].sum(axis=1)
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Share(float(np.average(means, weights=weights)), float(low), float(high), len(means))


def by_family(cases: Iterable[Case], read: Read, hit: Callable[[Understood], bool]) -> dict[str, Share]:
    """The share of messages for which `hit` holds: as written, in each family of mutants, and over all mutants."""
    cases = list(cases)
    found: dict[str, list[list[bool]]] = {"as written": [[hit(read(case.text))] for case in cases]}
    for done, (name, family) in enumerate(FAMILIES.items(), 1):
        found[name] = [[hit(read(family(case.text, random.Random(f"{_SEED}{case.text}"))))] for case in cases]  # noqa: S311 - repeatable
        print(f"\r  mutants {done}/{len(FAMILIES)}  {name:<14}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    together = [[found[name][index][0] for name in FAMILIES] for index in range(len(cases))]
    return {**{name.replace("_", " "): share(outcomes) for name, outcomes in found.items()}, "all mutants": share(together)}


def reader(model: Path) -> Read:
    """Load the trained model and return what it understands of one message."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    loop = asyncio.new_event_loop()

    def read(text: str) -> Understood:
        understood = Understood.from_dict(loop.run_until_complete(agent.parse_message(text)).get(KEY))
        if understood is None:
            raise ValueError(f"{model} gives no record of what it understood. Run make train.")
        return understood

    return read


def outside(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    """Precision, recall and F1 of "out of scope or not understood"; `pairs`: (it is, it was taken for that) of each message."""
    both = sum(true and taken for true, taken in pairs)
    precision, recall = both / max(1, sum(taken for _, taken in pairs)), both / max(1, sum(true for true, _ in pairs))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"messages": sum(true for true, _ in pairs), "precision": precision, "recall": recall, "f1": f1}


def says_who(cases: Sequence[Case], read: Read) -> dict[str, str]:
    """Who asks, right, where a message says so of a subject that others usually ask about; children taken for an adult in the traps."""
    taken = [(case, read(case.text).audience) for case in cases]
    return {
        "right": str(share([[audience == case.audience] for case, audience in taken if not case.trap])),
        "children taken for adults": str(share([[audience not in CHILDREN | {""}] for case, audience in taken if case.trap])),
    }


def measure(model: Path) -> dict[str, object]:
    """Return every figure of this part, ready for JSON."""
    read = cache(reader(model))
    cases = [case for path in sorted(MESSAGES.glob("*.jsonl")) if path.name not in (_SAYS_WHO, _EVERYDAY) for case in read_cases(path)]
    foreign = [case for case in cases if case.language]
    english = [case for case in cases if not case.language]
    emergencies = [case for case in english if case.tier == 0]
    plain = [case for case in english if case.tier == 3]
    seen = {case.text: read(case.text) for case in cases}
    asked = [case for name in _QUESTIONS for case in read_cases(MESSAGES / name) if not case.language]
    return {
        "raised": _as_json(by_family(emergencies, read, lambda found: found.urgency in ("emergency", "worried"))),
        "emergency": _as_json(by_family(emergencies, read, lambda found: found.urgency == "emergency")),
        "false alarms": _as_json(by_family(plain, read, lambda found: found.urgency == "emergency")),
        **{name: str(found) for name, found in named(cases, seen).items()},
        "says who": says_who(read_cases(MESSAGES / _SAYS_WHO), read),
        "everyday": str(share([[read(case.text).urgency == "emergency"] for case in read_cases(MESSAGES / _EVERYDAY)])),
        "outside": outside([(case.topic in _OUTSIDE, seen[case.text].topic in _OUTSIDE) for case in english if case.topic]),
        "messages": len(english),
        "questions": questions(asked, seen),
        "languages": {
            "emergencies": len([case for case in foreign if case.tier == 0]),
            "raised": str(share([[seen[case.text].urgency in ("emergency", "worried")] for case in foreign if case.tier == 0])),
            "emergency": str(share([[seen[case.text].urgency == "emergency"] for case in foreign if case.tier == 0])),
            "plain": len([case for case in foreign if case.tier == 3]),
            "false alarms": str(share([[seen[case.text].urgency == "emergency"] for case in foreign if case.tier == 3])),
        },
    }


def named(cases: Sequence[Case], seen: Mapping[str, Understood]) -> dict[str, Share]:
    """Topic, topic or a button to it, and who asks, right; `seen`: what was understood of each text."""
    known = [case for case in cases if case.topic]
    told = [case for case in known if case.audience not in ("", "unknown")]
    return {
        "topic": share([[seen[case.text].topic == case.topic] for case in known]),
        "topic or button": share([[case.topic in (seen[case.text].topic, *seen[case.text].close)] for case in known]),
        "who asks": share([[seen[case.text].audience == case.audience] for case in told]),
    }


def questions(cases: Sequence[Case], seen: Mapping[str, Understood]) -> dict[str, Any]:
    """The figures of messages that ask or tell something, without the sentences of ordinary days; `seen`: what was understood of each."""
    found: dict[str, Any] = {name: vars(each) for name, each in named(cases, seen).items()}
    for name, tier in (("emergencies", 0), ("worries", 1), ("plain", 3)):
        urgencies = [seen[case.text].urgency for case in cases if case.tier == tier]
        found[name] = len(urgencies)
        found[f"{name} as emergency"] = float(np.mean([urgency == "emergency" for urgency in urgencies]))
        found[f"{name} raised"] = float(np.mean([urgency in ("emergency", "worried") for urgency in urgencies]))
    found["outside"] = outside([(case.topic in _OUTSIDE, seen[case.text].topic in _OUTSIDE) for case in cases if case.topic])
    return found


def _as_json(shares: dict[str, Share]) -> dict[str, dict[str, float]]:
    return {name: vars(each) for name, each in shares.items()}


def main() -> None:
    """Measure the model in models/ and print the figures as JSON."""
    print(json.dumps(measure(Path("models/signpost.tar.gz"))))


if __name__ == "__main__":
    main()
