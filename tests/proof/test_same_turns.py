"""A triple of intents that is known by its like is told rightly: the same as if it had been written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from signpost.conversation.context import Before, Earlier, Situation
from signpost.desk.prove import promises as told
from signpost.desk.prove import walks
from signpost.desk.prove.machine import Heard, Machine, State
from signpost.desk.prove.same_turns import SameTurns, watched
from signpost.desk.prove.subject import Subject
from signpost.desk.prove.walks import Walks
from signpost.handoff.answer_writer import AnswerWriter
from signpost.register.content import URGENCIES
from tests.proof.conftest import model, with_writer

SOUND = model()
MACHINE = Machine(SOUND)
SAME: SameTurns[bytes] = SameTurns()  # grows over all that hypothesis tries, so that later turns find their like
TOPICS = ("feel_suicidal", "asked_for_nudes", "ask_what_is_grooming", "affirm", "followup_is_it_free", "parent_signs", "fallback")
FEW = ("affirm", "ask_what_is_grooming", "feel_suicidal", "parent_signs", "nlu_fallback")


@some.composite
def turns(draw: some.DrawFn) -> Before:
    services = some.lists(some.sampled_from(["emergency-999", "childline", "nspcc", "ceop", "samaritans"]), max_size=3, unique=True)
    turn = some.builds(Earlier, some.sampled_from(TOPICS), some.sampled_from(TOPICS), some.sampled_from(URGENCIES), services.map(tuple))
    return Before(tuple(draw(some.lists(turn, max_size=4))))


@given(turns(), some.sampled_from(SOUND.intents), some.sampled_from(["", "parent", "young_person"]))
@settings(max_examples=400, deadline=None)
def test_a_watched_answer_is_the_answer_and_its_like_says_the_same(before: Before, intent: str, audience: str) -> None:
    turn = MACHINE.turn(State((("audience", audience),) if audience else ()), Heard(intent))
    stand_in, said = watched(before)
    _, same = MACHINE.say(turn, stand_in)
    assert same == MACHINE.say(turn, before)[1]
    assert SAME.find(turn, SAME.answers_of(before)) in (None, same)
    SAME.add(turn, said, same)
    assert SAME.find(turn, SAME.answers_of(before)) == same


def test_a_writer_that_looks_at_the_turns_itself_is_refused() -> None:
    stand_in, _ = watched(Before())
    with pytest.raises(AttributeError, match="only a method of Before"):
        _ = stand_in.turns
    with pytest.raises(AttributeError, match="only a method of Before"):
        _ = stand_in == Before()
    with pytest.raises(AttributeError, match="looks up the turns"):
        hash(stand_in)


@pytest.mark.parametrize("second", [[], [(("in_a_row", ("x",)), 1), (("times_shown", ("x",)), 0)], [(("times_shown", ("x",)), 1)]])
def test_a_turn_that_asks_other_things_the_second_time_is_refused(second: Any) -> None:
    same: SameTurns[str] = SameTurns()
    same.add("turn", [(("in_a_row", ("x",)), 1)], "told")
    with pytest.raises(RuntimeError, match="asks other questions"):
        same.add("turn", second, "told")


def of_few(proved: Subject) -> Walks:
    return Walks(replace(proved, urgencies={intent: proved.urgencies[intent] for intent in FEW}), audiences=("young_person",))


def everything(name: str, walks_of: Walks) -> Any:
    walk = next(walk for walk in walks_of.all() if walk.name == name)
    tally = walk.work(0)
    for piece in range(1, walk.pieces):
        tally.join(walk.work(piece))
    return tally


class AfterTwo(AnswerWriter):
    """Loses the card of an 'ok' that comes after two certain answers."""

    def write(self, topic: str, situation: Situation) -> dict[str, Any] | None:
        both = situation.before.times_shown("feel_suicidal") and situation.before.times_shown("ask_what_is_grooming")
        reply = super().write(topic, situation)
        return {"text": reply["text"], "buttons": []} if reply and topic == "affirm" and both else reply


def test_a_fault_that_needs_three_turns_is_found_by_the_triples_alone() -> None:
    broken = of_few(replace(SOUND, writer=AfterTwo(None, SOUND.domain, clock=SOUND.writer._clock)))
    assert not everything("pairs", broken).broken
    tally = everything("triples", broken)
    starts = len(broken.starts)
    assert tally.turns == starts * len(FEW) ** 3
    assert tally.broken[told.NO_ROUTE] == starts * 2, "in either order, from every start"


class AnswersTheSecondTimeOtherwise(AnswerWriter):
    """Goes by something that no question shows."""

    times = 0

    def write(self, topic: str, situation: Situation) -> dict[str, Any] | None:
        type(self).times += 1
        reply = super().write(topic, situation)
        return reply and {**reply, "buttons": reply["buttons"][type(self).times % 2 :]}


def test_an_answer_that_goes_by_something_else_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "_WRITTEN_AGAIN", 1)
    assert not everything("triples", of_few(SOUND)).broken
    writer = AnswersTheSecondTimeOtherwise(None, SOUND.domain, clock=SOUND.writer._clock)
    assert everything("triples", of_few(replace(SOUND, writer=writer))).broken[walks.NOT_THE_SAME]


def test_triples_break_what_their_turns_break_one_by_one() -> None:
    spoilt = of_few(with_writer(SOUND, lambda reply: None if reply["custom"]["handoff"]["urgency"] == "worried" else reply))
    one_by_one = 0
    for start in spoilt.starts:
        for first in FEW:
            _, _, after = spoilt.machine.take(start, Heard(first))
            for second in FEW:
                _, _, then = spoilt.machine.take(after, Heard(second))
                one_by_one += sum(not spoilt.machine.take(then, Heard(third))[0] for third in FEW)
    assert everything("triples", spoilt).broken[told.NO_ROUTE] == one_by_one > 0
