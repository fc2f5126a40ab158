"""A long story is read in parts, none of its words is left out up to 300, and its end never is; the work stays bounded."""

from __future__ import annotations

import pytest

from signpost.understanding.sentences import parts_of


def story(words: int, sentence: int) -> str:
    """Words that can be told apart, with a full stop after every `sentence` of them (0: none)."""
    return " ".join(f"w{index}" + ("." if sentence and index % sentence == sentence - 1 else "") for index in range(words))


@pytest.mark.parametrize("sentence", [0, 5, 7, 9, 13, 40])
@pytest.mark.parametrize("words", [17, 60, 150, 290])
def test_every_word_of_a_story_is_read(words: int, sentence: int) -> None:
    read = {word for part in parts_of(story(words, sentence)) for word in part.split()}
    assert set(story(words, sentence).split()) <= read


@pytest.mark.parametrize("sentence", [0, 1, 5, 13])
def test_the_work_is_bounded_and_the_end_is_read(sentence: int) -> None:
    parts = parts_of(story(2000, sentence))
    assert 0 < len(parts) <= 24
    assert "w1999" in parts[-1]
