"""Counts of words and letter groups: the same numbers, whether learned from, asked for, or read back from a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signpost.understanding.text_features import TextFeatures, _counters, _terms

TEXTS = [
    "he wants me to send him pictures of me",
    "he says he will send the pictures to my mum",
    "my mum found the pictures and the messages",
    "what is grooming and who can i ask about it",
    "who can i ask about the messages that he sends to me",
    "is it my fault that he sends me messages",
    "he he he he wants pictures pictures pictures",
]
VECTORS = np.random.default_rng(1).normal(size=(len(TEXTS), 4)).astype(np.float32)
COUNTERS = _counters()
KNOWN = [counter.fit(TEXTS) for counter in COUNTERS]


def test_a_text_asked_alone_gives_the_numbers_that_were_learned_from() -> None:
    features, learned = TextFeatures.learned(TEXTS, VECTORS)
    assert np.allclose(features(TEXTS, VECTORS), learned, atol=1e-5)
    for text, vector, row in zip(TEXTS, VECTORS, learned, strict=True):
        assert np.allclose(features([text], vector[None, :])[0], row, atol=1e-5)


@given(st.text(alphabet="he wants pictures grom?!\u00e9 ", max_size=80))
def test_terms_count_as_scikit_learn_counts_them(text: str) -> None:
    for counter in KNOWN:
        theirs = counter.transform([text]).toarray()[0]
        ours = np.zeros_like(theirs)
        places, weights = _terms(counter, counter.vocabulary_, counter.idf_.tolist()).of(text)
        ours[places] = weights
        assert np.allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("text", ["", "?!", "qqqq zzzz"])
def test_a_text_of_unknown_terms_only_has_no_counts_and_is_no_fault(text: str) -> None:
    features, learned = TextFeatures.learned(TEXTS, VECTORS)
    row = features([text], VECTORS[:1])[0]
    assert np.isfinite(row).all()
    assert not row[VECTORS.shape[1] :].any()
    assert row.shape == learned[0].shape


def test_what_a_model_keeps_gives_the_same_numbers(tmp_path: Path) -> None:
    features, _ = TextFeatures.learned(TEXTS, VECTORS)
    features.save(tmp_path)
    assert np.array_equal(TextFeatures.load(tmp_path)(TEXTS, VECTORS), features(TEXTS, VECTORS))
