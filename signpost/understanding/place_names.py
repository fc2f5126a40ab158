"""Whether a message says that the person lives outside the council's area, or in it, so that the right services are named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from signpost.conversation.context import HERE, PLACE
from signpost.handoff.card import ELSEWHERE
from signpost.register.content import Council, read_content
from signpost.register.content_file import ContentFault, read_yaml

_LISTS = ("cues", "firm_cues", "not_here", "everyday_words", "elsewhere")


class Places:
    """Finds a place where somebody says that they live. Only words that speak of the person count: an abuser's town does not."""

    def __init__(self, council: Council, lists: dict[str, list[str]]) -> None:
        own = {council.words["area"].lower(), *(place.lower() for place in council.places)}
        away = {*lists["elsewhere"], *(place.lower() for place in council.neighbours)} - own
        everyday = set(lists["everyday_words"])
        self._away_names = away - everyday
        between = r"(?:the |a |an |near |north |south |east |west |town |village |city |called |of |up ){0,3}"
        firm = rf"\b(?:{_any(lists['firm_cues'])}) (?:{_any(away & everyday)})\b"
        self._away = re.compile(rf"\b(?:{_any(lists['cues'])}) {between}(?:{_any(away - everyday)})\b|{firm}")
        self._not_here = re.compile(rf"\b(?:{_any(lists['not_here'])}) (?:{_any(own)})\b")
        self._here = re.compile(rf"\b(?:{_any(lists['cues'])}) {between}(?:{_any(own)})\b")

    def __call__(self, text: str) -> str:
        """Return ELSEWHERE or HERE when `text` says where the person lives, else ''."""
        plain = " ".join(re.findall(r"[\w']+", text.lower()))
        if self._not_here.search(plain) or self._away.search(plain) or plain in self._away_names:
            return ELSEWHERE
        return HERE if self._here.search(plain) else ""


def read_places(folder: Path) -> Places:
    """Read places.yml and council.yml of `folder`. Raises ContentFault, naming file, fault and mend."""
    path = folder / "places.yml"
    lists = read_yaml(path)
    if not all(lists.get(name) for name in _LISTS):
        raise ContentFault(f"{path}: needs the lists {', '.join(_LISTS)}, none of them empty.")
    return Places(read_content(folder).council, {name: [str(entry).lower() for entry in lists[name]] for name in _LISTS})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceNames(GraphComponent):
    """Notes in each message whether the person says that they live elsewhere."""

    def __init__(self, places: Places) -> None:
        self._places = places

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`register`: folder of places.yml and council.yml."""
        return {"register": "data"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceNames:
        """Read the places at every start. Raises ContentFault."""
        return cls(read_places(Path(config["register"])))

    def process(self, messages: list[Message]) -> list[Message]:
        """Note ELSEWHERE, HERE or '' in each message."""
        for message in messages:
            message.set(PLACE, self._places(message.get(TEXT) or ""), add_to_output=True)
        return messages


def _any(names: Iterable[str]) -> str:
    """A pattern for any of `names`, longest first; one that never matches for none."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or r"(?!)"
