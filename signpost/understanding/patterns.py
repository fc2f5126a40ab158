"""The patterns of the safety net: how they are written and read. `pattern_finder.py` finds them in a message.

A pattern stands in the `patterns` section of its topic's file:

    - name: wants_to_die            its name, once in the whole tree
      any: ["want to die"]          lines; one of them is enough
      unless: ["phone/battery"]     lines; one of them close by (six words) means that it is a figure of speech
      needs: ["tablet/pill"]        lines; one of them must stand somewhere in the message too
      audience: friend              who says it, when that is not whom the topic is for
      finds: ["i wanna die"]        messages that `make check` wants it to find, when no example of the topic shows it

A line is words in their order, parted by blanks:

    hurt          the word in all its forms (hurts, hurting), with one slip of spelling in words of five letters or more
    hurt/harm     any of these words
    =died         exactly this form
    <person>      any word of that list in data/safety/words.yml
    (ever)        may be missing
    !part/up      one word that is none of these, or the end of the sentence
    *             up to four words of any kind
    **            up to eight words of any kind
    ^  $          the start and the end of a sentence

No line reaches over a full stop. Before matching, some words are left out of the message (`fillers`: just, really) and some
pairs become one word (`phrases`: no one -> nobody), both in data/safety/words.yml; write lines accordingly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signpost.register.content_file import read_yaml

_PARTS = {"name", "any", "unless", "needs", "audience", "finds"}


class PatternFault(ValueError):
    """A pattern cannot be read. The message names the file, the pattern and the mend."""


@dataclass(frozen=True)
class Pattern:
    """One named pattern: any of `lines` counts, unless a line of `unless` stands close by or a line of `needs` is missing."""

    name: str
    topic: str
    urgency: str
    audience: str
    lines: tuple[str, ...]
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    finds: tuple[str, ...] = ()
    file: str = "data/"


@dataclass(frozen=True)
class Words:
    """data/safety/words.yml: `lists` for <list>, `fillers` left out, `phrases` that become one word, `forms` with their lemma."""

    lists: Mapping[str, list[str]] = field(default_factory=dict)
    fillers: frozenset[str] = frozenset()
    phrases: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)


def read_patterns(folder: Path) -> list[Pattern]:
    """Read the `patterns` sections of every file below `folder`. Raises ContentFault for a file that cannot be read, PatternFault."""
    patterns: list[Pattern] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*/*.yml")):
        content = read_yaml(path) if _may_have_patterns(path) else {}
        for entry in content.get("patterns") or []:
            pattern = _pattern(entry, content, path)
            if pattern.name in seen:
                raise PatternFault(f"{path}: '{pattern.name}' is the name of a pattern in {seen[pattern.name]} too. Rename one.")
            seen[pattern.name] = str(path)
            patterns.append(pattern)
    return patterns


def _pattern(entry: Any, content: Mapping[str, Any], path: Path) -> Pattern:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry.get("any"):
        raise PatternFault(f"{path}: a pattern needs 'name' and 'any' (a list of lines).")
    name = entry["name"]
    if odd := sorted(set(entry) - _PARTS):
        raise PatternFault(f"{path}: '{name}' has '{odd[0]}', which nobody reads. Use one of {', '.join(sorted(_PARTS))}.")
    for part in ("any", "unless", "needs", "finds"):
        lines = entry.get(part) or []
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise PatternFault(f"{path}: '{part}' of '{name}' must be a list of lines, each in quotes.")
    about = ((content.get("nlu") or [{}])[0]).get("metadata") or {}
    if not about.get("urgency"):
        raise PatternFault(f"{path}: its first intent has no 'metadata: {{audience: ..., urgency: ...}}'. Add it.")
    return Pattern(
        name=name,
        topic=path.stem,
        urgency=about["urgency"],
        audience=str(entry.get("audience") or about.get("audience") or ""),
        lines=tuple(entry["any"]),
        unless=tuple(entry.get("unless") or ()),
        needs=tuple(entry.get("needs") or ()),
        finds=tuple(entry.get("finds") or ()),
        file=str(path),
    )


def _may_have_patterns(path: Path) -> bool:
    """Whether `path` must be read as YAML. Few files have patterns, every start waits, and `make check` tells of all the broken ones."""
    try:
        return "\npatterns:" in f"\n{path.read_text(encoding='utf-8')}"
    except (OSError, UnicodeDecodeError):
        return True  # then `read_yaml` says what is wrong with it


def read_words(path: Path) -> Words:
    """Read data/safety/words.yml. Raises ContentFault when it cannot be read, PatternFault."""
    content = read_yaml(path)
    lists = content.get("lists")
    if not isinstance(lists, dict) or not all(_are_words(words) for words in lists.values()):
        raise PatternFault(f"{path}: 'lists' must map a name to a list of words. Put quotes round words such as 'no' and 'on'.")
    fillers, phrases, forms = content.get("fillers") or [], content.get("phrases") or {}, content.get("forms") or {}
    if not _are_words(fillers):
        raise PatternFault(f"{path}: 'fillers' must be a list of words. Put quotes round words such as 'no' and 'on'.")
    for name, pairs in (("phrases", phrases), ("forms", forms)):
        if not isinstance(pairs, dict) or not _are_words([*pairs, *pairs.values()]):
            raise PatternFault(f"{path}: '{name}' must map words to a word. Put quotes round words such as 'no' and 'on'.")
    return Words(lists, frozenset(fillers), {tuple(phrase.split()): word for phrase, word in phrases.items()}, forms)


def _are_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def line_number(file: str, line: str) -> int:
    """Where `line` stands in `file`, counted from 1; 0 when it cannot be found."""
    try:
        lines: Iterable[str] = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((number for number, text in enumerate(lines, start=1) if line in text), 0)
