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


def test_questions_are_told_apart_from_ordinary_days() -> None:
    found = questions(lambda _: Understood("tell_ceop", "emergency", "", True, 1.0))
    assert (found["plain"], found["emergencies"], found["worries"]) == (128, 184, 438)
    assert found["plain as emergency"] == found["emergencies raised"] == found["worries as emergency"] == 1.0
    assert found["who asks"] == 0.0
    assert found["outside"]["recall"] == 0.0
