"""The pattern language of the safety net, and what the real patterns find and spare."""

from __future__ import annotations

from pathlib import Path

import pytest

from signpost.understanding.normal_text import NormalText, read_text_speak
from signpost.understanding.pattern_finder import PatternFinder, load_finder
from signpost.understanding.patterns import Pattern, PatternFault, Words, read_patterns, read_words
from tests.conftest import ROOT

WORDS = Words({"person": ["he", "uncle"]}, frozenset({"really"}), {("no", "one"): "nobody"}, {"dying": "die"})
REAL = load_finder(ROOT / "data")
PLAIN = NormalText(read_text_speak(ROOT / "data" / "text_speak.yml"))


def pattern(*lines: str, name: str = "p", urgency: str = "emergency", unless: tuple[str, ...] = (), needs: tuple[str, ...] = ()) -> Pattern:
    return Pattern(name, "t", urgency, "young_person", lines, unless, needs)


def found(line: str, text: str, unless: tuple[str, ...] = (), needs: tuple[str, ...] = ()) -> bool:
    return bool(PatternFinder([pattern(line, unless=unless, needs=needs)], WORDS).find(text))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("want/wish to die", "i wish to die"),
        ("<person> hurt me", "my uncle hurts me"),
        ("<person> hurt me", "my uncle really, really hurts me"),
        ("he * hurt me", "he came in again and hurt me"),
        ("he ** hurt me", "he came in and then he said it and hurt me"),
        ("want to (not) die", "i want to die"),
        ("suicidal", "i feel suicidel"),
        ("threaten me", "he threatend me"),
        ("=died", "he died"),
        ("nobody know", "no one knows"),
        ("die", "i am dying"),
        ("cut !hair", "i want to cut"),
        ("cut !hair", "i want to cut my leg"),
        ("^ help $", "no. help. please"),
        ("he would kill", "he'd kill"),
        ("knife he", "he has a knife... he is here"),
    ],
)
def test_it_is_found(line: str, text: str) -> None:
    assert found(line, text)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("want to die", "i want to dye my hair"),
        ("he * hurt me", "he came. then you said you hurt me"),
        ("he * hurt me", "he came in and then you said that and hurt me"),
        ("=died", "he will die"),
        ("<person> hurt me", "she said hello"),
        ("cut !hair", "i cut hair"),
        ("^ help $", "help with homework"),
        ("knife he", "he has a knife. he is here"),
    ],
)
def test_it_is_not_found(line: str, text: str) -> None:
    assert not found(line, text)


def test_unless_disarms_close_by_only() -> None:
    assert not found("kill me", "this homework is going to kill me", ("homework",))
    assert found("kill me", "i did my homework. he will kill me", ("homework",))
    assert found("kill me", "i did my homework and then i went down to the shop with my mum and he will kill me", ("homework",))


def test_needs_looks_at_the_whole_message() -> None:
    assert found("took them", "there were pills. i took them", needs=("pill/tablet",))
    assert not found("took them", "there were sweets. i took them", needs=("pill/tablet",))


def test_the_most_urgent_comes_first_and_then_the_one_that_explains_most() -> None:
    finder = PatternFinder(
        [
            pattern("worry", name="worry", urgency="worried"),
            pattern("kill me", name="short"),
            pattern("he will kill me", name="long"),
        ],
        WORDS,
    )
    assert [hit.name for hit in finder.find("i worry he will kill me")] == ["long", "short", "worry"]


def test_danger_in_the_middle_of_a_long_story_is_found_however_it_is_written() -> None:
    padding = "we went to town and had some food and talked about school and music and the weather "
    for end in ("", ". ", ", "):
        for before in (1, 2, 3, 10, 60):
            assert found("he will kill me", (padding + end) * before + "he will kill me " + (padding + end) * 10)


def test_words_that_no_pattern_uses_are_not_kept() -> None:
    finder = PatternFinder([pattern("he hurt me")], WORDS)
    finder.find("he hurt me zzyzxx and zzyzxy")
    assert "zzyzxx" not in finder.vocabulary


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("* (a)", "matches anything"),
        ("^ (a) $", "matches anything"),
        ("<nobody> x", "nobody"),
        ("really die", "fillers"),
        ("don't go", "plain word"),
        ("a ** b ** c ** d", "longer than"),
    ],
)
def test_a_bad_line_is_named(line: str, fault: str) -> None:
    with pytest.raises(PatternFault, match=fault):
        found(line, "x")


NLU = "nlu: [{intent: t, metadata: {urgency: emergency}, examples: '- x'}]\n"


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ("- any: ['x']", "'name'"),
        ("- {name: p, any: ['x'], unles: ['y']}", "unles"),
        ("- {name: p, any: ['x'], unless: 'y'}", "list of lines"),
        ("- {name: p, any: ['x']}\n- {name: p, any: ['y']}", "Rename one"),
    ],
)
def test_a_bad_section_is_named_with_its_file(tmp_path: Path, section: str, fault: str) -> None:
    (tmp_path / "safety").mkdir()
    (tmp_path / "safety" / "t.yml").write_text(f"{NLU}patterns:\n{section}\n", encoding="utf-8")
    with pytest.raises(PatternFault, match=rf"t\.yml.*{fault}"):
        read_patterns(tmp_path)


def test_a_bad_line_in_a_file_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "safety").mkdir()
    (tmp_path / "safety" / "t.yml").write_text(f"{NLU}patterns:\n- name: p\n  any:\n  - 'x'\n  - '<nobody> y'\n", encoding="utf-8")
    (tmp_path / "safety" / "words.yml").write_text("lists: {}\n", encoding="utf-8")
    with pytest.raises(PatternFault, match=r"t\.yml:6: "):
        load_finder(tmp_path)


@pytest.mark.parametrize(
    "words", ["lists: [a]", "lists: {a: [no]}", "lists: {}\nfillers: {a: b}", "lists: {}\nphrases: [a]", "lists: {}\nforms: {on: b}"]
)
def test_bad_words_are_named(tmp_path: Path, words: str) -> None:
    path = tmp_path / "words.yml"
    path.write_text(f"{words}\n", encoding="utf-8")
    with pytest.raises(PatternFault, match=r"words\.yml"):
        read_words(path)


@pytest.mark.parametrize(
    "text",
    [
        "i dont want to live",
        "cant go on like this",
        "theres no point being here any more",
        "i took them all",
        "he's got a key and hes coming up the stairs",
        "hes outside",
        "she wont wake up",
        "asking for a friend, what if someone wants to kill themself",
        "lol jk but i do want to end my life",
        "my uncle used to touch me and he still does",
        "mans gonna shank me if i snitch",
        "he said he'll leak my nudes if i don't pay",
        "my mate is being blackmailed",
        "my daughter hasn't come home and her phone is off",
        "a pupil has just disclosed abuse to me",
        "he's in the next room",
        "three hundred quid by friday or the video goes to my whole team",
        "i'd rather be in the ground",
        "his friends get a go with me and he takes money off them",
        "my husband wants a word with this fella",
        "we know where she is, in a flat of a man",
        "i'm 19 and he still sells me to his mates",
    ],
)
def test_danger_is_found(text: str) -> None:
    assert [hit for hit in REAL.find(PLAIN(text)) if hit.urgency == "emergency"]


@pytest.mark.parametrize(
    "text",
    [
        "my phone is dying",
        "this homework is killing me",
        "i could murder a burger",
        "dying of embarrassment",
        "shoot me a text",
        "mum will kill me if i fail maths",
        "what is self harm",
        "stats on knife crime",
        "i took them all to the park",
        "i cannot live without netflix",
        "my dad is outside waiting to pick me up",
        "i cut my hair",
        "what is grooming",
        "my coach makes me do push ups",
        "i literally died when he fell over",
        "dead at this lol",
        "he says all his mates are on there so i'd be cutting him off",
        "he's cut her off from her cousins",
        "he's been marked present",
        "why do they call it exploitation and not rape",
        "my screen reader skips your buttons",
        "she's at school while we're posted overseas, who is in charge of keeping her safe",
        "my kids are used to saying yes sir to any man in boots",
        "they want to film our boy talking about it",
        "am i allowed to warn the other mums",
        "a meeting at ten tomorrow",
        "my mum met a man as kind as him",
        "my nan got me a steam card for my birthday",
        "we moved to the next town last year",
        "the alarm keeps going off",
        "they have my address and phone number already",
        "my phone went straight to voicemail when i rang you",
    ],
)
def test_figures_of_speech_and_questions_are_spared(text: str) -> None:
    assert not REAL.find(PLAIN(text))
