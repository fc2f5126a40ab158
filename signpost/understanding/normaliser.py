"""The first step of understanding: plain text, and nothing kept of what was typed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.conversation.buttons import BUTTON
from signpost.understanding.courtesies import Courtesies, read_courtesies
from signpost.understanding.lemmas import english_words
from signpost.understanding.made_from import made_from
from signpost.understanding.normal_text import NormalText, count_words, read_text_speak

_MEMORY = "normal_text.json"
_NAME = re.compile(r"(?<![a-z'/.-])[a-z]{4,}(?![a-z'/.-])")  # whole words, not parts of addresses


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class Normaliser(GraphComponent):
    """Replaces the text of each message by plain words.

    A leading '/' goes too, so that a typed message is words and never one of Rasa's own commands, on every channel.
    """

    def __init__(self, plain: NormalText, bare: Courtesies, storage: ModelStorage, resource: Resource, common: int) -> None:
        """`plain` knows no words of the examples yet where the component is to be trained."""
        self._plain, self._bare = plain, bare
        self._storage, self._resource, self._common = storage, resource, common

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`text_speak`, `courtesies`, `names`: files of words; `common`: how often a word must stand in the examples to count as known."""
        return {"text_speak": "data/text_speak.yml", "courtesies": "data/courtesies.yml", "names": [], "common": 3}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when the code or a file of words has changed."""
        return made_from(config, "text_speak", "courtesies", "names")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Normaliser:
        """Build the untrained component. Raises ValueError when a file of words is broken."""
        plain = NormalText(read_text_speak(Path(config["text_speak"])), english=never_mended(config["names"]))
        bare = Courtesies(read_courtesies(Path(config["courtesies"])))
        return cls(plain, bare, model_storage, resource, config["common"])

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Normaliser:
        """Load typed words, courtesies and known words from the model."""
        with model_storage.read_from(resource) as folder:
            memory = json.loads((folder / _MEMORY).read_text(encoding="utf-8"))
        plain, bare = NormalText(memory["words"], memory["counts"], never_mended(config["names"])), Courtesies(memory["courtesies"])
        return cls(plain, bare, model_storage, resource, config["common"])

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which words are known from the examples."""
        texts = [example.get(TEXT) for example in training_data.training_examples if example.get(TEXT)]
        counts = count_words(texts, self._plain.words, self._common)
        self._plain = NormalText(self._plain.words, counts, self._plain.english)
        with self._storage.write_to(self._resource) as folder:
            memory = {"words": dict(self._plain.words), "counts": counts, "courtesies": self._bare.phrases}
            (folder / _MEMORY).write_text(json.dumps(memory, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalise the examples in place, exactly as messages are."""
        for example in training_data.training_examples:
            if example.get(TEXT):
                example.set(TEXT, self._bare(self._plain(example.get(TEXT))))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalise the messages in place."""
        for message in messages:
            typed = message.get(TEXT) or ""
            if not BUTTON.fullmatch(typed):  # a pressed button is no words: `Decision` reads its id as it is
                message.set(TEXT, self._bare(self._plain(typed).lstrip("/ ")))
        return messages


def never_mended(files: list[str]) -> frozenset[str]:
    """English words and every word of `files`: names of places and services are no slips of spelling."""
    return english_words().union(*(_NAME.findall(Path(file).read_text(encoding="utf-8").lower()) for file in files))
