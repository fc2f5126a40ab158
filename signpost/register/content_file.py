"""One content file: read as an operator left it, with a fault that says which file, what is wrong and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml


class ContentFault(ValueError):
    """A content file is missing or wrong. The message names the file, the fault and the mend."""


def read_yaml(path: Path) -> dict[str, Any]:
    """Read the file at `path`, made of 'key: value' lines. Raises ContentFault."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # every start waits: fifty times as fast
    except OSError as fault:
        raise ContentFault(f"{path} is missing or cannot be opened. Restore it from the last release.") from fault
    except UnicodeDecodeError as fault:
        raise ContentFault(
            f"{path}: not a text file any more (byte {fault.start} is no UTF-8). Restore it from the last release."
        ) from fault
    except yaml.YAMLError as fault:
        place = getattr(fault, "problem_mark", None)
        line = f", line {place.line + 1}" if place else ""
        raise ContentFault(f"{path}{line}: not valid YAML ({getattr(fault, 'problem', fault)}). Undo the last edit there.") from fault
    if not isinstance(content, dict):
        raise ContentFault(f"{path}: empty, or no 'key: value' lines at its top. Restore it from the last release.")
    return content


def entries_of(content: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
    """Return the list `key` of `content`, which was read from `path`. Raises ContentFault."""
    value = content.get(key)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ContentFault(f"{path}: '{key}' must be a list of entries, each with its own keys.")
    return value


def day_of(value: object, where: str) -> date:
    """Return `value` as a day; `where` names file and entry in the fault. Raises ContentFault."""
    try:
        return date.fromisoformat(str(value))
    except ValueError as fault:
        raise ContentFault(f"{where}: '{value}' is no date. Write it in quotes as \"2027-05-23\".") from fault
