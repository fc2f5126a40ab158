"""Which answer leaves: the one that serves best, given what the message may be about."""

from __future__ import annotations

import numpy as np

from signpost.register.content import AUDIENCES, URGENCIES
from signpost.understanding.best_answer import BestAnswer, Wordings

ANSWERS = {
    "likelier_danger": Wordings("emergency", "young_person", {"": ["emergency-999", "police-101"]}),
    "danger_with_fitting_people": Wordings("emergency", "young_person", {"": ["emergency-999", "report-remove"]}),
    "worry": Wordings("worried", "young_person", {"": ["report-remove", "childline"]}),
    "unsure_worried": Wordings("worried", "unknown", {"": ["childline"]}),
}
ONLY_A_CHILD = np.array([audience == "young_person" for audience in AUDIENCES], dtype=np.float32)
MOSTLY_A_WORRY = np.array([0.3, 0.2, 0.5], dtype=np.float32)


def test_where_danger_has_to_be_answered_the_people_fit_the_worry_that_it_may_be() -> None:
    best = BestAnswer(ANSWERS, ["likelier_danger", "danger_with_fitting_people", "worry"])
    assert best(MOSTLY_A_WORRY, ONLY_A_CHILD, URGENCIES[0], 0.0).topic == "danger_with_fitting_people"


def test_a_worry_is_answered_as_one_where_danger_does_not_have_to_be() -> None:
    best = BestAnswer(ANSWERS, ["likelier_danger", "danger_with_fitting_people", "worry"])
    assert best(MOSTLY_A_WORRY, ONLY_A_CHILD, URGENCIES[1], 0.0).topic == "worry"


def test_no_emergency_card_leaves_below_the_danger_that_asks_for_one_however_useful_it_would_be() -> None:
    best = BestAnswer(ANSWERS, ["likelier_danger", "danger_with_fitting_people", "worry"])
    assert best(np.array([0.9, 0.0, 0.1], dtype=np.float32), ONLY_A_CHILD, URGENCIES[1], 0.0).topic in ("worry", "unsure_worried")
