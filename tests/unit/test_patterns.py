"""The pattern language of the safety net."""

from __future__ import annotations

import pytest

from signpost.understanding.patterns import Pattern, PatternFault, PatternFinder, read_lists, read_patterns
from tests.conftest import ROOT


def found(line: str, text: str, unless: tuple[str, ...] = ()) -> bool:
    pattern = Pattern("p", "t", "emergency", "young_person", (line,), unless)
    return bool(PatternFinder([pattern], {"someone": ["he", "uncle"]}).find(text))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("want/wish to die", "i wish to die"),
        ("<someone> hurt me", "my uncle hurts me"),
        ("he * hurt me", "he really badly hurt me"),
        ("want to (really) die", "i want to die"),
        ("suicidal", "i feel suicidel"),
        ("=died", "he died"),
    ],
)
def test_it_is_found(line: str, text: str) -> None:
    assert found(line, text)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("want to die", "i want to dye my hair"),
        ("he * hurt me", "he came. then you said you hurt me"),
        ("=died", "he will die"),
        ("<someone> hurt me", "she said hello"),
    ],
)
def test_it_is_not_found(line: str, text: str) -> None:
    assert not found(line, text)


def test_unless_disarms_in_the_same_sentence_only() -> None:
    assert not found("kill me", "this homework is going to kill me", ("homework",))
    assert found("kill me", "i did my homework. he will kill me", ("homework",))


def test_a_bad_pattern_is_named() -> None:
    with pytest.raises(PatternFault, match="matches anything"):
        found("* (a)", "x")
    with pytest.raises(PatternFault, match="nobody"):
        found("<nobody> x", "x")


def test_the_real_patterns_find_danger_and_spare_figures_of_speech() -> None:
    finder = PatternFinder(read_patterns(ROOT / "data"), read_lists(ROOT / "data" / "safety" / "words.yml"))
    for text in (
        "i do not want to be alive anymore",
        "i took loads of pills",
        "my uncle keeps touching me",
        "he will post my picture unless i pay",
    ):
        assert finder.find(text), text
    for text in ("my phone is dying", "this homework is killing me", "i cannot live without netflix", "what is grooming"):
        assert not finder.find(text), text
