"""Each check of `make check` has one broken tree that it finds, and finds nothing in the real one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from signpost.desk import check as desk_check
from signpost.desk import coverage
from signpost.desk.checks import answers, page_words, patterns, rasa_lets_pass, register, who_asks, wording
from signpost.desk.checks.tree import Topic, Tree, Wording, read_tree
from signpost.desk.review import due
from signpost.register.content import Content, read_content
from tests.conftest import ROOT

TODAY = date(2026, 11, 24)
TREE = read_tree(ROOT, read_content(ROOT / "data"), TODAY)
FIRST: Wording = TREE.wordings[0]
TOPIC: Topic = TREE.topics[0]


def worded(text: str | None = None, **metadata: Any) -> Tree:
    changed = replace(FIRST, text=FIRST.text if text is None else text, metadata={**FIRST.metadata, **metadata})
    return replace(TREE, wordings=(changed, *TREE.wordings[1:]))


def filed(content: dict[str, Any]) -> Tree:
    return replace(TREE, files={**TREE.files, "data/topics/broken.yml": content})


def asked_by(*audiences: str, urgency: str = "information") -> Tree:
    """A topic with one entry for each of `audiences`; all but the first are of `urgency`."""
    about = [{"audience": who, "urgency": urgency if place else "information"} for place, who in enumerate(audiences)]
    return filed({"nlu": [{"intent": "broken", "metadata": metadata} for metadata in about]})


def serviced(name: str, **changes: Any) -> Tree:
    content: Content = TREE.content
    return replace(TREE, content=replace(content, services={**content.services, name: replace(content.services[name], **changes)}))


def factual(**changes: Any) -> Tree:
    facts = TREE.content.facts
    return replace(TREE, content=replace(TREE.content, facts={**facts, "grooming_meaning": replace(next(iter(facts.values())), **changes)}))


FOLDER = tempfile.TemporaryDirectory()


def written(files: Iterable[str], old: str, new: str) -> Tree:
    """The tree with a root of its own that holds `files`, in which `new` stands for `old`."""
    root = Path(FOLDER.name)
    (root / "data").mkdir(exist_ok=True)
    for file in files:
        (root / file).write_text((ROOT / file).read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return replace(TREE, root=root)


def paged(old: str, new: str) -> Tree:
    return written(page_words.FILES, old, new)


def said(old: str, new: str) -> Tree:
    return written(("data/who_asks.yml", "data/text_speak.yml"), old, new)


def with_examples(name: str, *examples: str) -> Tree:
    return replace(TREE, topics=tuple(replace(topic, examples=examples) if topic.name == name else topic for topic in TREE.topics))


RULE = next(entry for _, section, entry in TREE.rules() if section == "rules")
BROKEN: dict[Callable[..., Any], Callable[[], Tree]] = {
    answers.complete: lambda: worded(review_by=""),
    answers.handed_off: lambda: worded(handoff=[]),
    answers.named: lambda: worded(next=["nowhere"]),
    answers.in_date: lambda: replace(TREE, today=date(2031, 1, 1)),
    wording.allowed: lambda: worded("You should have told somebody."),
    wording.numbers_in_register_only: lambda: worded("Ring 0800 1111 now."),
    wording.short_and_plain: lambda: worded("word " * 70),
    rasa_lets_pass.readable: lambda: filed({"rulez": []}),
    rasa_lets_pass.one_name_once: lambda: filed({"responses": {FIRST.name: [{"text": "again"}]}}),
    rasa_lets_pass.each_asker_once: lambda: asked_by("parent", "parent"),
    rasa_lets_pass.nothing_unused: lambda: replace(TREE, topics=(*TREE.topics, replace(TOPIC, name="lonely"))),
    rasa_lets_pass.one_file_one_topic: lambda: replace(TREE, topics=(replace(TOPIC, file="data/topics/other.yml"),)),
    rasa_lets_pass.no_contradiction: lambda: filed({"rules": [{**RULE, "rule": "Another."}]}),
    rasa_lets_pass.wording_only_slots: lambda: replace(TREE, domain={**TREE.domain, "slots": {"audience": {"type": "text"}}}),
    rasa_lets_pass.default_wording_last: lambda: replace(TREE, wordings=(replace(FIRST, name="utter_only", audience="parent"),)),
    rasa_lets_pass.examples_fit: lambda: replace(TREE, topics=(replace(TOPIC, examples=("one",)),)),
    register.reachable: lambda: serviced("childline", channels=()),
    register.sourced: lambda: factual(source=" "),
    register.replacements_shown: lambda: serviced("childline", replacement="napac"),
    page_words.worded: lambda: paged("It is not your fault.", "You should have told somebody."),
    page_words.dated: lambda: replace(TREE, today=date(2031, 1, 1)),
    page_words.leaflets: lambda: paged("ask_what_is_cse, ", "ask_nothing, "),
    patterns.each_finds_its_own: lambda: with_examples("immediate_danger", "hello there"),
    patterns.none_cries_wolf: lambda: with_examples("how_to_report", *["i want to die"] * 500),
    who_asks.each_stands_as_it_is_read: lambda: said("- i am\n", "- i'm\n"),
    coverage.every_topic_answered: lambda: replace(TREE, topics=tuple(topic for topic in TREE.topics if topic.name != "feel_suicidal")),
}


@pytest.mark.parametrize("check", desk_check.CHECKS, ids=lambda check: check.__name__)
def test_the_check_finds_its_fault_and_only_a_fault(check: Callable[..., Any]) -> None:
    assert not list(check(TREE)), "the real tree has no fault"
    faults = list(check(BROKEN[check]()))
    assert faults
    assert all(fault.file and fault.fault and fault.mend for fault in faults)


def test_a_wording_that_has_a_condition_is_not_the_last_of_its_answer() -> None:
    for_some = replace(FIRST, name="utter_thanks", file="data/chat/thanks.yml", audience="parent")
    for_everybody = replace(for_some, audience=None)
    assert not list(rasa_lets_pass.default_wording_last(replace(TREE, wordings=(for_some, for_everybody))))
    [fault] = rasa_lets_pass.default_wording_last(replace(TREE, wordings=(for_everybody, for_some)))
    assert (fault.file, fault.fault) == (for_some.file, "the last wording of utter_thanks has a condition")


def test_review_lists_what_is_held_back_and_what_is_due() -> None:
    found = list(due(TREE, date(2031, 1, 1)))
    assert any("napac" in what for _, what, _, _ in found)
    assert any("answer utter_" in what for _, what, _, _ in found)
    assert {"data/twin.yml", "data/embed.yml"} <= {file for _, _, file, _ in found}


@pytest.mark.parametrize(
    ("tree", "fault"),
    [
        (asked_by("young_person", "parent", "parent"), "two entries for parent"),
        (asked_by("young_person", "mum"), "'mum' of broken is not known"),
        (asked_by("young_person", "parent", urgency="worried"), "'worried' where parent asks"),
    ],
)
def test_what_somebody_else_asks_stands_once_with_its_audience_and_the_same_urgency(tree: Tree, fault: str) -> None:
    assert [found.fault for found in rasa_lets_pass.each_asker_once(tree) if fault in found.fault]
    assert not list(rasa_lets_pass.each_asker_once(asked_by("young_person", "parent", "professional")))


def test_a_topic_keeps_who_usually_asks_and_who_asks_each_example(tmp_path: Path) -> None:
    (tmp_path / "data" / "topics").mkdir(parents=True)
    entry = "- intent: broken\n  metadata: {audience: %s, urgency: information}\n  examples: |\n    - %s\n"
    both = entry % ("young_person", "what is it") + entry % ("parent", "i'm a mum, what is it")
    (tmp_path / "data" / "topics" / "broken.yml").write_text(f"nlu:\n{both}", encoding="utf-8")
    (tmp_path / "domain.yml").write_text("intents: []", encoding="utf-8")
    (topic,) = read_tree(tmp_path, TREE.content, TODAY).topics
    assert topic.metadata["audience"] == "young_person"
    assert list(zip(topic.examples, topic.askers, strict=True)) == [("what is it", "young_person"), ("i'm a mum, what is it", "parent")]


@pytest.mark.parametrize("number", ["07700900123", "0808 157 0999", "119 998", "01632-960999"])
def test_no_example_holds_a_phone_number(number: str) -> None:
    faults = [fault.fault for fault in rasa_lets_pass.examples_fit(with_examples("how_to_report", f"who answers {number} at night"))]
    assert any("holds markup, a number" in fault for fault in faults)
    calm = with_examples("how_to_report", "the 2015-16 minutes say ring 999 or 101, i am 14")
    assert not any("holds markup" in fault.fault for fault in rasa_lets_pass.examples_fit(calm))


@pytest.mark.parametrize(
    "file", ["page.yml", "embed.yml", "twin.yml", "text_speak.yml", "courtesies.yml", "places.yml", "topics/ask_what_is_grooming.yml"]
)
def test_make_check_names_a_file_that_is_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "data" / file).write_bytes(b"words: \xff\xfe\n")
    monkeypatch.chdir(tmp_path)
    assert desk_check.main() == 1
    assert file in capsys.readouterr().err
