"""The walks: each yields pieces of work that stand for themselves, so that they can be stopped, resumed and shared out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from signpost.conversation.buttons import button_id
from signpost.conversation.context import Before
from signpost.desk.prove.machine import Heard, Machine, State, Turn
from signpost.desk.prove.promises import Promises
from signpost.desk.prove.same_turns import SameTurns, watched
from signpost.desk.prove.subject import Subject
from signpost.desk.prove.tally import Tally
from signpost.desk.prove.trained import intents_of
from signpost.handoff.answers import SERVICE_WORDS, UTTER, read_answers
from signpost.handoff.card import ELSEWHERE
from signpost.register.content import AUDIENCES, URGENCIES
from signpost.understanding.understood import UNSURE

RULE_ASTRAY = "rules that lead elsewhere"
NO_HANDOFF = "answers without a hand-off of their own"
NOT_AS_REVIEWED = "answers that differ from the reviewed files"
DEAD_BUTTON = "buttons that lead nowhere"
NOT_THE_SAME = "turns that their like does not say"
STORY_ASTRAY = "story steps that go another way"

_AREAS = ("", ELSEWHERE)
_CHAIN = 5  # unsure answers in a row
_WALK = 25  # turns of one random conversation
_RANDOM_PIECE = 10_000
_WRITTEN_AGAIN = 10_000  # of so many turns known by their like, one is written all the same, and compared

Work = Callable[[int], Tally]
Outcome = tuple[tuple[str, ...], int]  # what a turn breaks, its messages as a number


@dataclass(frozen=True)
class Walk:
    """One walk: what it covers, whether that is all there is, into how many pieces it is cut, and the work of one piece."""

    name: str
    says: str
    exhaustive: bool
    pieces: int
    work: Work


class Walks:
    """Every walk over one subject."""

    def __init__(self, subject: Subject, random_steps: int = 1_000_000, audiences: Iterable[str] = AUDIENCES) -> None:
        self.subject, self.machine, self.promises = subject, Machine(subject), Promises(subject)
        self._answers = read_answers(subject.domain.responses)
        # Most asked first, so that a run which is cut short has seen what matters most.
        self.starts = [_start(audience, area) for area in _AREAS for audience in audiences]
        self._random_steps = random_steps
        self._heard = [Heard(intent) for intent in subject.intents]
        self._like: SameTurns[Outcome] = SameTurns()
        self._like_start = 0

    def all(self) -> list[Walk]:
        """The walks in the order in which they are done, the longest last."""
        starts, intents = len(self.starts), len(self.subject.intents)
        who = f"{starts} starts (audience and area)"
        return [
            Walk("content", "every answer and rule of the model against the reviewed files", True, 1, self._content),
            Walk("single", f"every intent, raised by every urgency and with every service named, from {who}", True, starts, self._single),
            Walk("buttons", f"every button of every answer, pressed, from {who}", True, starts, self._buttons),
            Walk("stories", f"every rule and story step by step, from {who}", True, starts, self._stories),
            Walk("fallbacks", f"every chain of {_CHAIN} unsure answers, from {who}", True, starts, self._fallbacks),
            Walk("pairs", f"every pair of intents, from {who}", True, starts * intents, self._pairs),
            Walk(
                "random",
                f"random steps in conversations of {_WALK} turns, with patterns, named services and changes of audience",
                False,
                -(-self._random_steps // _RANDOM_PIECE),
                self._random,
            ),
            Walk("triples", f"every triple of intents, from {who}", True, starts * intents, self._triples),
        ]

    def _content(self, _: int) -> Tally:
        tally, subject = Tally(), self.subject
        reviewed, trained = subject.reviewed_responses, subject.domain.responses
        for name in sorted({*reviewed, *trained}):
            same = _as_reviewed(trained.get(name)) == _as_reviewed(reviewed.get(name))
            tally.add([] if same else [NOT_AS_REVIEWED], name)
            for wording in trained.get(name) or []:
                tally.add([] if (wording.get("metadata") or {}).get("handoff") else [NO_HANDOFF], name)
        for intent in subject.intents:
            spoken = [action for action in subject.policies((), intent) if action.startswith(UTTER)]
            tally.add([] if spoken == [f"{UTTER}{intent}"] else [RULE_ASTRAY], (intent, spoken))
        return tally

    def _step(self, tally: Tally, state: State, heard: Heard, path: object) -> State:
        messages, same, after = self.machine.take(state, heard)
        broken = self.promises.broken(messages, same, heard.intent, heard.pattern == URGENCIES[0])
        if broken:
            tally.add(broken, (path, heard, dict(state.slots)))
        else:
            tally.turns += 1
        return after

    def _single(self, start: int) -> Tally:
        tally, state = Tally(), self.starts[start]
        services = [service.id for service in self.subject.content.services.values()]
        for intent in self.subject.intents:
            asked = {name for answer in self._answers.by_topic.get(intent, ()) for name in answer.placeholders()}
            named = services if asked & set(SERVICE_WORDS) else services[:1]
            for pattern, service in product(("", *URGENCIES[:2]), ("", *named)):
                self._step(tally, state, Heard(intent, pattern, service), "single")
        return tally

    def _buttons(self, start: int) -> Tally:
        tally, state = Tally(), self.starts[start]
        leads = {button_id(intent): intent for intent in self.subject.intents}
        for intent in self.subject.intents:
            near = self.subject.intents[:3] if intent in UNSURE.values() else ()
            messages, _, after = self.machine.take(state, Heard(intent, close=near))
            for button in [button for message in messages for button in message.get("buttons") or []]:
                if button["payload"] not in leads:
                    tally.add([DEAD_BUTTON], (intent, button["title"]))
                    continue
                self._step(tally, after, Heard(leads[button["payload"]]), (intent, "button"))
        return tally

    def _stories(self, start: int) -> Tally:
        tally = Tally()
        for _, _, entry in self.subject.reviewed.rules():
            state, said = self.starts[start], [str(step["action"]) for step in entry.get("steps") or [] if "action" in step]
            intents = intents_of(entry)
            taken: list[str] = []
            for intent in intents:
                taken += self.subject.policies(state.history, intent)
                state = self._step(tally, state, Heard(intent), (entry.get("rule") or entry.get("story")))
            tally.add([] if taken == said or not intents else [STORY_ASTRAY], (entry.get("rule") or entry.get("story"), taken))
        return tally

    def _fallbacks(self, start: int) -> Tally:
        tally = Tally()
        for chain in product(UNSURE.values(), repeat=_CHAIN):
            state = self.starts[start]
            for number, intent in enumerate(chain):
                state = self._step(tally, state, Heard(intent, close=self.subject.intents[number : number + 3]), chain)
        return tally

    def _pairs(self, piece: int) -> Tally:
        start, first = divmod(piece, len(self.subject.intents))
        tally, before = Tally(), self.subject.intents[first]
        _, _, after = self.machine.take(self.starts[start], Heard(before))
        for intent in self.subject.intents:
            self._step(tally, after, Heard(intent), before)
        return tally

    def _triples(self, piece: int) -> Tally:
        start, first = divmod(piece, len(self.subject.intents))
        if start != self._like_start:  # from another start hardly any turn is the same
            self._like, self._like_start = SameTurns(), start
        tally, before = Tally(), self.subject.intents[first]
        _, _, after = self.machine.take(self.starts[start], Heard(before))
        for second in self.subject.intents:
            _, _, then = self.machine.take(after, Heard(second))
            answers = self._like.answers_of(then.before)
            for third in self._heard:
                turn = self.machine.turn(then, third)
                broken, same = self._like.find(turn, answers) or self._written(turn, then.before)
                if tally.turns % _WRITTEN_AGAIN == 0 and hash(self.machine.say(turn, then.before)[1]) != same:
                    broken = (*broken, NOT_THE_SAME)
                if broken:
                    tally.add(broken, (before, second, third, dict(then.slots)))
                else:
                    tally.turns += 1
        self.machine.forget_memo()
        return tally

    def _written(self, turn: Turn, before: Before) -> Outcome:
        """What a turn breaks that is written for the first time, and its messages as a number."""
        stand_in, said = watched(before)
        messages, same = self.machine.say(turn, stand_in)
        broken = self.promises.broken(messages, same, turn.heard.intent, turn.heard.pattern == URGENCIES[0])
        outcome = (broken, hash(same))
        self._like.add(turn, said, outcome)
        return outcome

    def _random(self, piece: int) -> Tally:
        tally, dice = Tally(), random.Random(f"signpost {piece}")  # noqa: S311 - a walk that can be walked again
        services = ["", "", "", *self.subject.content.services]
        steps = min(_RANDOM_PIECE, self._random_steps - piece * _RANDOM_PIECE)
        state = self.starts[0]
        path: list[str] = []
        for number in range(steps):
            if number % _WALK == 0:
                state, path = dice.choice(self.starts), []
            intent = dice.choice(self.subject.intents)
            near = tuple(dice.sample(self.subject.intents, 3)) if intent in UNSURE.values() else ()
            heard = Heard(intent, dice.choice(["", "", "", *URGENCIES[:2]]), dice.choice(services), near)
            state = self._step(tally, state, heard, tuple(path))
            path.append(intent)
        self.machine.forget_memo()
        return tally


def _start(audience: str, area: str) -> State:
    slots = {"audience": None if audience == "unknown" else audience, "area": area or None}
    return State(tuple(sorted((name, value) for name, value in slots.items() if value)))


def _as_reviewed(wordings: Iterable[Mapping[str, Any]] | None) -> list[tuple[Any, ...]]:
    """What of an answer people have reviewed: the words, for whom they are, and everything its metadata say."""
    return [
        (
            " ".join(str(wording.get("text") or "").split()),
            [(part.get("name"), part.get("value")) for part in wording.get("condition") or []],
            wording.get("metadata"),
        )
        for wording in wordings or []
    ]
