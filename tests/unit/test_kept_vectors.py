"""Vectors of the examples from one training to the next: the same numbers, and only new examples read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from signpost.understanding.kept_vectors import vectors_of_examples


class _Encode:
    """An encoder that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> npt.NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text), ord(text[0])] for text in texts], dtype=np.float32).reshape(-1, 2)


@pytest.fixture
def encode() -> _Encode:
    return _Encode()


def test_second_training_reads_only_what_is_new(tmp_path: Path, encode: _Encode) -> None:
    first = vectors_of_examples(encode, ["is this ok", "who can help"], "code 1", tmp_path)
    encode.asked.clear()
    second = vectors_of_examples(encode, ["who can help", "am i to blame", "is this ok"], "code 1", tmp_path)
    assert encode.asked == ["am i to blame"]
    assert np.array_equal(second, np.stack([first[1], [13, ord("a")], first[0]]))


def test_an_example_that_left_is_forgotten(tmp_path: Path, encode: _Encode) -> None:
    for texts in (["one", "two"], ["two", "three"], ["one", "two", "three"]):
        vectors_of_examples(encode, texts, "code 1", tmp_path)
    assert encode.asked == ["one", "two", "three", "one"]


def test_other_code_forgets_all(tmp_path: Path, encode: _Encode) -> None:
    vectors_of_examples(encode, ["one"], "code 1", tmp_path)
    vectors_of_examples(encode, ["one"], "code 2", tmp_path)
    assert encode.asked == ["one", "one"]


@pytest.mark.parametrize("broken", [b"", b"not an archive", b"PK\x03\x04 cut short"])
def test_broken_file_costs_time_and_nothing_else(tmp_path: Path, encode: _Encode, broken: bytes) -> None:
    good = vectors_of_examples(encode, ["one"], "code 1", tmp_path)
    (tmp_path / "sentence_vectors.npz").write_bytes(broken)
    assert np.array_equal(vectors_of_examples(encode, ["one"], "code 1", tmp_path), good)
    assert encode.asked == ["one", "one"]


def test_no_examples_is_no_fault(tmp_path: Path, encode: _Encode) -> None:
    assert len(vectors_of_examples(encode, [], "code 1", tmp_path)) == 0
