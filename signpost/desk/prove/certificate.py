"""What the proof says in the end, and whether it still speaks of the content that lies there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signpost.desk.prove.promises import PROMISES
from signpost.desk.prove.subject import code_hash, content_hash
from signpost.desk.prove.walks import DEAD_BUTTON, NO_HANDOFF, NOT_AS_REVIEWED, NOT_THE_SAME, RULE_ASTRAY, STORY_ASTRAY
from signpost.desk.prove.whole import LET_THROUGH, OTHER_ACTION, UNFAITHFUL

PATH = Path("docs/assurance/certificate.json")
COUNTED = (
    *PROMISES,
    NO_HANDOFF,
    NOT_AS_REVIEWED,
    RULE_ASTRAY,
    STORY_ASTRAY,
    DEAD_BUTTON,
    NOT_THE_SAME,
    LET_THROUGH,
    OTHER_ACTION,
    UNFAITHFUL,
)
REDUCTION = (
    "An answer depends on what the store remembers and on what was understood of the message, and on nothing else. The walks go through "
    "the real answer writer, the real form of the store and the real guard with exactly that input; only the choice of the action comes "
    "from a table, which the trained policies filled: they look at the last intent, and at the turns before it only where a story holds "
    "the same turns. Both halves are checked against the model itself, as often as counted here: random triples put to the policies, and "
    "random conversations held with the whole assistant (pressed button, policies, store, writer, guard), answer by answer. A third "
    "turn is written once for all conversations that answer alike each question the writer asks of them; the others are known by their "
    "like, and one in ten thousand of them is written all the same and compared."
)


@dataclass(frozen=True)
class Part:
    """How far one walk has come."""

    name: str
    says: str
    exhaustive: bool
    turns: int
    done: int
    pieces: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left of it."""
        return self.done >= self.pieces


def certificate(
    parts: list[Part], broken: Mapping[str, int], examples: Mapping[str, list[str]], about: Mapping[str, Any], needed: tuple[str, ...]
) -> dict[str, Any]:
    """Return the certificate. It is `passed` when nothing was broken and every walk in `needed` is whole."""
    counts = {kind: int(broken.get(kind, 0)) for kind in COUNTED}
    missing = [part.name for part in parts if part.name in needed and not part.whole]
    return {
        "passed": not any(counts.values()) and not missing,
        "broken": counts,
        "examples": dict(examples),
        "not finished": missing,
        "exhaustive": {part.name: _as_dict(part) for part in parts if part.exhaustive},
        "sampled": {part.name: _as_dict(part) for part in parts if not part.exhaustive},
        "turns": sum(part.turns for part in parts),
        "reduction": REDUCTION,
        **about,
    }


def _as_dict(part: Part) -> dict[str, Any]:
    return {"what": part.says, "turns": part.turns, "pieces done": part.done, "of": part.pieces, "whole": part.whole}


def fault_of(root: Path) -> str | None:
    """Return why the certificate of the tree at `root` cannot be relied on, in one sentence, or None."""
    path = root / PATH
    if not path.is_file():
        return f"{PATH} is missing. Run make prove."
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept.get("content_sha256") != content_hash(root):
        return f"{PATH} speaks of other content than lies in data/. Run make train, then make prove."
    if kept.get("code_sha256") != code_hash(root):
        return f"{PATH} speaks of other code than lies in signpost/. Run make prove."
    if not kept.get("passed"):
        return f"{PATH} did not pass: {', '.join([kind for kind, count in kept['broken'].items() if count] or kept['not finished'])}."
    return None
