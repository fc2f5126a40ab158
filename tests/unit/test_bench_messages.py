"""The figures of `make bench`: formulas whose answers are known."""

from __future__ import annotations

import pytest

from benchmarks.messages import outside, share


def test_f1_of_out_of_scope_is_the_harmonic_mean_of_precision_and_recall() -> None:
    found = outside([(True, True)] * 6 + [(True, False)] * 2 + [(False, True)] * 4 + [(False, False)] * 88)
    assert found == {"messages": 8, "precision": 0.6, "recall": 0.75, "f1": pytest.approx(2 * 0.6 * 0.75 / 1.35)}


def test_nothing_found_is_no_division_by_nought() -> None:
    assert outside([(True, False), (False, False)])["f1"] == 0


def test_interval_rests_on_whole_sentences_not_on_their_mutants() -> None:
    """Two sentences with a hundred mutants each are two witnesses: the interval stays as wide as two allow."""
    found = share([[True] * 100, [False] * 100])
    assert (found.share, found.low, found.high, found.sentences) == (0.5, 0.0, 1.0, 2)
