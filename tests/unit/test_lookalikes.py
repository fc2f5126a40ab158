"""Look-alike letters: English in disguise is English again, and other scripts stay what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signpost.understanding.lookalikes import unmasked


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("i wаnt tо diе", "i want to die"),  # mixed words
        ("he wants а рiс of me", "he wants a pic of me"),  # whole words of strange letters among Latin ones
        ("my mum is українка", "my mum is українка"),  # a word with letters like none of ours
        ("я хочу померти", "я хочу померти"),
        ("мені 14 рокiв", "мені 14 рокiв"),  # Ukrainian with a Latin i
        ("plain words", "plain words"),
        ("", ""),
    ],
)
def test_only_english_in_disguise_changes(typed: str, meant: str) -> None:
    assert unmasked(typed) == meant


@given(st.text(max_size=80))
def test_twice_is_the_same_as_once(text: str) -> None:
    once = unmasked(text.lower())
    assert unmasked(once) == once
