"""The quick reading of topics gives exactly what Rasa's own importer gives, and leaves whatever looks odd to Rasa."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import YamlException
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter

from signpost.desk.topic_importer import TopicImporter, plain_topic
from tests.conftest import ROOT

FILES = ("safety/feel_suicidal.yml", "topics/ask_what_is_grooming.yml", "chat/fallback.yml", "chat/not_in_area.yml", "chat/op_restart.yml")
ODD = """version: "3.1"
nlu:
- intent: ask_where
  examples: |
    - is there help in [Wiltshire](place)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in FILES:
        shutil.copy(ROOT / "data" / file, tmp_path)
    return tmp_path


def both(folder: Path) -> tuple[TopicImporter, RasaFileImporter]:
    given = (str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(folder)])
    return TopicImporter(*given), RasaFileImporter(*given)


def test_examples_answers_rules_are_those_that_rasa_reads(folder: Path) -> None:
    (folder / "odd.yml").write_text(ODD, encoding="utf-8")
    ours, theirs = both(folder)
    assert ours.get_nlu_data().fingerprint() == theirs.get_nlu_data().fingerprint()
    assert ours.get_stories().fingerprint() == theirs.get_stories().fingerprint()
    assert len(ours.get_nlu_data().training_examples) > 50
    assert ours.get_nlu_data().entity_examples, "the odd one too"


def test_every_topic_of_this_tree_is_read_quickly() -> None:
    assert [file.name for file in (ROOT / "data").glob("*/*.yml") if file.stem != "words" and plain_topic(str(file)) is None] == []


def test_reading_twice_gives_fresh_examples(folder: Path) -> None:
    ours, _ = both(folder)
    first = ours.get_nlu_data().training_examples[0]
    first.set("text", "changed in training")
    assert ours.get_nlu_data().training_examples[0].get("text") != "changed in training"


@pytest.mark.parametrize("broken", ["version: '3.1'\nnlu:\n- intent: a\n  examples: {b: c}\n", "version: '3.1'\nnlu: [\n"])
def test_a_broken_file_stops_the_training(folder: Path, broken: str) -> None:
    (folder / "broken.yml").write_text(broken, encoding="utf-8")
    ours, _ = both(folder)
    with pytest.raises(YamlException) as fault:
        ours.get_nlu_data()
    assert "broken.yml" in str(fault.value)


def test_a_copied_example_changes_by_itself_and_is_told_apart_again(folder: Path) -> None:
    """Copies are cheap because they share; a change of one must reach neither the other nor an old fingerprint."""
    example = both(folder)[0].get_nlu_data().training_examples[0]
    before, text = example.fingerprint(), example.get("text")
    copied = copy.deepcopy(example)
    assert copied == example
    copied.set("text", "something else")
    assert (example.get("text"), example.fingerprint()) == (text, before)
    assert copied.fingerprint() != before
    copied.set("text", text)
    assert copied.fingerprint() == before


def test_the_policies_copy_of_the_domain_holds_no_answer_and_counts_actions_alike(tmp_path: Path) -> None:
    """The policies choose an action by its number in their copy; the writer looks that number up in the whole domain."""
    importer = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data" / "topics")])
    whole = importer.get_domain()
    whole.persist(tmp_path / "domain.yml")
    kept = Domain.load(tmp_path)
    assert len(whole.responses) > 150
    assert kept.responses == {}
    assert kept.action_names_or_texts == whole.action_names_or_texts
    assert kept.intent_properties == whole.intent_properties
    assert [slot.persistence_info() for slot in kept.slots] == [slot.persistence_info() for slot in whole.slots]
    assert kept.input_states == whole.input_states
