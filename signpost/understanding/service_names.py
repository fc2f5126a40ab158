"""Which service a message names ('childline', 'ceop'), so that a follow-up is answered about that one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from signpost.register.content import Content, read_content

NAMED = "service_named"  # in a message: id of the service named, or ''


class Names:
    """Finds services by the aliases that the register gives them."""

    def __init__(self, content: Content) -> None:
        self._ids = {alias: service.id for service in content.services.values() if service.is_shown() for alias in service.aliases}
        names = sorted(map(re.escape, self._ids), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)") if names else re.compile(r"(?!)")

    def first_in(self, text: str) -> str:
        """Id of the first service named in `text`; '' for none."""
        found = self._pattern.search(text.lower())
        return self._ids[found.group()] if found else ""

    def all_in(self, text: str) -> set[str]:
        """Ids of all services named in `text`."""
        return {self._ids[name] for name in self._pattern.findall(text.lower())}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ServiceNames(GraphComponent):
    """Finds the aliases of the register's services in each message."""

    def __init__(self, content: Content) -> None:
        self._names = Names(content)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`register`: folder of the register."""
        return {"register": "data"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ServiceNames:
        """Read the register. Raises ContentFault."""
        return cls(read_content(Path(config["register"])))

    def process(self, messages: list[Message]) -> list[Message]:
        """Note the first service named in each message."""
        for message in messages:
            message.set(NAMED, self._names.first_in(message.get(TEXT)))
        return messages
