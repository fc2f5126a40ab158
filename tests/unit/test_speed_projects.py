"""The projects that `make bench-speed` trains: complete, so that an hour's run does not stop at its first step."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from benchmarks.speed.projects import DEFAULT, ROOT, SIGNPOST, make_project, sentences


def _named_files(config: dict) -> list[str]:
    settings = [value for component in config["pipeline"] for value in component.values()]
    listed = [each for value in settings for each in (value if isinstance(value, list) else [value])]
    return [each for each in listed if isinstance(each, str) and each.split("/")[0] == "data"]


def test_every_file_that_the_pipeline_names_comes_along(tmp_path: Path) -> None:
    make_project(tmp_path, SIGNPOST, 20)
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    named = _named_files(config)
    assert len(named) >= 8
    assert [name for name in named if not (tmp_path / name).exists()] == []


@pytest.mark.parametrize("kind", [SIGNPOST, DEFAULT])
@pytest.mark.parametrize("topics", [20, 250])
def test_a_project_has_as_many_intents_as_asked_each_with_twenty_examples_at_most(tmp_path: Path, kind: str, topics: int) -> None:
    make_project(tmp_path, kind, topics)
    files = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in (tmp_path / "data").rglob("*.yml")]
    entries = [entry for content in files for entry in content.get("nlu") or []]
    assert abs(len({entry["intent"] for entry in entries}) - topics) <= 10
    assert max(len(entry["examples"].splitlines()) for entry in entries) == 20
    copied = [rule["rule"] for content in files for rule in content.get("rules") or [] if rule["rule"].endswith("_2")]
    assert len(copied) == len(set(copied)), "a copy has one rule, however many kinds of people ask about it"


def test_messages_sent_are_none_that_was_trained_on(tmp_path: Path) -> None:
    make_project(tmp_path, DEFAULT, 30)
    nlu = yaml.safe_load((tmp_path / "data" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    trained = {line[1:].strip() for entry in nlu for line in entry["examples"].splitlines()}
    assert len(trained) > 400
    sent = sentences(30)
    assert len(sent) > 400
    assert sum(sentence in trained for sentence in sent) / len(sent) < 0.05
