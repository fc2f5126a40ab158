"""The trained model, loaded as a server loads it: its policies asked one question at a time, and the whole of it in a conversation."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog

from signpost.conversation.forgetting_store import ForgettingStore
from signpost.desk.checks.tree import Tree
from signpost.desk.prove.subject import NOW, History
from signpost.handoff.answer_writer import AnswerWriter
from signpost.understanding.understood import UNSURE

_MOST_ACTIONS = 5
_LONGEST = 5  # intents in a row that a memorised story can look at; more than its max_history of three steps
_ANY = UNSURE["information"]  # stands for an intent that matters to no story


def load(model: Path, folder: Path) -> Agent:
    """Load `model` with the register of `folder`, a store in memory and the clock of the proof."""
    # Rasa tells each step of each prediction at debug level, and that a custom action finds no action server here.
    logging.getLogger("rasa").setLevel(logging.CRITICAL)
    configure_structlog(logging.CRITICAL)
    writer = AnswerWriter(EndpointConfig(content=str(folder)), Domain.empty(), clock=lambda: NOW)
    return Agent.load(model_path=str(model), generator=writer, tracker_store=ForgettingStore(None))


def processor_of(agent: Agent) -> MessageProcessor:
    """The agent's processor. Raises RuntimeError when no model is loaded."""
    if agent.processor is None:
        raise RuntimeError("No model is loaded. Run make train.")
    return agent.processor


class TrainedPolicies:
    """What the model's real policies do after some intents.

    The rules look at the last intent only, a memorised story at the turns that it holds. So the policies are asked anew wherever the last
    intents stand next to each other in some story, and once per intent for everything else. `confirm` asks them without that.
    """

    def __init__(self, agent: Agent, reviewed: Tree) -> None:
        self._processor, self._domain = processor_of(agent), agent.domain or Domain.empty()
        self._windows = story_windows(reviewed)
        self._known: dict[tuple[History, str], tuple[str, ...]] = {}

    def __call__(self, history: History, intent: str) -> tuple[str, ...]:
        """The actions taken for `intent` after `history` (intents, oldest first)."""
        key = (self._relevant(history[1 - _LONGEST :], intent), intent)
        if key not in self._known:
            self._known[key] = self.confirm(*key)
        return self._known[key]

    def _relevant(self, before: History, intent: str) -> History:
        """As much of `before` as stands together with `intent` in a story; whatever came before that is all the same."""
        if not before or (before[-1], intent) not in self._windows:
            return ()
        for start in range(len(before)):
            if (*before[start:], intent) in self._windows:
                return before if start == 0 else (_ANY, *before[start:])
        return ()

    def confirm(self, history: History, intent: str) -> tuple[str, ...]:
        """Ask the policies themselves."""
        events: list[Event] = []
        for earlier in history:
            events += [*_heard(earlier), *(ActionExecuted(action) for action in self((), earlier))]
        tracker = DialogueStateTracker.from_events("proof", [*events, *_heard(intent)], self._domain.slots)
        taken: list[str] = []
        for _ in range(_MOST_ACTIONS):
            action, _prediction = self._processor.predict_next_with_tracker_if_should(tracker)
            if action.name() == ACTION_LISTEN_NAME:
                break
            taken.append(action.name())
            tracker.update(ActionExecuted(action.name()))
        return tuple(taken)


def _heard(intent: str) -> list[Event]:
    return [ActionExecuted(ACTION_LISTEN_NAME), UserUttered("", {"name": intent, "confidence": 1.0})]


def story_windows(reviewed: Tree) -> frozenset[History]:
    """Each two and more intents that follow one another in a story."""
    windows: set[History] = set()
    for _, section, entry in reviewed.rules():
        intents = tuple(intents_of(entry)) if section == "stories" else ()
        windows |= {intents[start : start + length] for length in range(2, _LONGEST + 1) for start in range(len(intents) - length + 1)}
    return frozenset(windows)


def intents_of(entry: Mapping[str, object]) -> list[str]:
    """The intents of a rule or story in order; of several that are alternatives, the first."""
    steps = entry.get("steps")
    found = []
    for step in steps if isinstance(steps, list) else []:
        step = step["or"][0] if "or" in step else step
        if "intent" in step:
            found.append(str(step["intent"]))
    return found
