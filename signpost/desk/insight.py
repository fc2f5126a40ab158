"""`make insight`: turn the daily files of counts into one page with pictures, `results/insight/index.html`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from signpost.counting.counts import DAY, HOUR, Row
from signpost.counting.daily_file import read_rows
from signpost.register.content import read_content
from signpost.register.content_file import ContentFault

mpl.use("Agg")  # no screen is needed
from matplotlib import pyplot as plt

_PAGE = Path(__file__).parent / "page"
_TABLES = ("topic", "urgency", "audience", "shown", "used", "guard")
_MOST_BARS = 15


def main() -> int:
    """Write the page. Returns 0, or 1 when the counts or the register cannot be read."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--counts", type=Path, default=Path("results/counts"))
    ask.add_argument("--to", type=Path, default=Path("results/insight"))
    args = ask.parse_args()
    try:
        page = write_page(read_rows(args.counts), args.to, Path("data"))
    except (ContentFault, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"Written: {page}")
    return 0


def write_page(rows: list[Row], folder: Path, content_folder: Path) -> Path:
    """Write page and pictures of `rows` into `folder`; return the page's path. Raises ContentFault, OSError."""
    content = read_content(content_folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = {service.id: service.name for service in content.services.values()}
    days = totals(rows, DAY)
    main_colour = str(content.council.colours["main"])
    sections = []
    for table in _TABLES:
        counted = [(names.get(value, value), chats) for value, chats in days.get(table, Counter()).most_common(_MOST_BARS)]
        if counted:
            _bars(counted, folder / f"{table}.png", main_colour)
        sections.append({"table": table, "counted": counted})
    hours = chats_by_hour(rows, content.council.calendar)
    if hours:
        _bars([(f"{hour}:00", hours[hour]) for hour in sorted(hours)], folder / "hours.png", main_colour)
    template = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined).get_template("insight.html")
    starts = sorted({row.start.date() for row in rows})
    page = folder / "index.html"
    page.write_text(
        template.render(
            council=content.council.words["council"],
            first=_said(starts[0]) if starts else "",
            last=_said(starts[-1]) if starts else "",
            chats=days.get("chats", Counter())["all"],
            fallback=fallback_rate(days),
            sections=sections,
            hours=bool(hours),
        ),
        encoding="utf-8",
    )
    return page


def totals(rows: list[Row], window: str) -> dict[str, Counter[str]]:
    """Return the sums of the rows of one kind of window, by table and value. Several workers' rows add up."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        if row.window == window:
            found.setdefault(row.table, Counter())[row.value] += row.chats
    return found


def chats_by_hour(rows: list[Row], calendar: Any) -> Counter[int]:
    """Return the chats of each hour of the council's own clock, all days together."""
    hours: Counter[int] = Counter()
    for row in rows:
        if row.window == HOUR and row.table == "chats":
            hours[calendar.local(row.start).hour] += row.chats
    return hours


def fallback_rate(days: dict[str, Counter[str]]) -> int | None:
    """Return how many chats of a hundred met a question that the assistant could not place, or None when that may not be told."""
    chats, fallback = days.get("chats", Counter())["all"], days.get("fallback", Counter())["all"]
    return min(100, round(100 * fallback / chats)) if chats and fallback else None


def _bars(counted: list[tuple[str, int]], path: Path, colour: str) -> None:
    figure, axes = plt.subplots(figsize=(8, 0.6 + 0.32 * len(counted)), layout="constrained")
    names = [name.replace("_", " ") for name, _ in counted]
    axes.barh(names[::-1], [chats for _, chats in counted][::-1], color=colour)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


if __name__ == "__main__":
    sys.exit(main())
