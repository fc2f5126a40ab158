"""Who says who they are is answered as that; somebody else's words say nothing of who asks."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from signpost.register.content_file import ContentFault
from signpost.understanding.who_asks import ADULTS, FILE, WhoSays, read_ways_to_say
from tests.conftest import ROOT

WAYS = read_ways_to_say(ROOT / "data")
SAYS = WhoSays(WAYS)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("i am a mum, what is grooming?", "parent"),
        ("what is cse? asking as a dad", "parent"),
        ("we are foster carers and need to know what to look for", "parent"),
        ("worried nan here. how do i report it", "parent"),
        ("mum of two, is snapchat safe", "parent"),
        ("my daughter wants to know what a groomer is", "parent"),
        ("i am a year 9 form tutor, what is cse", "professional"),
        ("as a gp, who do i ring", "professional"),
        ("what should i do as a teacher", "professional"),
        ("i am a child psychologist, what does ceop do", "professional"),
        ("i work in a school, what is the age of consent", "professional"),
        ("i am an adult survivor, how does childline work", "survivor"),
        ("i am only 13, what is a strategy meeting", "young_person"),
        ("i am in year 8 and need this for homework", "young_person"),
    ],
)
def test_whoever_says_so_is_heard(text: str, who: str) -> None:
    assert SAYS(text) == {who}


@pytest.mark.parametrize(
    "text",
    [
        "he said i am a teacher you can trust me",
        "his bio says i am a youth worker",
        "i am a teacher he said",
        "he says my daughter is your age",
        "a teacher here keeps texting me",
        "my mum is a nurse",
        "i am a teacher's pet",
        "i am a mums boy",
        "i act as a mum to my brother",
        "am i a victim",
        "i am not a parent",
        "what if i am a dad",
        "i am 13 weeks pregnant",
        "i am 16 minutes away",
        "i am a boy scout",
        "what should i teach my sister",
    ],
)
def test_other_words_say_nothing(text: str) -> None:
    assert SAYS(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "i am 46 now and never told",
        "i am a 41 year old man",
        "i am thirty, it is long ago",
        "when i was 9. i am 29",
        "in my late 30s and it comes back",
    ],
)
def test_an_age_says_that_an_adult_asks_and_no_more(text: str) -> None:
    assert SAYS(text) == ADULTS


@pytest.mark.parametrize("text", ["i am 20 quid short", "he said i am 34", "i am 19 weeks pregnant", "he is 34", "i was 34 then"])
def test_other_numbers_are_no_age(text: str) -> None:
    assert SAYS(text) == frozenset()


def test_an_adult_of_one_kind_is_heard_as_that_whatever_their_age() -> None:
    assert SAYS("i am her mum and i am 41") == {"parent"}


def test_a_child_and_an_adult_in_one_message_say_nothing() -> None:
    assert SAYS("i am a mum")
    assert SAYS("i am 16")
    assert SAYS("i am a mum, i am 16") == frozenset()


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    assert SAYS(text) <= {"parent", "professional", "survivor", "young_person"}


@given(st.sampled_from(WAYS.not_after), st.sampled_from(["i am a teacher", "i am a mum", "i am in year 8"]))
def test_somebody_elses_words_reach_to_the_end_of_their_sentence_and_no_further(word: str, statement: str) -> None:
    assert SAYS(f"my mate {word} {statement}") == frozenset()
    assert SAYS(f"my mate {word} so. {statement}") == SAYS(statement)


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("openings", None, "openings"),
        ("openings", ["I am"], "small letters"),
        ("between", ["very", "very"], "'very' twice"),
        ("roles", {"mums": ["mum"]}, "audiences"),
        ("roles", {"parent": [13]}, "roles: parent"),
        ("odd", ["word"], "nothing else"),
    ],
)
def test_a_broken_file_is_named_with_its_fault(tmp_path: Path, key: str, value: object, named: str) -> None:
    content = yaml.safe_load((ROOT / "data" / FILE).read_text(encoding="utf-8"))
    (tmp_path / FILE).write_text(yaml.safe_dump({**content, key: value}), encoding="utf-8")
    with pytest.raises(ContentFault, match=rf"who_asks\.yml: .*{named}"):
        read_ways_to_say(tmp_path)
