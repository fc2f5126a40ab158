"""Whose words a turn gets: said outright, chosen, told, heard before, or guessed from the subject."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation.context import HEARD, USUAL, lasting, who_asks
from signpost.understanding.understood import KEY, Understood
from tests.unit.test_context import DOMAIN, understood


@pytest.mark.parametrize(
    ("now", "chosen", "heard", "usual", "audience"),
    [
        (understood("t"), "", "", "", "unknown"),
        (understood("t", "parent", who=0.97), "", "", "", "parent"),
        (understood("t", "young_person"), "", "parent", "", "parent"),
        (understood("t", "young_person", who=0.97), "", "parent", "", "young_person"),
        (understood("t", "young_person", who=0.97), "parent", "", "", "parent"),
        (understood("t", "young_person", who=0.97), "friend", "", "", "young_person"),
        (understood("t", "parent", who=0.97), "young_person", "", "", "young_person"),
        (understood("t"), "", "", "parent", "parent"),
        (understood("t", "young_person", urgency="emergency"), "", "parent", "", "young_person"),
        (understood("t", "young_person", who=0.97, urgency="emergency"), "parent", "", "", "young_person"),
        (None, "survivor", "", "", "survivor"),
        (understood("t", "parent", who=1.0), "young_person", "", "", "parent"),
        (understood("t", "young_person", who=1.0), "parent", "", "", "young_person"),
        (understood("t", "young_person", urgency="emergency", sure=False), "", "parent", "", "parent"),
        (understood("t", "young_person"), "", "", "friend", "friend"),
        (understood("t", "young_person"), "", "", "own_behaviour", "own_behaviour"),
    ],
)
def test_who_asks_of_six_words(now: Understood | None, chosen: str, heard: str, usual: str, audience: str) -> None:
    assert who_asks(now, 6, chosen, heard, usual) == audience


def test_a_few_words_make_nobody_an_adult_of_another_kind_and_say_outright_all_the_same() -> None:
    assert who_asks(understood("t", "operator"), 3, "", "", "professional") == "professional"
    assert who_asks(understood("t", "operator"), 9, "", "", "professional") == "professional", "nobody is taken for staff by a guess"
    assert who_asks(understood("t", "young_person"), 3, "", "", "professional") == "young_person"
    assert who_asks(understood("t", "parent", who=1.0), 3, "", "", "professional") == "parent"


def heard(text: str, audience: str) -> UserUttered:
    return UserUttered(text, {"name": "t"}, parse_data={"intent": {"name": "t"}, KEY: understood("t", audience, who=0.5).as_dict()})


@pytest.mark.parametrize(("then", "usual"), [("and what", "friend"), ("can i ask about something else", "young_person")])
def test_a_few_words_do_not_change_who_usually_asks(then: str, usual: str) -> None:
    told = [heard("could a mate be in trouble", "friend"), heard(then, "young_person")]
    assert lasting(DialogueStateTracker.from_events("t", told, DOMAIN.slots))[USUAL] == usual


def grown_up(audience: str, who: float = 0.1) -> Understood:
    return replace(understood("t", audience, who=who), adult=True)


def test_whoever_says_that_they_are_grown_up_is_no_child_and_what_they_told_of_themselves_is_a_survivors() -> None:
    assert who_asks(grown_up("parent"), 2, "young_person", "young_person", "young_person") == "survivor"
    assert who_asks(grown_up("survivor"), 2, "", "", "parent") == "parent", "an adult before is the same adult still"
    assert who_asks(grown_up("own_behaviour", 0.8), 9, "", "", "young_person") == "own_behaviour"


@pytest.mark.parametrize(
    ("text", "now", "asks"),
    [
        ("im 31", grown_up("parent"), "survivor"),
        ("im a mum", grown_up("parent", 1.0), "parent"),
        ("im a nurse and it was done to me", grown_up("survivor", 0.6), "survivor"),
    ],
)
def test_whoever_says_that_they_are_grown_up_stays_so(text: str, now: Understood, asks: str) -> None:
    said = UserUttered(text, {"name": "t"}, parse_data={"intent": {"name": "t"}, KEY: now.as_dict()})
    slots = lasting(DialogueStateTracker.from_events("t", [heard("he wants to meet me", "young_person"), said], DOMAIN.slots))
    assert who_asks(understood("t", "young_person", who=0.5), 3, "", slots[HEARD], slots.get(USUAL, "")) == asks


def test_a_longer_sentence_does_not_make_a_child_of_whoever_worries_about_what_they_did() -> None:
    told = [heard("what if i did it to somebody", "own_behaviour"), heard("i did not do that to anybody", "young_person")]
    assert lasting(DialogueStateTracker.from_events("t", told, DOMAIN.slots))[USUAL] == "own_behaviour"
