"""What a trained component is made from besides examples and config, so that Rasa's cache never gives back an older one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_CODE = Path(__file__).parent


def made_from(config: Mapping[str, Any], *settings: str) -> str:
    """A fingerprint of the code of this folder and of the files that `settings` of `config` name. For `fingerprint_addon`.

    A folder stands for all files in it. Rasa asks with none of the settings when it puts in a kept result; then the code alone counts.
    """
    together = hashlib.sha256()
    for path in [*sorted(_CODE.glob("*.py")), *_files(config.get(setting, []) for setting in settings)]:
        together.update(path.read_bytes())
    return together.hexdigest()


def _files(named: Iterable[str | list[str]]) -> Iterable[Path]:
    for each in named:
        for path in map(Path, [each] if isinstance(each, str) else each):
            yield from sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
