"""Reads the topics for training: each file once a process. Rasa's own importer reads each up to six times, 40 s for 200 topics.

A file in the plain shape of `docs/tasks/add_a_topic.md` is read here; any other is left to Rasa's own readers, which check it against
their schema and name the line that is wrong.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.loading import load_data_from_files
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph, StoryStep
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.desk.kept_domain import KeptDomain

_STEP_KEYS = {"intent", "action", "slot_was_set", "or", "checkpoint"}
_STORY_KEYS = {"rule", "story", "steps", "condition", "conversation_start", "wait_for_user_input"}


class TopicImporter(RasaFileImporter):
    """Rasa's importer of files (`importers` in config.yml), with each file parsed once and its schema checked only when it looks odd."""

    def get_domain(self) -> Domain:
        """Return the domain of domain.yml, empty when Rasa cannot read it, in the form that the model keeps."""
        return KeptDomain.of(super().get_domain())

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return examples and answers of all files. Raises YamlException, naming file and line, for one that cannot be read."""
        plain = [parsed for file in self._nlu_files if (parsed := plain_topic(file))]
        others = [load_data(file, language) for file in self._nlu_files if not plain_topic(file)]
        # One object for all plain files: each further merge would copy and compare every example once more.
        read = TrainingData(
            [message for parsed in plain for message in _messages(parsed)],
            responses={name: wordings for parsed in plain for name, wordings in (parsed.get("responses") or {}).items()},
        )
        return read.merge(*others) if others else read

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Return rules and stories of all files. Raises YamlException, naming file and line, for one that cannot be read."""
        domain = self.get_domain()
        steps: list[StoryStep] = []
        for file in self._story_files:
            parsed = plain_topic(file)
            if parsed:
                steps += YAMLStoryReader(domain, source_name=file).read_from_parsed_yaml(parsed)
            else:
                steps += load_data_from_files([file], domain)
        return StoryGraph(steps)


def plain_topic(file: str) -> dict[str, Any] | None:
    """Return the content of `file` when it has the plain shape, else None."""
    state = Path(file).stat()
    return _parsed(file, state.st_mtime_ns, state.st_size)


@cache
def _parsed(file: str, _changed: int, _size: int) -> dict[str, Any] | None:
    try:
        content = yaml.load(Path(file).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError):
        return None
    return content if _is_plain(content) else None


def _is_plain(content: Any) -> bool:
    return (
        isinstance(content, dict)
        and content.get("version") == "3.1"
        and all(map(_is_plain_intent, content.get("nlu") or []))
        and all(map(_is_plain_answer, (content.get("responses") or {}).items()))
        and all(map(_is_plain_story, [*(content.get("rules") or []), *(content.get("stories") or [])]))
    )


def _is_plain_intent(entry: Any) -> bool:
    """An intent by name with its examples as one block of '- ' lines; '[' could be an entity, which Rasa's reader knows."""
    return (
        isinstance(entry, dict)
        and set(entry) <= {"intent", "metadata", "examples"}
        and bool(entry.get("intent"))
        and isinstance(entry.get("examples"), str)
        and "[" not in entry["examples"]
        and all(line.startswith("-") for line in entry["examples"].splitlines())
    )


def _is_plain_answer(answer: tuple[Any, Any]) -> bool:
    name, wordings = answer
    return str(name).startswith("utter_") and isinstance(wordings, list) and all(_is_plain_wording(wording) for wording in wordings)


def _is_plain_wording(wording: Any) -> bool:
    return isinstance(wording, dict) and set(wording) <= {"text", "metadata", "condition"} and isinstance(wording.get("text"), str)


def _is_plain_story(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and set(entry) <= _STORY_KEYS
        and isinstance(entry.get("rule", entry.get("story")), str)
        and bool(entry.get("steps"))
        and all(isinstance(step, dict) and set(step) <= _STEP_KEYS for step in entry["steps"])
    )


class _Example(Message):
    """Rasa's importers copy each example nine times and set what it already says; here that costs next to nothing.

    Its values are replaced, never changed in place, so a copy may share them.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> _Example:
        copied = _Example(dict(self.data), set(self.output_properties), self.time, list(self.features))
        copied._cached_fingerprint = self._cached_fingerprint
        return copied

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        if add_to_output or self.data.get(prop) is not info:
            super().set(prop, info, add_to_output)


def _messages(content: dict[str, Any]) -> list[Message]:
    """Fresh messages each time: training changes them in place."""
    return [
        _Example.build(line[1:].strip(), entry["intent"], [], entry.get("metadata"))
        for entry in content.get("nlu") or []
        for line in entry["examples"].splitlines()
    ]
