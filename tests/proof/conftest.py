"""What the proof's own tests prove: the reviewed content of this tree, and copies of it with one thing broken."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain

from signpost.desk.checks.tree import Tree
from signpost.desk.prove.subject import Policies, Subject, policies_of_rules, read_reviewed, subject
from signpost.desk.prove.tally import Tally
from signpost.desk.prove.walks import Walks
from signpost.handoff.answer_writer import AnswerWriter, Situation
from tests.conftest import ROOT

REVIEWED = read_reviewed(ROOT)
RESPONSES = {name: wordings for file in REVIEWED.files.values() for name, wordings in (file.get("responses") or {}).items()}
NAMES = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
Change = Callable[[dict[str, Any]], dict[str, Any] | None]


def model(
    responses: dict[str, list[dict[str, Any]]] | None = None, policies: Policies | None = None, reviewed: Tree | None = None
) -> Subject:
    """The content of this tree as a model would hold it, or with other answers, policies or reviewed files."""
    domain = Domain.from_dict({**NAMES, "responses": copy.deepcopy(RESPONSES if responses is None else responses)})
    rules = policies or policies_of_rules(REVIEWED)
    return subject(domain, REVIEWED.content, rules, reviewed or REVIEWED, ROOT / "data")


def walked(proved: Subject, *names: str, starts: int = 1) -> Tally:
    """What the walks of these names count, from the first few audiences."""
    tally = Tally()
    for walk in Walks(proved, random_steps=2_000, audiences=("unknown", "young_person", "parent")).all():
        if walk.name in names:
            for piece in range(min(starts, walk.pieces)):
                tally.join(walk.work(piece))
    return tally


def few(proved: Subject) -> Subject:
    """The same with every tenth intent, emergencies among them: enough to see a fault that is everywhere."""
    return replace(proved, urgencies={intent: proved.urgencies[intent] for intent in proved.intents[::10]})


class BrokenWriter(AnswerWriter):
    """Writes as the real one does, then spoils it."""

    change: Change = staticmethod(lambda reply: reply)

    def write(self, topic: str, situation: Situation) -> dict[str, Any] | None:
        reply = super().write(topic, situation)
        return type(self).change(copy.deepcopy(reply)) if reply else None


def with_writer(proved: Subject, change: Change) -> Subject:
    """The same with a writer that spoils each reply by `change`."""
    broken = type("Spoilt", (BrokenWriter,), {"change": staticmethod(change)})
    return replace(proved, writer=broken(None, proved.domain, clock=proved.writer._clock))


@pytest.fixture(scope="session")
def sound() -> Subject:
    return model()
