"""`make bench`: measure how well messages are understood, and write docs/benchmarks.md.

Each step's figures are kept in results/bench/; `--only` measures some steps again and takes the others from there.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

RESULTS = Path("results/bench")
PAGE = Path("docs/benchmarks.md")
BY_HAND = Path("docs/benchmarks-from-outside.md")
STEPS = ("messages", "cross_validation", "clinc150")


def main() -> int:
    """Run the steps and write the page. Returns 1 when a step failed; what was measured before is kept."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--only", nargs="*", choices=STEPS, default=STEPS)
    ask.add_argument("--clinc150", help="path or https address of data_full.json; without it that step is left as it was")
    ask.add_argument("--rasa", action="store_true", help="train Rasa's default pipeline on CLINC150 too (an hour or more)")
    args = ask.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    failed = False
    for name in args.only:
        if name == "clinc150":
            pipelines = ("ours", "rasa") if args.rasa else ("ours",)
            for shots, who in product(("10", "0") if args.clinc150 else (), pipelines):
                failed |= not _step(f"clinc150-{who}-{shots}", ["benchmarks.clinc150", who, str(args.clinc150), shots])
        else:
            failed |= not _step(name, [f"benchmarks.{name}"])
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    return int(failed)


def _step(name: str, module: list[str]) -> bool:
    print(f"{name} ...", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, "-W", "ignore", "-m", *module], stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own modules
    if done.returncode:
        print(f"{name} failed; its lines above say why. The figures measured before are kept.", file=sys.stderr)
        return False
    (RESULTS / f"{name}.json").write_text(done.stdout.splitlines()[-1], encoding="utf-8")
    return True


def page() -> str:
    """Return docs/benchmarks.md from the figures in results/bench/."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    parts = [
        f"# Figures\n\nWritten by `make bench` on {date.today()}, {platform.machine()}, other work running on the machine. "
        "Nothing here was used to train. How fast: docs/benchmarks-speed.md.\n"
    ]
    if "messages" in found:
        parts.append(_messages(found["messages"]))
    if "cross_validation" in found:
        parts.append(_folds(found["cross_validation"]))
    clinc = {name: figures for name, figures in found.items() if name.startswith("clinc150")}
    if clinc:
        parts.append(_clinc(clinc))
    if BY_HAND.exists():
        parts.append(BY_HAND.read_text(encoding="utf-8"))
    return "\n".join(parts)


def _messages(figures: dict[str, Any]) -> str:
    names = list(figures["raised"])
    rows = "\n".join(
        f"| {name} | {_share(figures['raised'][name])} | {_share(figures['emergency'][name])} | {_share(figures['false alarms'][name])} |"
        for name in names
    )
    languages, outside, says = figures["languages"], figures["outside"], figures["says who"]
    count = figures["raised"]["as written"]["sentences"], figures["false alarms"]["as written"]["sentences"]
    ask = figures["questions"]
    return f"""## Our own messages and their mutants

`tests/messages/`, {figures["messages"]} messages in English by writers who had not seen the examples; {count[0]} emergencies
and {count[1]} plain questions, each in fourteen families of mutants (`benchmarks/mutants.py`). In brackets the 95 % interval of a
bootstrap over whole sentences, since mutants of one sentence are not independent.

Sentences and rambles of ordinary days (`ordinary.jsonl`, `long_messages.jsonl`) are among them and far harder than the rest. Without them
{ask["plain as emergency"]:.1%} of {ask["plain"]} plain questions get an emergency card;
{ask["emergencies raised"]:.1%} of {ask["emergencies"]} emergencies are raised, {ask["emergencies as emergency"]:.1%} to emergency;
{ask["worries raised"]:.1%} of {ask["worries"]} worries are raised, {ask["worries as emergency"]:.1%} to emergency;
topics are right in {ask["topic"]["share"]:.1%}, or a button in {ask["topic or button"]["share"]:.1%};
who asks in {ask["who asks"]["share"]:.1%} of the {ask["who asks"]["sentences"]} that tell it;
F1 of outside or not understood {ask["outside"]["f1"]:.2f}, of {ask["outside"]["messages"]} such messages.

| Family | emergencies raised to emergency or worried | to emergency | plain questions with an emergency card |
|---|---|---|---|
{rows}

In other languages (`other_languages.jsonl`; mutants in English make no sense of them): of {languages["emergencies"]} emergencies raised
{languages["raised"]}, to emergency {languages["emergency"]}; of {languages["plain"]} plain questions given an emergency card
{languages["false alarms"]}.

Topic named right {figures["topic"]}; named or offered as a button {figures["topic or button"]}; who asks, right {figures["who asks"]}.
Where a message says who asks, about a subject that others usually ask about (`says_who.jsonl`): right {says["right"]}; children in whose
messages an adult's words stand, taken for an adult: {says["children taken for adults"]}.
Long stories of ordinary days with a plain question in them (`everyday.jsonl`), given an emergency card: {figures["everyday"]}.
Out of scope or not understood, recognised: F1 {outside["f1"]:.2f} (precision {outside["precision"]:.2f}, recall {outside["recall"]:.2f};
{outside["messages"]} such messages; published for a demo bot of Rasa's: .58).
"""


def _share(figures: dict[str, float]) -> str:
    return f"{figures['share']:.1%} ({figures['low']:.0%}-{figures['high']:.0%})"


def _folds(figures: dict[str, Any]) -> str:
    return f"""## Five-fold cross-validation on our own examples

{figures["examples"]} examples: topic right {figures["topic"]:.1%}, among the first three {figures["topic among three"]:.1%}, urgency
{figures["urgency"]:.1%}, who asks {figures["who asks"]:.1%}; expected calibration error of the topic {figures["calibration error"]:.3f}.

![Who asks and urgency, true and given](pictures/confusion.png)

![How often the topic is right by how likely it was said to be](pictures/reliability.png)
"""


def _clinc(figures: dict[str, dict[str, Any]]) -> str:
    rows = "\n".join(
        f"| {each['pipeline']} | {each['examples']} | {each['in_scope_accuracy']:.1%} | {each['out_of_scope_recall']:.1%} "
        f"| {each['out_of_scope_precision']:.1%} | {each['training_seconds']:.0f} | {each['milliseconds']:.1f} | {each['memory_mb']:.0f} |"
        for each in figures.values()
    )
    return f"""## CLINC150 with out-of-scope queries

Larson et al., EMNLP 2019, CC BY 3.0; `make bench CLINC=path-or-address`. 1,600 examples are ten an intent (seed 150) with the 100
out-of-scope ones, 15,100 all of them. Times are the processor's, all cores together, so that other work does not count.
Published: Rasa 91.5 / 45.3, Rasa with more out-of-scope data 90.9 / 66.0, BERT 96.9 / 40.3.

| Pipeline | examples | in-scope accuracy | out-of-scope recall | its precision | training s | ms a message | memory MB |
|---|---|---|---|---|---|---|---|
{rows}
"""


if __name__ == "__main__":
    sys.exit(main())
