"""Training takes nothing from Rasa's cache that was made from other words or other code, and never fails over what it keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.graph import GraphComponent

from signpost.understanding.decision import Decision
from signpost.understanding.language import Language
from signpost.understanding.made_from import made_from
from signpost.understanding.normaliser import Normaliser
from signpost.understanding.sentence_encoder import SentenceEncoder
from signpost.understanding.three_questions import ThreeQuestions


@pytest.mark.parametrize("component", [Language, Normaliser, SentenceEncoder, ThreeQuestions, Decision])
def test_a_kept_result_that_stands_in_for_a_component_is_no_fault(component: type[GraphComponent]) -> None:
    """Rasa asks so in every training that keeps something: an edited answer, unchanged examples."""
    assert component.fingerprint_addon({"output": None})
    assert component.fingerprint_addon(component.get_default_config()) == component.fingerprint_addon(component.get_default_config())


@pytest.mark.parametrize(("component", "setting"), [(Language, "text_speak"), (Normaliser, "text_speak"), (Normaliser, "courtesies")])
def test_an_edited_file_of_words_means_training_again(component: type[GraphComponent], setting: str, tmp_path: Path) -> None:
    copy = tmp_path / "words.yml"
    config = {**component.get_default_config(), setting: str(copy)}
    copy.write_text("words: {u: you}\n", encoding="utf-8")
    before = component.fingerprint_addon(config)
    copy.write_text("words: {u: you, r: are}\n", encoding="utf-8")
    assert component.fingerprint_addon(config) != before


def test_an_edited_file_in_a_folder_or_a_list_counts(tmp_path: Path) -> None:
    inside = tmp_path / "languages" / "welsh.yml"
    inside.parent.mkdir()
    inside.write_text("a", encoding="utf-8")
    config = {"folder": str(inside.parent), "list": [str(inside)]}
    before = made_from(config, "folder"), made_from(config, "list")
    inside.write_text("b", encoding="utf-8")
    assert made_from(config, "folder") != before[0]
    assert made_from(config, "list") != before[1]
