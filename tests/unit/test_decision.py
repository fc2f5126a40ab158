"""Whom an answer is for: who the message says, else whoever usually asks about the subject that it names."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.storage.resource import Resource

from signpost.understanding.best_answer import Wordings
from signpost.understanding.decision import Decision
from signpost.understanding.three_questions import Scores
from signpost.understanding.understood import Understood

ROUTES = {"": ["childline", "ceop"]}
ANSWERS = {
    "childs_own": Wordings("practical", "young_person", ROUTES),
    "friends_own": Wordings("practical", "friend", ROUTES),
    "parents_own": Wordings("practical", "parent", ROUTES),
    "anybodys": Wordings("practical", "unknown", ROUTES),
    "nlu_fallback": Wordings("information", "unknown", ROUTES),
}


def decided(topic: str, likely: float, audience: str, told: float) -> Understood:
    """What is understood where `topic` is so likely and the words alone tell `audience` so surely."""
    others = [name for name in ANSWERS if name not in (topic, "nlu_fallback")]
    store: Any = None
    decision = Decision(Decision.get_default_config(), store, Resource("decision"), ANSWERS)
    rest = "survivor" if audience != "survivor" else "parent"
    scores = Scores(
        {topic: likely, **dict.fromkeys(others, (1 - likely) / len(others))}, {"practical": 1.0}, {audience: told, rest: 1 - told}
    )
    return decision.decide(scores, [], "")


def asked(topic: str, likely: float, audience: str, told: float) -> str:
    return decided(topic, likely, audience, told).audience


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
