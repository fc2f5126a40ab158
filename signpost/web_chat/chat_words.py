"""The words of the chat page, from `data/page.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from signpost.register.content import AUDIENCES
from signpost.register.content_file import ContentFault, read_yaml

_TROUBLES = ("slow", "gone", "fault", "busy", "refused")


@dataclass(frozen=True)
class ChatWords:
    """`words` by name, `trouble` by what went wrong, the `safe_word`, and the groups of the panel: audience and title."""

    words: Mapping[str, str]
    trouble: Mapping[str, str]
    safe_word: str
    panel: tuple[tuple[str, str], ...]


def read_chat_words(folder: Path) -> ChatWords:
    """Read page.yml of `folder` (`data/`). Raises ContentFault, naming file, fault and mend, when it is missing or wrong."""
    path = folder / "page.yml"
    content = read_yaml(path)
    try:
        words = {str(name): str(text) for name, text in content["words"].items()}
        trouble = {str(name): str(text) for name, text in content["trouble"].items()}
        panel = tuple((str(group["audience"]), str(group["title"])) for group in content["panel"])
        safe_word = str(content["safe_word"]).strip().lower()
    except (KeyError, TypeError, AttributeError) as fault:
        raise ContentFault(f"{path}: a part is missing or broken ({fault}). It needs safe_word, words, trouble and panel.") from fault
    if missing := [name for name in _TROUBLES if not trouble.get(name)]:
        raise ContentFault(f"{path}: trouble lacks {', '.join(missing)}. Add a sentence for each.")
    if unknown := {audience for audience, _ in panel} - set(AUDIENCES):
        raise ContentFault(f"{path}: panel names {', '.join(sorted(unknown))}; use {', '.join(AUDIENCES)}.")
    if not safe_word.isalpha():
        raise ContentFault(f"{path}: safe_word must be one word of letters. Choose one that nobody needs in a message.")
    words["fast_word"] = words.get("fast_word", "").replace("{safe_word}", safe_word)
    return ChatWords(words, trouble, safe_word, panel)
