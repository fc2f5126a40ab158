"""Turns that are the same: what asks the same questions of a conversation and hears the same answers says the same.

An answer may ask the turns before it only what `Before` offers. So each turn is written with a `Watched` one, which notes every question
and its answer. Another turn in which the same message comes to the same slots, and each question has the same answer, goes through the
writer step for step alike: it need not be written again to know what it breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from signpost.conversation.context import Before

Question = tuple[str, tuple[Hashable, ...]]  # name of a method of Before, and what it was given
Said = list[tuple[Question, Hashable]]
Told = TypeVar("Told")
_ASKS_OTHERWISE = "signpost/handoff/: the same turn asks other questions the second time, so what it says cannot be relied on."


class Watched:
    """Stands in for a `Before`: passes every question on, and notes it with its answer in `said`. What is no question is refused."""

    def __init__(self, before: Before, said: Said) -> None:
        self._before, self._said = before, said

    def __eq__(self, other: object) -> bool:
        raise AttributeError("signpost/handoff/ compares the turns before as a whole; only a method of Before can be watched.")

    def __hash__(self) -> int:
        raise AttributeError("signpost/handoff/ looks up the turns before as a whole; only a method of Before can be watched.")

    def __getattr__(self, name: str) -> Callable[..., Hashable]:
        method = getattr(self._before, name)
        if not callable(method):
            raise AttributeError(f"signpost/handoff/ reads '{name}' of the turns before; only a method of Before can be watched.")

        def ask(*given: Hashable) -> Hashable:
            answer: Hashable = method(*given)
            self._said.append(((name, given), answer))
            return answer

        return ask


def watched(before: Before) -> tuple[Before, Said]:
    """Return a stand-in for `before`, and the list that fills with what is asked of it."""
    said: Said = []
    return cast(Before, Watched(before, said)), said


@dataclass(slots=True)
class _Node(Generic[Told]):
    """What is asked next and where each answer leads; at the end (`question` None) what is told."""

    question: Question | None = None
    told: Told | None = None
    then: dict[int, _Node[Told]] = field(default_factory=dict)


class Answers:
    """What one `Before` answers, as numbers that are equal for equal answers. Each question is put to it once."""

    def __init__(self, before: Before, numbers: dict[Hashable, int]) -> None:
        self._before, self._numbers = before, numbers
        self.known: dict[int, int] = {}  # by the identity of the question

    def __call__(self, question: Question) -> int:
        """Ask `question`, which must be the same object each time; the answer's number is in `known` then."""
        name, given = question
        number = self.known[id(question)] = numbered(getattr(self._before, name)(*given), self._numbers)
        return number


class SameTurns(Generic[Told]):
    """What is told of turns, found again by what they ask."""

    def __init__(self) -> None:
        self._first: dict[Hashable, _Node[Told]] = {}
        self._questions: dict[Question, Question] = {}  # each as one object, known by its identity
        self._numbers: dict[Hashable, int] = {}

    def answers_of(self, before: Before) -> Answers:
        """The answers of `before`, ready for `find`."""
        return Answers(before, self._numbers)

    def find(self, turn: Hashable, answers: Answers) -> Told | None:
        """What is told of a turn like this: `turn` is all that it depends on besides the turns before; None when there was none yet."""
        node, known = self._first.get(turn), answers.known
        while node is not None and (question := node.question) is not None:
            number = known.get(id(question))
            node = node.then.get(answers(question) if number is None else number)
        return node.told if node else None

    def add(self, turn: Hashable, said: Said, told: Told) -> None:
        """Remember what is told of a turn that asked and heard `said`. Raises RuntimeError when a like turn asked something else."""
        node = self._first.setdefault(turn, _Node())
        for question, answer in dict(said).items():
            if node.told is not None or node.question not in (None, question):
                raise RuntimeError(_ASKS_OTHERWISE)
            node.question = self._questions.setdefault(question, question)
            node = node.then.setdefault(numbered(answer, self._numbers), _Node())
        if node.question is not None:
            raise RuntimeError(_ASKS_OTHERWISE)
        node.told = told


def numbered(answer: Hashable, numbers: dict[Hashable, int]) -> int:
    """The number of `answer` in `numbers`, which grows by those not seen before."""
    return numbers.setdefault(answer, len(numbers))
