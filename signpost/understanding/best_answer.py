"""Which answer serves best when the topic is not sure: the one with the largest expected usefulness, not simply the likeliest topic.

For each answer and audience it is known from `data/` who stands first on its card and how urgent it is. An answer is useful to a message
about topic t if its first route is among the first three of t (for whoever usually asks about t, or for the answer's own audience) and its
urgency is acceptable for t (`ROUTE`), more useful if it is t's own answer in words for whoever asks (`SUBJECT`), and a little for naming
who asks (`WHO`). The probabilities of the topics weigh that up: expected utility, as in any textbook of decision theory. Measured on
held-out examples in docs/decisions/0003-understanding.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from signpost.register.content import AUDIENCES, CHILDREN, URGENCIES
from signpost.understanding.understood import UNSURE

Array = npt.NDArray[np.float32]

_UTTER = "utter_"
ROUTE, SUBJECT, WHO = 0.6, 0.3, 0.1  # what the right people, the right subject and the right audience are worth; they add up to one
HONEST = 0.03  # what it is worth to say 'not sure' and offer the nearest topics, where nothing else is clearly better
EMERGENCY_LINE = "emergency-999"  # stands before the first route and is not one to tell topics apart by
_NEVER, _RATHER_NOT = 100, 10  # no usefulness outweighs a calmer answer than allowed, nor (where there is another) these
_NEARLY = 0.8  # of the likeliest audience's probability
_ADDRESSED = frozenset({"young_person", "friend"})  # to whom the words for an adult ("your child") are plainly somebody else's
_MAY_BE_A_CHILD = np.array([audience in CHILDREN for audience in AUDIENCES])
_FIRST = 3  # of a topic's routes: any of these may stand first
# How urgent an answer may be for a topic of each urgency: never calmer; a step more urgent only where it does no harm.
_ACCEPTABLE = {
    "emergency": {"emergency"},
    "worried": {"worried"},
    "practical": {"worried", "practical", "information"},
    "information": {"practical", "information"},
}
# Where only an emergency's answer may leave, the one whose people fit the worry that it may be is better than any other.
_ACCEPTABLE_IN_DANGER = {**_ACCEPTABLE, "worried": {"worried", "emergency"}}


@dataclass(frozen=True)
class Wordings:
    """What the choice needs to know of one answer: its urgency, who usually asks, and the routes of each wording ('': the default)."""

    urgency: str
    audience: str
    routes: Mapping[str, Sequence[str]]

    def is_worded_for(self, audience: str) -> bool:
        """Whether its words are for `audience`: an adult's answer speaks to a child only where it has words of their own for one."""
        return audience not in _ADDRESSED or self.audience in CHILDREN or audience in self.routes

    def first_routes(self, audience: str) -> list[str]:
        """The first routes of the wording for `audience`, the 999 line aside."""
        routes = self.routes.get(audience) or self.routes.get("", ())
        return [route for route in routes if route != EMERGENCY_LINE][:_FIRST]


def routes_of(responses: Mapping[str, Sequence[Mapping[str, Any]]], topic: str) -> dict[str, list[str]]:
    """Return the hand-off list of each wording of the answer to `topic` in Rasa's `responses`, by audience ('': the default wording).

    Raises ValueError for a topic without an answer of its name.
    """
    wordings = responses.get(_UTTER + topic)
    if not wordings:
        raise ValueError(f"data/: the intent '{topic}' has no answer. Add 'utter_{topic}' under 'responses:' in its file.")
    routes: dict[str, list[str]] = {}
    for wording in wordings:
        condition = wording.get("condition") or []
        audience = str(condition[0]["value"]) if condition else ""
        routes.setdefault(audience, list((wording.get("metadata") or {}).get("handoff") or []))
    return routes


@dataclass(frozen=True)
class Choice:
    """An answer, who it is worded for, and how likely its topic is (0 to 1; 0 for an 'unsure' answer)."""

    topic: str
    audience: str
    confidence: float


class BestAnswer:
    """Chooses among all answers in all wordings. Built once from the answers of the model."""

    def __init__(self, answers: Mapping[str, Wordings], topics: Sequence[str]) -> None:
        """`answers`: every topic and 'unsure' answer by name. `topics`: the labels that probabilities come in the order of."""
        self._topics = list(topics)
        self._names = [*self._topics, *(name for name in UNSURE.values() if name in answers and name not in topics)]
        urgencies = np.array([URGENCIES.index(answers[name].urgency) for name in self._names])
        self._urgency = np.repeat(urgencies, len(AUDIENCES))
        self._topic_urgency = urgencies[: len(self._topics)]
        self._topic_audience = np.array([AUDIENCES.index(answers[name].audience) for name in self._topics])
        self._audience = np.tile(np.arange(len(AUDIENCES)), len(self._names))
        unsure = np.array([name in UNSURE.values() for name in self._names])
        self._honest = np.repeat(unsure, len(AUDIENCES)).astype(np.float32) * HONEST
        people = self._fitting_people(answers)
        own = np.zeros_like(people)  # the topic's own answer in words for whoever asks
        rows = np.arange(len(self._topics) * len(AUDIENCES))
        own[rows, rows // len(AUDIENCES)] = [answers[name].is_worded_for(audience) for name in self._topics for audience in AUDIENCES]
        self._useful, self._useful_in_danger = (
            ROUTE * people * self._fitting_urgency(acceptable) + SUBJECT * own for acceptable in (_ACCEPTABLE, _ACCEPTABLE_IN_DANGER)
        )

    def _fitting_urgency(self, acceptable: Mapping[str, Collection[str]]) -> Array:
        """1 where the row's answer is as urgent as the column's topic bears."""
        accepted = np.array([[given in acceptable[needed] for needed in URGENCIES] for given in URGENCIES], dtype=np.float32)
        return np.asarray(accepted[self._urgency][:, self._topic_urgency], dtype=np.float32)

    def _fitting_people(self, answers: Mapping[str, Wordings]) -> Array:
        """1 where the row's answer has fitting people for the column's topic.

        The people fit who are for the topic's usual asker, or for the row's: a parent's question has a parent's people.
        """
        routes = {route: index for index, route in enumerate(sorted({r for a in answers.values() for rs in a.routes.values() for r in rs}))}
        first = np.zeros((len(self._urgency), len(routes)), dtype=np.float32)
        for row, (name, audience) in enumerate((name, audience) for name in self._names for audience in AUDIENCES):
            for route in answers[name].first_routes(audience)[:1]:
                first[row, routes[route]] = 1
        people = np.zeros((len(self._urgency), len(self._topics)), dtype=np.float32)
        for number, audience in enumerate(AUDIENCES):
            among = np.zeros((len(self._topics), len(routes)), dtype=np.float32)
            for column, name in enumerate(self._topics):
                for route in (*answers[name].first_routes(answers[name].audience), *answers[name].first_routes(audience)):
                    among[column, routes[route]] = 1
            people[number :: len(AUDIENCES)] = first[number :: len(AUDIENCES)] @ among.T
        return people

    def urgencies(self, topics: Array) -> Array:
        """Probability of each urgency, most urgent first, from the probabilities of the topics."""
        return np.bincount(self._topic_urgency, topics, len(URGENCIES)).astype(np.float32)

    def audiences(self, topics: Array) -> Array:
        """Probability of each audience, in the order of AUDIENCES, from the probabilities of the topics."""
        return np.bincount(self._topic_audience, topics, len(AUDIENCES)).astype(np.float32)

    def __call__(self, topics: Array, audiences: Array, at_least: str, sure: float) -> Choice:
        """Return the most useful answer for the given probabilities; none is calmer than `at_least`, an emergency's only where that is one.

        Where no topic reaches `sure`, only an 'unsure' answer may leave. Only audiences nearly as likely as the likeliest count, and
        while it is as likely as not that a child asks, only those that may be children: an adult sees a child's line sooner than a
        child an adult's.
        """
        likely = audiences >= _NEARLY * audiences.max()
        if audiences[_MAY_BE_A_CHILD].sum() >= audiences.sum() / 2:
            likely &= _MAY_BE_A_CHILD
        in_danger = at_least == URGENCIES[0]
        useful = self._useful_in_danger if in_danger else self._useful
        worth = useful @ topics + WHO * audiences[self._audience] + self._honest
        worth -= _NEVER * (self._urgency > URGENCIES.index(at_least))
        worth -= _RATHER_NOT * ((self._urgency == 0) & (not in_danger))
        worth -= _RATHER_NOT * ~likely[self._audience]
        if topics.max() < sure:
            worth -= _RATHER_NOT * (self._honest == 0)
        row = int(worth.argmax())
        number = row // len(AUDIENCES)
        confidence = float(topics[number]) if number < len(self._topics) else 0.0
        return Choice(self._names[number], AUDIENCES[self._audience[row]], confidence)
