"""The daily CSV: one file a day and process, a line for each figure that may be told."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from signpost.counting.counts import Row

COLUMNS = ("window", "start", "table", "value", "chats")
_NAME = secrets.token_hex(3)  # tells apart the files of several workers, and of one before and after a restart


def write_rows(folder: Path, hour: datetime, rows: Iterable[Row]) -> Path:
    """Add `rows` to the file of the day of the closed `hour`, making file and folder where they are missing. Raises OSError.

    It is called for every hour, also one of which nothing may be told: that a file was touched says nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"counts-{hour:%Y-%m-%d}-{_NAME}.csv"
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(COLUMNS)
        writer.writerows((row.window, row.start.isoformat(), row.table, row.value, row.chats) for row in rows)
    return path


def read_rows(folder: Path) -> list[Row]:
    """Return the rows of all files in `folder`. Raises ValueError naming the file that is no file of counts."""
    rows: list[Row] = []
    for path in sorted(folder.glob("counts-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file)
            if tuple(lines.fieldnames or ()) != COLUMNS:
                raise ValueError(f"{path} is no file of counts: its first line must be {','.join(COLUMNS)}. Take it out of the folder.")
            rows += [
                Row(line["window"], datetime.fromisoformat(line["start"]), line["table"], line["value"], int(line["chats"]))
                for line in lines
            ]
    return rows
