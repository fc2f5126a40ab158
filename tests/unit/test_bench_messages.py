"""The figures of `make bench`: formulas whose answers are known."""

from __future__ import annotations

import pytest

from benchmarks.messages import Case, outside, questions, says_who, share
from signpost.understanding.understood import Understood


def test_f1_of_out_of_scope_is_the_harmonic_mean_of_precision_and_recall() -> None:
    found = outside([(True, True)] * 6 + [(True, False)] * 2 + [(False, True)] * 4 + [(False, False)] * 88)
    assert found == {"messages": 8, "precision": 0.6, "recall": 0.75, "f1": pytest.approx(2 * 0.6 * 0.75 / 1.35)}


def test_nothing_found_is_no_division_by_nought() -> None:
    assert outside([(True, False), (False, False)])["f1"] == 0


def test_interval_rests_on_whole_sentences_not_on_their_mutants() -> None:
    """Two sentences with a hundred mutants each are two witnesses: the interval stays as wide as two allow."""
    found = share([[True] * 100, [False] * 100])
    assert (found.share, found.low, found.high, found.sentences) == (0.5, 0.0, 1.0, 2)


def test_who_says_so_and_children_taken_for_adults_are_counted_apart() -> None:
    heard = {"as a mum": "parent", "as a vicar": "parent", "he said i am a coach": "professional", "my mum says": "friend"}
    cases = [Case("as a mum", "", "parent", 3, ""), Case("as a vicar", "", "professional", 3, "")]
    traps = [Case(text, "", "young_person", 3, "", trap=True) for text in ("he said i am a coach", "my mum says")]
    found = says_who([*cases, *traps], lambda text: Understood("", "information", heard[text], True, 1.0))
    assert found["right"].startswith("50.0%")
    assert found["children taken for adults"].startswith("50.0%")


def test_each_kind_of_question_is_counted_apart() -> None:
    cases = [
        Case("he hit me", "hurt", "young_person", 0, ""),
        Case("he sends gifts", "gifts", "young_person", 1, ""),
        Case("he wants to meet", "meet", "unknown", 1, ""),
        Case("what is this", "about", "parent", 3, ""),
    ]
    seen = {
        "he hit me": Understood("hurt", "emergency", "young_person", True, 1.0),
        "he sends gifts": Understood("meet", "worried", "parent", True, 1.0, close=("gifts",)),
        "he wants to meet": Understood("gifts", "emergency", "", True, 1.0),
        "what is this": Understood("about", "information", "parent", True, 1.0),
    }
    found = questions(cases, seen)
    assert (found["emergencies"], found["worries"], found["plain"]) == (1, 2, 1)
    assert (found["worries raised"], found["worries as emergency"]) == (1.0, 0.5)
    assert (found["plain as emergency"], found["emergencies as emergency"]) == (0.0, 1.0)
    assert (found["topic"]["share"], found["topic or button"]["share"]) == (0.5, 0.75)
    assert found["who asks"]["share"] == pytest.approx(2 / 3)
    assert found["who asks"]["sentences"] == 3
