"""Danger in another language that no phrase says: learned from its examples, kept as numbers, never calmer than the phrases."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from signpost.understanding.language import LanguageEar
from signpost.understanding.language_danger import DangerByLetters, load_dangers, save_dangers
from signpost.understanding.language_files import EMERGENCY, HONOUR, PRACTICAL, WORRIED, LanguageFile, folded_words, read_languages
from tests.conftest import ROOT

EXAMPLES = {
    EMERGENCY: ["boli mnie tam na dole", "boli mnie odkad on spal u nas", "spie z krzeslem pod klamka", "dzis moj ostatni dzien"],
    WORRIED: ["ktos daje mi prezenty", "dostaje prezenty od starszego", "on jest starszy i milo pisze", "pisze z kims starszym"],
    PRACTICAL: ["co to jest grooming", "czy to jest darmowe", "kto to czyta", "jak zglosic konto"],
}
FOLDED = {kind: [folded_words(text) for text in texts] for kind, texts in EXAMPLES.items()}
LEARNED = DangerByLetters.learned(FOLDED)
POLISH = LanguageFile("polish", "POLISH", frozenset(["mnie", "jest", "to", "co", "na", "od", "czy", "jak", "kto", "on"]), (), {})

WELSH = LanguageFile("welsh", "", frozenset(), (), {})


def ear(danger: float, worry: float) -> LanguageEar:
    return LanguageEar([POLISH, WELSH], ["is", "it"], {"polish": LEARNED}, danger, worry)


@pytest.mark.parametrize(("kind", "text"), [(EMERGENCY, "boli na dole odkad spal u nas"), (PRACTICAL, "kto czyta to konto")])
def test_words_that_nobody_listed_are_heard_by_their_letters(kind: str, text: str) -> None:
    likely = LEARNED(folded_words(text))
    assert max(likely, key=lambda name: likely[name]) == kind


def test_what_was_learned_is_the_same_when_read_again(tmp_path: Path) -> None:
    save_dangers({"polish": LEARNED}, tmp_path)
    again = load_dangers(tmp_path)["polish"]
    assert again(folded_words("boli mnie od wczoraj")) == pytest.approx(LEARNED(folded_words("boli mnie od wczoraj")))


def test_the_thresholds_of_the_config_decide() -> None:
    text = "boli mnie na dole od kiedy on jest"
    assert ear(0.0, 0.0).hear(text).kind == EMERGENCY
    assert ear(1.1, 0.0).hear(text).kind == WORRIED
    assert ear(1.1, 1.1).hear(text).kind == PRACTICAL


def test_what_a_phrase_says_is_never_made_calmer() -> None:
    polish = next(language for language in read_languages(ROOT / "data" / "languages") if language.name == "polish")
    eager = LanguageEar([polish, WELSH], ["is"], {"polish": LEARNED}, 0.0, 0.0)
    assert eager.hear("rodzina zmusza mnie do ślubu").kind == HONOUR


@given(some.text(max_size=200))
def test_any_text_has_a_probability_for_each_kind(text: str) -> None:
    likely = LEARNED(folded_words(text))
    assert set(likely) == set(EXAMPLES)
    assert sum(likely.values()) == pytest.approx(1, abs=1e-4)
