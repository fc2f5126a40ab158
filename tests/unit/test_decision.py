"""Whom an answer is for: who the message says, else whoever usually asks about the subject that it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rasa.engine.storage.resource import Resource

from signpost.understanding.best_answer import Wordings
from signpost.understanding.decision import Decision
from signpost.understanding.three_questions import Scores
from signpost.understanding.understood import Understood
from signpost.understanding.who_asks import ADULTS

ROUTES = {"": ["childline", "ceop"]}
ANSWERS = {
    "childs_own": Wordings("practical", "young_person", ROUTES),
    "friends_own": Wordings("practical", "friend", ROUTES),
    "parents_own": Wordings("practical", "parent", ROUTES),
    "dangerous": Wordings("emergency", "young_person", ROUTES),
    "anybodys": Wordings("practical", "unknown", ROUTES),
    "with_own_people": Wordings("practical", "young_person", {**ROUTES, "parent": ["nspcc"]}),
    "choose_parent": Wordings("information", "parent", ROUTES),
    "nlu_fallback": Wordings("information", "unknown", ROUTES),
}


def decided(topic: str, likely: float, audience: str, told: float, *said: str, urgency: str = "practical") -> Understood:
    """What is understood where `topic` is so likely, the words alone tell `audience` so surely, and the message says who asks."""
    others = [name for name in ANSWERS if name not in (topic, "nlu_fallback")]
    store: Any = None
    decision = Decision(Decision.get_default_config(), store, Resource("decision"), ANSWERS)
    rest = "survivor" if audience != "survivor" else "parent"
    scores = Scores({topic: likely, **dict.fromkeys(others, (1 - likely) / len(others))}, {urgency: 1.0}, {audience: told, rest: 1 - told})
    return decision.decide(scores, [], "", said)


def asked(topic: str, likely: float, audience: str, told: float, *said: str, urgency: str = "practical") -> str:
    return decided(topic, likely, audience, told, *said, urgency=urgency).audience


@pytest.mark.parametrize(
    ("topic", "likely", "audience", "told", "answered_for"),
    [
        ("childs_own", 0.6, "parent", 0.85, "young_person"),
        ("childs_own", 0.6, "parent", 0.95, "parent"),
        ("friends_own", 0.6, "young_person", 0.85, "friend"),
        ("friends_own", 0.6, "young_person", 0.95, "young_person"),
        ("parents_own", 0.6, "professional", 0.85, "parent"),
        ("parents_own", 0.6, "professional", 0.95, "professional"),
        ("anybodys", 0.6, "professional", 0.85, "professional"),
    ],
)
def test_a_subject_that_is_named_is_for_whoever_usually_asks_unless_the_message_tells(
    topic: str, likely: float, audience: str, told: float, answered_for: str
) -> None:
    assert asked(topic, likely, audience, told) == answered_for


def test_a_parents_subject_is_no_reason_to_take_a_child_for_a_parent() -> None:
    assert asked("parents_own", 0.45, "young_person", 0.85) == "young_person"


def test_no_adults_work_is_read_into_half_sure_words_about_a_childs_subject() -> None:
    assert asked("childs_own", 0.35, "professional", 0.7) == "young_person"
    assert asked("childs_own", 0.35, "professional", 0.95) == "professional"


def test_how_sure_the_words_are_is_told_of_the_audience_that_is_answered() -> None:
    assert decided("friends_own", 0.6, "young_person", 0.85).who == pytest.approx(0.0)
    assert decided("friends_own", 0.6, "young_person", 0.95).who == pytest.approx(0.95)


def test_whoever_says_who_they_are_is_answered_as_that_whatever_the_subject() -> None:
    assert asked("childs_own", 0.9, "young_person", 0.95, "parent") == "parent"
    assert asked("childs_own", 0.9, "young_person", 0.85, "professional") == "professional"
    assert asked("parents_own", 0.9, "parent", 0.95, "young_person") == "young_person"
    assert decided("childs_own", 0.9, "young_person", 0.95, "parent").who == pytest.approx(1.0)


def test_a_role_that_is_said_hides_no_past_and_no_behaviour_of_ones_own() -> None:
    assert asked("anybodys", 0.9, "survivor", 0.8, "professional") == "survivor"
    assert asked("anybodys", 0.9, "own_behaviour", 0.8, "parent") == "own_behaviour"
    assert asked("anybodys", 0.9, "own_behaviour", 0.8, "young_person") == "own_behaviour"
    assert asked("friends_own", 0.9, "friend", 0.8, "young_person") == "friend"


def test_a_child_who_tells_of_danger_is_not_taken_for_the_adult_whose_words_stand_in_it() -> None:
    assert asked("dangerous", 0.9, "young_person", 0.95, "professional", urgency="emergency") == "young_person"
    assert asked("dangerous", 0.9, "young_person", 0.6, "parent", urgency="emergency") == "parent"


def test_a_subject_keeps_its_answer_when_its_people_are_others_for_whoever_asks() -> None:
    understood = decided("with_own_people", 0.9, "parent", 0.95)
    assert (understood.topic, understood.audience) == ("with_own_people", "parent")


@pytest.mark.parametrize(
    ("likely", "said", "chosen"), [(0.9, (), True), (0.7, (), False), (0.7, ("parent",), True), (0.9, ("young_person",), False)]
)
def test_an_audience_is_chosen_by_plain_words_only(likely: float, said: tuple[str, ...], chosen: bool) -> None:
    """What is chosen stays for the whole conversation, and "im at my nans" looks like a choice."""
    assert (decided("choose_parent", likely, "parent", 0.8, *said).topic == "choose_parent") is chosen


def test_a_child_is_offered_no_adults_subject_where_it_is_plain_that_a_child_asks() -> None:
    assert "parents_own" not in decided("childs_own", 0.5, "young_person", 0.9).close
    assert "friends_own" in decided("childs_own", 0.5, "young_person", 0.9).close
    assert "parents_own" in decided("childs_own", 0.5, "young_person", 0.6).close


def test_no_child_is_heard_where_an_adult_tells_their_age() -> None:
    assert asked("dangerous", 0.9, "young_person", 0.95, *ADULTS, urgency="emergency") not in ("young_person", "unknown", "")


def test_a_child_is_not_answered_in_words_for_a_parent_where_a_childs_answer_is_as_likely() -> None:
    store: Any = None
    decision = Decision(Decision.get_default_config(), store, Resource("decision"), ANSWERS)
    scores = Scores({"parents_own": 0.45, "childs_own": 0.4, "anybodys": 0.15}, {"practical": 1.0}, {"young_person": 0.95, "parent": 0.05})
    assert decision.decide(scores, [], "").topic == "childs_own"
    assert decision.decide(replace(scores, audience={"parent": 0.95, "young_person": 0.05}), [], "").topic == "parents_own"


def test_who_says_to_be_staff_is_no_parent_though_parents_usually_ask() -> None:
    assert asked("parents_own", 0.6, "professional", 0.85, "professional") == "professional"


def test_staff_who_tell_what_was_done_to_them_are_heard_as_survivors() -> None:
    assert asked("anybodys", 0.6, "survivor", 0.95, "professional") == "survivor"


def test_a_survivor_who_asks_as_a_parent_is_answered_as_one() -> None:
    assert asked("parents_own", 0.6, "parent", 0.95, "survivor") == "parent"


def test_that_a_grown_up_asks_is_noted() -> None:
    assert decided("anybodys", 0.6, "survivor", 0.95, *ADULTS).adult
    assert decided("anybodys", 0.6, "survivor", 0.95, "professional").adult
    assert not decided("anybodys", 0.6, "survivor", 0.95).adult
    assert not decided("anybodys", 0.6, "young_person", 0.95, "young_person").adult
    assert not decided("anybodys", 0.6, "friend", 0.95, "friend").adult
