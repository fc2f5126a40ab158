"""A bounded proof over the trained model, as `make prove` does it whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import structlog
from rasa.core.agent import Agent

from signpost.desk.prove.subject import Subject, subject
from signpost.desk.prove.trained import TrainedPolicies, load
from signpost.desk.prove.whole import UNFAITHFUL, machine_agrees, policies_agree
from tests.conftest import MODEL, ROOT
from tests.proof.conftest import REVIEWED, walked, with_writer


@dataclass(frozen=True)
class Loaded:
    agent: Agent
    policies: TrainedPolicies
    proved: Subject


@pytest.fixture(scope="module")
def trained() -> Iterator[Loaded]:
    agent = load(MODEL, ROOT / "data")
    assert agent.domain is not None
    policies = TrainedPolicies(agent, REVIEWED)
    yield Loaded(agent, policies, subject(agent.domain, REVIEWED.content, policies, REVIEWED, ROOT / "data"))
    structlog.reset_defaults()


def test_no_single_answer_no_button_no_story_breaks_a_promise(trained: Loaded) -> None:
    tally = walked(trained.proved, "content", "single", "buttons", "stories", "fallbacks", "random")
    assert not tally.broken, tally.examples


def test_no_pair_of_intents_breaks_a_promise(trained: Loaded) -> None:
    intents = len(trained.proved.intents)
    tally = walked(trained.proved, "pairs", starts=intents)
    assert tally.turns == intents**2
    assert not tally.broken, tally.examples


def test_the_table_says_what_the_policies_say(trained: Loaded) -> None:
    tally = policies_agree(trained.policies, trained.proved.intents, time.monotonic() + 2, seed=0)
    assert tally.turns
    assert not tally.broken, tally.examples


async def test_the_machine_says_what_the_whole_assistant_says(trained: Loaded) -> None:
    tally = await machine_agrees(trained.agent, trained.proved, time.monotonic(), seed=0, least=36)
    assert tally.turns == 36
    assert not tally.broken, tally.examples


async def test_a_machine_that_says_something_else_is_noticed(trained: Loaded) -> None:
    other = with_writer(trained.proved, lambda reply: {**reply, "buttons": reply["buttons"][1:]})
    tally = await machine_agrees(trained.agent, other, time.monotonic(), seed=1, least=6)
    assert tally.broken[UNFAITHFUL] == 6
