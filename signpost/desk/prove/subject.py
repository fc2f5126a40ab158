"""What is proved: a model (answers, policies, writer, guard) against the content that people have reviewed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from signpost.desk.checks.tree import Tree, read_tree
from signpost.handoff.answer_writer import AnswerWriter
from signpost.handoff.answers import UTTER, read_answers
from signpost.handoff.guard import Guard
from signpost.register.content import Content, read_content
from signpost.understanding.understood import UNSURE

NOW = datetime(2026, 12, 2, 23, 40, tzinfo=timezone.utc)  # a Wednesday night: the register through time has a test of its own

# What only understanding reads, before a walk begins: files of `data/`, and the section of a language's file that shows the language.
_ONLY_UNDERSTOOD = frozenset({"who_asks.yml", "text_speak.yml", "courtesies.yml"})
_LANGUAGE = "language"

History = tuple[str, ...]
Policies = Callable[[History, str], tuple[str, ...]]  # intents heard before, the intent now -> the actions taken, in order


@dataclass(frozen=True)
class Subject:
    """A model as the proof sees it. `urgencies`: each intent's own urgency, as reviewed; `slot_sets`: what an intent writes down."""

    domain: Domain
    content: Content
    writer: AnswerWriter
    guard: Guard
    policies: Policies
    reviewed: Tree
    urgencies: Mapping[str, str]
    slot_sets: Mapping[str, tuple[tuple[str, Any], ...]]

    @property
    def intents(self) -> tuple[str, ...]:
        """Every intent that the model can understand, in order."""
        return tuple(self.urgencies)

    @property
    def reviewed_responses(self) -> dict[str, list[dict[str, Any]]]:
        """The answers as they stand in the reviewed files, in the form of a Rasa domain."""
        return {
            name: wordings for file in self.reviewed.files.values() for name, wordings in (file.get("responses") or {}).items() if wordings
        }


def read_reviewed(root: Path) -> Tree:
    """The reviewed content of the tree at `root`. Raises ContentFault when a content file is wrong."""
    return read_tree(root, read_content(root / "data"), date.today())


def subject(domain: Domain, content: Content, policies: Policies, reviewed: Tree, folder: Path, at: datetime = NOW) -> Subject:
    """Put together what is proved: `domain` and `policies` of the model, `content` and `reviewed` as people wrote them."""
    urgencies = {topic.name: str(topic.metadata.get("urgency") or "") for topic in reviewed.topics}
    urgencies |= {topic: urgency for urgency, topic in UNSURE.items()}
    return Subject(
        domain=domain,
        content=content,
        writer=AnswerWriter(EndpointConfig(content=str(folder)), domain, clock=lambda: at),
        guard=Guard(content, read_answers(domain.responses)),
        policies=policies,
        reviewed=reviewed,
        urgencies=dict(sorted(urgencies.items())),
        slot_sets=_slot_sets(domain),
    )


def _slot_sets(domain: Domain) -> dict[str, tuple[tuple[str, Any], ...]]:
    """What each intent writes into the slots, by the mappings of the domain."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for slot in domain.slots:
        for mapping in slot.mappings:
            if mapping.get("type") == "from_intent":
                intents = mapping.get("intent")
                for intent in intents if isinstance(intents, list) else [intents]:
                    found.setdefault(str(intent), []).append((slot.name, mapping.get("value")))
    return {intent: tuple(slots) for intent, slots in found.items()}


def policies_of_rules(reviewed: Tree) -> Policies:
    """The policies that the rules of `reviewed` amount to: each intent's own actions, whatever came before."""
    taken: dict[str, tuple[str, ...]] = {}
    for _, section, entry in reviewed.rules():
        steps = entry.get("steps") or []
        if section == "rules" and steps and "intent" in steps[0]:
            taken[str(steps[0]["intent"])] = tuple(str(step["action"]) for step in steps[1:] if "action" in step)
    return lambda history, intent: taken.get(intent, (f"{UTTER}{UNSURE['information']}",))


def content_hash(root: Path) -> str:
    """One SHA-256 over all that answers are made of: `data/` without what only understanding reads, domain.yml, the policies of config.yml.

    The walks begin where a message has been understood, so that an example more or another pipeline changes nothing that they walk.
    """
    digest = hashlib.sha256(hash_of([root / "domain.yml"], root).encode())
    config = yaml.load((root / "config.yml").read_bytes(), Loader=yaml.CSafeLoader)
    digest.update(json.dumps(config.get("policies"), default=str).encode())
    for path in sorted((root / "data").rglob("*.yml")):
        if path.name not in _ONLY_UNDERSTOOD:
            digest.update(f"{path.relative_to(root)}\0".encode())
            digest.update(hashlib.sha256(_as_answered(path.read_bytes())).digest())
    return digest.hexdigest()


def _as_answered(written: bytes) -> bytes:
    """A content file less the examples of its intents and the words that show a language; as it is where it is no YAML or has neither."""
    try:
        content = yaml.load(written, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return written
    if not isinstance(content, dict) or not {"nlu", _LANGUAGE} & content.keys():
        return written
    first: dict[str, Any] = {}  # of several entries of an intent, the first says who usually asks and how urgent it is
    for entry in content.get("nlu") or []:
        first.setdefault(str(entry.get("intent")), entry.get("metadata"))
    return json.dumps({**content, "nlu": first, _LANGUAGE: None}, default=str).encode()


def walked_hash(proved: Subject) -> str:
    """One SHA-256 over what the walks take from the model: its domain (answers, slots) and the actions that its policies choose.

    Models that agree in it were trained from other examples at most. It also fills the table of policies, which asks the model.
    """
    actions = [proved.policies((first,), second) for first in proved.intents for second in proved.intents]
    return hashlib.sha256(json.dumps([proved.domain.as_dict(), actions], sort_keys=True, default=str).encode()).hexdigest()


def code_hash(root: Path) -> str:
    """One SHA-256 over the code that an answer passes between the policies and the person."""
    rooms = [root / "signpost" / room for room in ("conversation", "handoff", "register")]
    return hash_of(sorted([*(path for room in rooms for path in room.rglob("*.py")), *(root / "signpost").glob("web_chat/turn.py")]), root)


def hash_of(paths: Iterable[Path], root: Path) -> str:
    """One SHA-256 over the names and the bytes of `paths`."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
