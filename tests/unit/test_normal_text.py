"""The normaliser: never raises, gives the same again for its own result, and undoes what hides words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signpost.understanding.normal_text import NormalText, _characters, count_words, read_text_speak
from tests.conftest import ROOT

WORDS = read_text_speak(ROOT / "data" / "text_speak.yml")
KNOWN = dict.fromkeys(
    [
        "i",
        "want",
        "to",
        "die",
        "kill",
        "myself",
        "my",
        "self",
        "suicide",
        "he",
        "is",
        "so",
        "feel",
        "help",
        "do",
        "not",
        "tell",
        "anyone",
        "going",
    ],
    5,
)
NORMAL = NormalText(WORDS, KNOWN)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_it_never_raises_and_is_idempotent(text: str) -> None:
    once = NORMAL(text)
    assert NORMAL(once) == once


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_the_short_way_for_plain_letters_gives_what_the_long_way_gives(text: str) -> None:
    assert _characters(text) == _characters(text + "\u200b"), "a zero-width character is taken out, but only the long way"


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="aadeiklmnost 0134257!?@$*#.,-_/|'\n\u2019\u200b\u202e\u0430\u0435", max_size=40))
def test_it_is_idempotent_on_what_hides_words(text: str) -> None:
    once = NORMAL(text)
    assert NORMAL(once) == once


@pytest.mark.parametrize("unit", ["a ", "a", "!", "a!", "k*", "1a", "😭", "a\u0301\u0301", "\u200b", "e" * 50 + " "])
def test_ten_thousand_characters_of_anything_are_read(unit: str) -> None:
    assert isinstance(NORMAL(unit * (10_000 // len(unit))), str)


@pytest.mark.parametrize("length", [9_000, 10_001, 12_000, 20_001, 30_000])
@pytest.mark.parametrize("told", ["{danger} {rest}", "{rest} {danger}"])
def test_both_ends_of_a_long_message_are_read(length: int, told: str) -> None:
    typed = told.format(danger="i want to die", rest="we went to the park. " * (length // 21))
    assert "i want to die" in NORMAL(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("I’m gonna killl myself", "i am going to kill myself"),
        ("i w a n t  t o  d i e", "i want to die"),
        ("iwanttodie", "i want to die"),
        ("su1c1de", "suicide"),
        ("k1ll my se1f", "kill my self"),
        ("k*ll", "kill"),
        ("he\u200bl\u200bp", "help"),
        ("wаnt tо die", "want to die"),
        ("D0n't t3ll any1", "do not tell anyone"),
        ("im 15yo b4 2moro", "i am 15yo before tomorrow"),
        ("я хочу", "я хочу"),
        ("k.m.s", "kill myself"),
        ("K I L L  M Y S E L F", "kill myself"),
        ("i/want/to/die", "i want to die"),
        ("i.want.to.die", "i want to die"),
        ("idontwanttodie", "i do not want to die"),
        ("help!!!tell", "help!!! tell"),
        ("he'd kill me, i'll die, they've", "he would kill me, i will die, they have"),
        ("i want 2 die", "i want to die"),
        ("i had tea\nhe is here", "i had tea. he is here"),
        ("do not tell w/out him", "do not tell without him"),
    ],
)
def test_hidden_words_come_back(typed: str, meant: str) -> None:
    assert NORMAL(typed) == meant


@pytest.mark.parametrize("unit", ["iwanttodie", "a b ", "k!ll ", "a.b.", "a/b/", "x2 ", "so\u200b", "killlll ", "d*e ", "\n"])
def test_the_work_grows_no_faster_than_the_text(unit: str) -> None:
    def steps(size: int) -> int:
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        sys.setprofile(count)
        try:
            NORMAL((unit * size)[:size])
        finally:
            sys.setprofile(None)
        return counted

    assert steps(8_000) < 3 * steps(4_000) + 1_000


def test_words_seen_too_seldom_are_not_known() -> None:
    assert count_words(["help me", "help"], WORDS, at_least=2) == {"help": 2}


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text_speak.yml"
    path.write_text("words: {no: and}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"text_speak\.yml.*quotes"):
        read_text_speak(path)
