"""docs/benchmarks-speed.md and its pictures from what the steps have found."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

from benchmarks.speed.projects import DEFAULT, ROOT, SIGNPOST
from benchmarks.speed.steps import RESULTS, ratio

mpl.use("Agg")
from matplotlib import pyplot as plt

_REPORT = ROOT / "docs" / "benchmarks-speed.md"
_PICTURES = ROOT / "docs" / "pictures"
_SLOWEST_MS = 250  # the 99th percentile of a turn, above which a core counts as full
Found = dict[str, Any]


def write_report() -> Path:
    """Write the report from the files in results/speed/; a step that has not been measured is left out."""
    found = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(RESULTS.glob("*.json"))}
    parts = [_head(found), _beside(found), _turns(found), _rate(found), _memory(found), _sizes(found), _workers(found)]
    _REPORT.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
    return _REPORT


def _head(found: dict[str, Found]) -> str:
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    loads = [each["measured"]["load_before"] for each in found.values()]
    busy = f"Other work ran on it: load average {min(loads):.1f} to {max(loads):.1f} before the steps." if loads else ""
    return (
        "# How fast\n\n`make bench-speed` measures this and writes this page (`QUICK=1` in half an hour, all in hours; stopped, it\n"
        f"goes on where it was). Machine: {model}, {_cores()} cores, {platform.system()}. {busy}\n"
        "So read the ratios, and the seconds that cores worked (CPU) before those by the clock. Signpost and Rasa's default\n"
        "pipeline have the same intents, 20 examples each, and the same answers; wrk sends messages that\n"
        "neither was trained on. Intervals: 95 %, bootstrap."
    )


def _cores() -> int:
    return Path("/proc/cpuinfo").read_text().count("processor\t")


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _beside(found: dict[str, Found]) -> str:
    rows = []
    ours, theirs = found.get(f"{SIGNPOST}_train"), found.get(f"{DEFAULT}_train")
    if ours and theirs:
        for clock in ("wall", "cpu"):
            a, b = ours["train"][clock], theirs["train"][clock]
            rows.append([f"training, {ours['topics']} topics, {clock} s", f"{a:.0f}", f"{b:.0f}", f"{a / b:.2f}"])
    ours, theirs = found.get(f"{SIGNPOST}_turns"), found.get(f"{DEFAULT}_turns")
    if ours and theirs:
        for clock in ("wall", "cpu"):
            a, b = ours["ready"][clock], theirs["ready"][clock]
            rows.append([f"start to ready, {clock} s", f"{a:.1f}", f"{b:.1f}", f"{a / b:.2f}"])
        rows.append(
            ["memory when ready, MB", f"{ours['memory']:.0f}", f"{theirs['memory']:.0f}", f"{ours['memory'] / theirs['memory']:.2f}"]
        )
        a, b = ours["cpu_ms"], theirs["cpu_ms"]
        rows.append(["first turn, CPU ms", f"{a:.1f}", f"{b:.1f}", f"{a / b:.2f}"])
    return "## Beside the default pipeline\n\n" + _table(["", "Signpost", "default", "ratio"], rows) if rows else ""


def _turns(found: dict[str, Found]) -> str:
    ours, theirs = found.get(f"{SIGNPOST}_turns"), found.get(f"{DEFAULT}_turns")
    if not ours:
        return ""
    rows, curves = [], {"Signpost": ours, **({"Rasa's default": theirs} if theirs else {})}
    for turn, times in ours["times"].items():
        other = theirs["times"].get(turn) if theirs else None
        beside = "{:.2f} ({:.2f} to {:.2f})".format(*ratio(times, other)) if times and other else "-"
        rows.append(
            [
                turn,
                _median(times),
                _median(other),
                beside,
                "{:.2f} ({:.2f} to {:.2f})".format(*ratio(times, ours["times"]["1"])) if times else "-",
            ]
        )
    _draw(curves)
    encoder = ours["encoder"]
    whole = "{:.2f} ({:.2f} to {:.2f})".format(*ratio(ours["times"]["1"], encoder["times"]))
    return (
        "## A turn, and how it grows with the conversation\n\nOne person at a time over HTTP, medians in ms.\n\n"
        + _table(["turn", "Signpost", "default", "ratio", "Signpost against its turn 1"], rows)
        + f"\n\nThe encoder's own time in the same minute: {_median(encoder['times'])} ms, {encoder['cpu_ms']:.1f} ms CPU;\n"
        f"a whole turn takes {whole} times that by the clock, {ours['cpu_ms'] / encoder['cpu_ms']:.2f} times in CPU, HTTP included.\n\n"
        "![Milliseconds at turn 1, 10, 100 and 300](pictures/speed_turns.png)"
    )


def _median(times: list[float] | None) -> str:
    return f"{np.median(times):.1f}" if times else "-"


def _draw(curves: dict[str, Found]) -> None:
    figure, axes = plt.subplots(figsize=(5, 3), dpi=100)
    for name, each in curves.items():
        points = [(int(turn), np.median(times)) for turn, times in each["times"].items() if times]
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.set(xscale="log", xlabel="turn of the conversation", ylabel="milliseconds", ylim=(0, None))
    axes.legend()
    figure.tight_layout()
    figure.savefig(_PICTURES / "speed_turns.png")
    plt.close(figure)


def _rate(found: dict[str, Found]) -> str:
    rows = []
    for kind, name in ((SIGNPOST, "Signpost"), (DEFAULT, "default")):
        each: Found | None = found.get(f"{kind}_rate")
        for row in each["rows"] if each else []:
            rate, bad = row["requests"] / row["seconds"], row["bad"]
            rows.append(
                [name, str(row["people"]), f"{rate:.0f}", f"{row['p50']:.0f}", f"{row['p99']:.0f}", f"{1000 / row['cpu_ms']:.0f}", str(bad)]
            )
    if not rows:
        return ""
    crowd = found.get("signpost_crowd")
    said = ""
    if crowd:
        said = (
            f"\n\nA thousand people who each write every 10 s on average: {crowd['requests'] / crowd['seconds']:.0f} messages a second, "
            f"p50 {crowd['p50']:.0f} ms, p99 {crowd['p99']:.0f} ms, {crowd['bad']} bad replies."
        )
    head = ["", "people", "messages/s", "p50 ms", "p99 ms", "messages per second of CPU", "bad"]
    limit = f"One assistant on one core; a core is full when p99 passes {_SLOWEST_MS} ms. People write without a pause (closed loop)."
    return f"## Messages a second\n\n{limit}\n\n{_table(head, rows)}{said}"


def _memory(found: dict[str, Found]) -> str:
    rows = []
    for kind, name in ((SIGNPOST, "Signpost"), (DEFAULT, "default")):
        each = found.get(f"{kind}_memory")
        if each:
            (_, start), (count, end) = each["rows"][0], each["rows"][-1]
            rows.append([name, f"{start:.0f}", f"{count:,}", f"{end:.0f}", f"{end / start:.2f}", f"{1024 * (end - start) / count:.1f}"])
    head = ["", "MB warm", "conversations", "MB after them", "ratio", "kB a conversation"]
    return f"## Memory\n\n{_table(head, rows)}" if rows else ""


def _sizes(found: dict[str, Found]) -> str:
    rows = []
    for name, each in sorted(found.items(), key=lambda item: (item[1].get("stories", 0), item[1].get("topics", 0))):
        if name.startswith(("topics_", "stories_")):
            cost = [f"{each['train']['wall']:.0f}", f"{each['train']['cpu']:.0f}", _median(each["times"]), f"{each['cpu_ms']:.1f}"]
            rows.append([str(each["topics"]), str(each["stories"]), *cost, f"{each['memory']:.0f}"])
    head = ["topics and rules", "stories", "training s", "training CPU s", "turn ms", "turn CPU ms", "MB"]
    return f"## What topics, rules and stories cost\n\n{_table(head, rows)}" if rows else ""


def _workers(found: dict[str, Found]) -> str:
    each = [found[name] for name in ("workers_1", "workers_2") if name in found]
    rows = [
        [str(one["workers"]), f"{one['requests'] / one['seconds']:.0f}", f"{one['p50']:.0f}", f"{one['p99']:.0f}", str(one["bad"])]
        for one in each
    ]
    if not rows:
        return ""
    said = f"nginx, Redis and wrk share the {each[0]['cores']} cores with the workers, so this is a lower bound."
    return f"## Workers\n\n{said}\n\n" + _table(["workers", "messages/s", "p50 ms", "p99 ms", "bad"], rows)
