"""Spelling: slips are mended towards words of the examples, and nothing that is a word is touched."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from signpost.understanding.lemmas import english_words
from signpost.understanding.normal_text import NormalText, count_words
from signpost.understanding.normaliser import never_mended
from signpost.understanding.spelling import Spelling
from tests.conftest import ROOT

COUNTS = {
    "rape": 40,
    "scared": 90,
    "other": 60,
    "friend": 80,
    "to": 900,
    "die": 50,
    "want": 300,
    "i": 900,
    "me": 700,
    "kill": 40,
    "just": 90,
}
COUNTS |= {"tell": 80, "offline": 9, "line": 9, "of": 400, "a": 900, "being": 50, "pictures": 60, "house": 70, "abused": 30}
SPELLING = Spelling(COUNTS, {"dont", "u"}, english_words())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("scraed", "scared"),
        ("frend", "friend"),
        ("picturs", "pictures"),
        ("pictuers", "pictures"),
        ("abusd", "abused"),
        ("oher", "other"),
        ("jsut", "just"),
        ("ofline", "offline"),
        ("killme", "kill me"),
        ("todie", "to die"),
        ("iwanttodie", "i want to die"),
        ("idontwanttodie", "i dont want to die"),
        ("beingabused", "being abused"),
        ("tellmolested", "tell molested"),
    ],
)
def test_slips_and_lost_spaces_are_mended(typed: str, meant: str) -> None:
    assert SPELLING(typed) == meant


@pytest.mark.parametrize("word", ["rope", "grape", "scarce", "hose", "fiend", "kill", "u", "liam", "xbox", "zzzzqq", "dye"])
def test_words_and_names_stay_as_they_are(word: str) -> None:
    assert SPELLING(word) == word


@given(st.text(alphabet="abcdefghiklmnoprstuwy", max_size=24))
def test_what_is_mended_is_made_of_known_words_and_stays_so(word: str) -> None:
    mended = SPELLING(word)
    if mended != word:
        assert all(piece in COUNTS or piece in ("dont", "u") or piece in english_words() for piece in mended.split())
    assert " ".join(SPELLING(piece) for piece in mended.split()) == mended


def test_places_and_services_keep_their_names() -> None:
    """With the words of the real examples, of which some are one slip away from a place."""
    examples = [line for path in (ROOT / "data" / "topics").glob("*.yml") for line in path.read_text(encoding="utf-8").splitlines()]
    counts = count_words([line.strip("- ") for line in examples], {}, 3)
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    files = next(part["names"] for part in config if part["name"].endswith("Normaliser"))
    plain = NormalText({}, counts, never_mended([str(ROOT / file) for file in files]))
    for typed in ("we live in devizes", "a boy from warminster", "is childline open", "i am in leeds", "liverpool or dover"):
        assert plain(typed) == typed
    assert NormalText({}, counts, english_words())("we live in devizes") == "we live in devices", "else this test shows nothing"
