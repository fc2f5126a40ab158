"""Other languages: heard for what they are, danger in them found, answered in their own words; English left alone."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from signpost.desk.checks import rasa_lets_pass, wording
from signpost.desk.checks.tree import read_tree
from signpost.desk.review import due
from signpost.handoff.answer_writer import AnswerWriter, Situation
from signpost.handoff.answers import read_answers
from signpost.handoff.guard import Guard
from signpost.register.content import read_content
from signpost.understanding.language import Heard, Language, LanguageEar, in_language, known_words, learned_dangers
from signpost.understanding.language_files import KINDS, LanguageFault, folded_words, read_languages
from signpost.understanding.normal_text import read_text_speak
from signpost.understanding.understood import OTHER_LANGUAGE, Understood
from tests.conftest import ROOT, Assistant

FOLDER = ROOT / "data" / "languages"
LANGUAGES = [path.stem for path in sorted(FOLDER.glob("*.yml")) if path.stem != OTHER_LANGUAGE]
TREE = read_tree(ROOT, read_content(ROOT / "data"), date(2026, 11, 25))
EXAMPLES = [(topic.name, example) for topic in TREE.topics for example in topic.examples]
ABOUT_LANGUAGE = {"parent_language_need", "followup_languages"}  # topics whose examples hold sentences in other languages
RESPONSES: dict[str, list[dict[str, Any]]] = {
    name: wordings for content in TREE.files.values() for name, wordings in (content.get("responses") or {}).items()
}


@cache
def ear() -> LanguageEar:
    languages = read_languages(FOLDER)
    foreign = {word for language in languages for word in language.words}
    words = known_words([text for _, text in EXAMPLES], read_text_speak(ROOT / "data" / "text_speak.yml"), foreign, 3)
    settings = Language.get_default_config()
    return LanguageEar(languages, words, learned_dangers(languages), settings["danger"], settings["worry"])


def messages(name: str) -> list[dict[str, Any]]:
    lines = (ROOT / "tests" / "messages" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


class _Domain:
    responses = RESPONSES


WRITER = AnswerWriter(None, _Domain(), clock=lambda: datetime(2026, 11, 25, 12, tzinfo=timezone.utc))
GUARD = Guard(TREE.content, read_answers(RESPONSES))
ENGLISH = Understood("ask_what_is_cse", "information", "parent", True, 0.9, close=("tell_ceop",))


@pytest.mark.parametrize("language", [*LANGUAGES, OTHER_LANGUAGE])
def test_messages_are_heard_in_their_language(language: str) -> None:
    texts = [message["text"] for message in messages("other_languages.jsonl") if message["language"] == language]
    assert len(texts) >= 9
    heard = [ear().hear(text).language for text in texts]
    assert heard.count(language) / len(heard) >= 0.9, dict(zip(texts, heard, strict=True))


def test_no_english_message_that_was_never_seen_is_taken_for_another_language() -> None:
    assert [message["text"] for message in messages("topics.jsonl") if ear().hear(message["text"]).language] == []


def test_no_english_example_is_taken_for_another_language() -> None:
    taken = [text for topic, text in EXAMPLES if topic not in ABOUT_LANGUAGE and ear().hear(text).language]
    assert set(taken) <= {"karo kari"}  # words of Urdu


STRANGE = "ok|no|hola|ciao|merci|asdf|snapchat|Agnieszka Kowalczyk|hes called Mohammed|ye|😢😢|123||wym lol|SOS"
DISGUISED = [
    "pls helppp meeee",
    "ihavenoidea wattodo",
    "i wаnt tо kill mysеlf",
    "mi da is bein horrible 2 me n i h8 it",
    "getting molested",
]


@pytest.mark.parametrize("text", [*STRANGE.split("|"), *DISGUISED])
def test_short_words_names_slang_and_disguised_english_are_no_language(text: str) -> None:
    assert ear().hear(text).language == ""


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("nic nowego dzisiaj w szkole " * 800 + "chcę umrzeć", "polish", "emergency"),
        ("mum idk what to do, on mnie bije every night and i cant say", "polish", "emergency"),
        ("hi so basically my dad said khudkushi mat karo but i am so done with all of this", "urdu", "emergency"),
        ("c\u200bhc\u0119 umrze\u0107", "polish", "emergency"),
        ("CHCE SIE ZABIC", "polish", "emergency"),
        ("me quieren casar a la fuerza", "spanish", "honour"),
        ("mujhe zabardasti nikah karwa rahe hain", "urdu", "honour"),
        ("un homme plus âgé m'offre des cadeaux et veut me voir", "french", "worried"),
        ("Dobrý den, můžete mi prosím pomoci, mám obavy o svého syna", OTHER_LANGUAGE, "practical"),
    ],
)
def test_danger_is_heard_disguised_or_among_english(text: str, language: str, kind: str) -> None:
    heard = ear().hear(text)
    assert (heard.language, heard.kind) == (language, kind)


@pytest.mark.parametrize(
    ("text", "audience"), [("moja córka nie chce ze mną rozmawiać", "parent"), ("mam 13 lat i boję się mamy", "young_person")]
)
def test_who_asks_is_heard(text: str, audience: str) -> None:
    assert ear().hear(text).audience == audience


@settings(max_examples=200, deadline=None)
@given(some.text(max_size=60))
def test_any_text_is_heard_and_nothing_of_it_is_kept(text: str) -> None:
    heard = ear().hear(text)
    assert heard.language in {"", OTHER_LANGUAGE, *LANGUAGES}
    assert heard.kind in KINDS
    assert heard.audience in {"", "parent", "young_person"}


def test_accents_apostrophes_and_doubled_letters_count_for_nothing() -> None:
    assert folded_words("J\u2019AI m\u00eame zgwa\u0142ci\u0142\u0142 pomocyyy") == ["jai", "meme", "zgwalcil", "pomocy"]


def test_english_stays_as_it_was_understood() -> None:
    assert in_language(ENGLISH, Heard()) is ENGLISH
    assert in_language(ENGLISH, None) is ENGLISH


def test_danger_that_was_understood_is_never_lowered() -> None:
    danger = replace(ENGLISH, topic="self_harm", urgency="emergency", pattern="self_harm_said")
    assert in_language(danger, Heard("polish", "practical", "", True)).topic == "other_language_emergency"
    assert in_language(danger, Heard("polish", "emergency", "", False)) is danger  # English around it: its own topic answers better


def test_a_language_answers_instead_of_the_english_topic() -> None:
    spoken = in_language(ENGLISH, Heard("polish", "honour", "young_person", True))
    assert (spoken.topic, spoken.urgency, spoken.audience, spoken.language) == (
        "other_language_honour",
        "emergency",
        "young_person",
        "polish",
    )
    assert spoken.close == ()


@pytest.mark.parametrize("language", [*LANGUAGES, OTHER_LANGUAGE])
@pytest.mark.parametrize("kind", KINDS)
def test_each_language_has_its_words_with_english_beside_and_people_first(language: str, kind: str) -> None:
    understood = in_language(ENGLISH, Heard(language, kind, "", True))
    for audience, first in (("young_person", "childline"), ("parent", "local-children-services")):
        reply = WRITER.write(understood.topic, Situation(audience, "", understood))
        assert reply is not None
        card = reply["custom"]["handoff"]
        assert GUARD.fault([{"text": reply["text"], "buttons": reply["buttons"]}, {"custom": reply["custom"]}]) is None
        assert card["topic"] == language
        assert card["urgency"] == ("emergency" if kind == "honour" else kind)
        ids = [line["id"] for line in card["services"]]
        people = [name for name in ids if name != "emergency-999"]
        role = TREE.content.council.roles["local-children-services"]
        assert people[0] in ({"childline"} if first == "childline" else set(role.values()))
        assert "999" in reply["text"]
        assert (ids[0] == "emergency-999") == (card["urgency"] == "emergency")
        assert ("karma-nirvana" in ids) == (kind == "honour")
        english = RESPONSES[f"utter_{language}_{kind}"][0]["metadata"].get("english")
        assert (language == OTHER_LANGUAGE) or " ".join(english.split()) in reply["text"]


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ({"words": ["tak"]}, "'parent'"),
        ({"emergency": ["* boli"]}, "must begin with a word"),
        ({"words": [False]}, "'words'"),
        ({"examples": {"emergency": "- boli"}}, "'examples' must hold"),
        ({"examples": {"emergency": "- boli", "worried": "boje sie", "practical": "- hej"}}, "does not begin with '- '"),
        ({"examples": {"emergency": "- boli", "worried": "", "practical": "- hej"}}, "needs messages"),
    ],
)
def test_a_broken_file_is_named_with_its_mend(tmp_path: Path, broken: dict[str, Any], named: str) -> None:
    shutil.copy(FOLDER / "polish.yml", tmp_path / "polish.yml")
    content = yaml.safe_load((FOLDER / "polish.yml").read_text(encoding="utf-8"))
    about = broken if named == "'parent'" else {**content["language"], **broken}
    if named == "'parent'":
        about = {name: entries for name, entries in content["language"].items() if name != "parent"}
    (tmp_path / "polish.yml").write_text(yaml.safe_dump({"language": about}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(LanguageFault, match=r"polish\.yml") as fault:
        read_languages(tmp_path)
    assert named in str(fault.value)


@pytest.mark.parametrize(
    "text",
    [
        "Ahoj, potrebujem pomoc s dcérou, niekto jej píše",
        "Potřebuju pomoct s dcerou, někdo jí pořád píše na internetu",
        "Neznámý muž chce po mé sestře fotky",
    ],
)
def test_slovak_and_czech_are_not_taken_for_polish(text: str) -> None:
    assert ear().hear(text).language == OTHER_LANGUAGE


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(LanguageFault, match="language"):
        read_languages(tmp_path)


def test_the_checks_read_the_english_beside_and_the_name_of_the_language() -> None:
    polish = next(entry for entry in TREE.wordings if entry.language == "polish")
    promise = replace(polish, metadata={**polish.metadata, "english": "We promise to keep it secret."})
    assert any("the English of" in fault.fault for fault in wording.allowed(replace(TREE, wordings=(promise,))))
    hard = replace(polish, metadata={**polish.metadata, "english": "Notwithstanding considerable complications, communicate immediately."})
    assert any("reads at grade" in fault.fault for fault in wording.short_and_plain(replace(TREE, wordings=(hard,))))
    lost = replace(polish, name="utter_polish_other")
    assert any("another language or kind" in fault.fault for fault in rasa_lets_pass.one_file_one_topic(replace(TREE, wordings=(lost,))))


def test_words_that_no_speaker_has_confirmed_are_listed_for_review() -> None:
    waiting = {file for day, _, file, who in due(TREE, date(2026, 11, 25)) if who == "a speaker" and day == "now"}
    assert waiting == {f"data/languages/{language}.yml" for language in LANGUAGES}


def test_the_running_assistant_answers_in_the_language_of_the_message(assistant: Assistant) -> None:
    reply = assistant.say("tata mnie bije i grozi że mnie zabije")
    assert reply.handoff["topic"] == "polish"
    assert reply.handoff["urgency"] == "emergency"
    assert reply.routes[:2] == ["emergency-999", "childline"]
    assert "zadzwoń teraz pod 999" in reply.text
    assert assistant.say("what is grooming").handoff["topic"] not in {OTHER_LANGUAGE, *LANGUAGES}
