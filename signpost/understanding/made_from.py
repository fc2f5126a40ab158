"""What a trained component is made from besides examples and config, so that Rasa's cache never gives back an older one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

_CODE = Path(__file__).parent


def made_from(*files: str) -> str:
    """A fingerprint of the code of this folder and of `files`; a folder stands for all files in it. For `fingerprint_addon`."""
    together = hashlib.sha256()
    for path in [*sorted(_CODE.glob("*.py")), *_all(map(Path, files))]:
        together.update(path.read_bytes())
    return together.hexdigest()


def _all(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
