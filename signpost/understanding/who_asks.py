"""Who a message plainly says is asking ("i am a teacher, what is grooming"), whatever its subject: reviewed words of data/who_asks.yml."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from signpost.register.content import AUDIENCES, CHILDREN
from signpost.register.content_file import ContentFault, read_yaml

FILE = "who_asks.yml"
SAID = "who_asks_said"  # in a message: the audiences that it says are asking
_LISTS = ("openings", "articles", "between", "closings", "not_after", "not_before")
_BY_AUDIENCE = ("roles", "says")
_PART = re.compile(r"[.,;:!?()\"\n]+|\s[-\u2013\u2014]+\s")  # where a part of a sentence ends
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_BEFORE = 8  # words before a statement that may make it somebody else's
_MOST_BETWEEN = 5
ADULT = "adult"  # in the file, beside the audiences: an adult, of whatever kind
ADULTS = frozenset(AUDIENCES) - {"young_person", "operator", "unknown"}  # a grown-up friend too
_NO_CHILD = frozenset(AUDIENCES) - CHILDREN - {"own_behaviour"}  # whom a child is never taken for; about own behaviour children ask too
_ONE_OF = frozenset({"parent", "professional", "operator"})  # whoever says to be one of these is none of the others
AT_START = "^ "  # before a phrase: only at the start of a part


@dataclass(frozen=True)
class WaysToSay:
    """data/who_asks.yml: words in plain small letters. `roles` and `says` go by audience or ADULT, as {audience: [words]}."""

    openings: tuple[str, ...]
    articles: tuple[str, ...]
    between: tuple[str, ...]
    closings: tuple[str, ...]
    not_after: tuple[str, ...]
    not_before: tuple[str, ...]
    roles: Mapping[str, tuple[str, ...]]
    says: Mapping[str, tuple[str, ...]]


class WhoSays:
    """Finds who a message says is asking. Built once; safe to share."""

    def __init__(self, ways: WaysToSay) -> None:
        roles = {role: audience for audience, names in ways.roles.items() for role in names}
        says = {phrase: audience for audience, phrases in ways.says.items() for phrase in phrases}
        self._audience_of = {
            **roles,
            **{f"{role}s": audience for role, audience in roles.items()},
            **{phrase.removeprefix(AT_START): audience for phrase, audience in says.items()},
        }
        article, between = rf"(?:(?:{_any(ways.articles)}) )?", rf"(?:(?:{_any(ways.between)}) ){{0,{_MOST_BETWEEN}}}"
        role = rf"(?P<who>(?:{_any(roles)})s?)(?!['\w])(?! (?:(?:{_any(ways.between)}) )*(?:{_any(roles)})\b)"
        self._statements = (
            re.compile(rf"{_starts(ways.openings)} {article}{between}{role}"),
            re.compile(rf"^{between}(?P<who>(?:{_any(roles)})s?) (?:{_any(ways.closings)})$"),
            re.compile(rf"(?P<who>{_starts(says)})(?!['\w])"),
        )
        self._not_after = re.compile(rf"\b(?:{_any(ways.not_after)})\b")
        self._not_before = re.compile(rf" ?(?:{_any(ways.not_before)})\b")

    def __call__(self, text: str) -> frozenset[str]:
        """Return the audiences that plain `text` says are asking: all adults where it says no more than that ("i am 46").

        None where it says nothing, or both a child and an adult.
        """
        parts = (" ".join(_WORD.findall(part)) for part in _PART.split(text))
        said = frozenset(audience for part in parts for audience in self._said_in(part))
        if said & CHILDREN:
            return said if said <= CHILDREN else frozenset()
        return said - {ADULT} or ADULTS if said else said

    def _said_in(self, part: str) -> Iterable[str]:
        for statement in self._statements:
            for found in statement.finditer(part):
                before = " ".join(part[: found.start()].split()[-_BEFORE:])
                if not self._not_after.search(before) and not self._not_before.match(part, found.end()):
                    yield self._audience_of[found["who"]]


def read_ways_to_say(folder: Path) -> WaysToSay:
    """Read who_asks.yml of `folder`. Raises ContentFault, naming file, fault and mend."""
    path = folder / FILE
    content = read_yaml(path)
    if set(content) != {*_LISTS, *_BY_AUDIENCE}:
        raise ContentFault(f"{path}: needs the lists {', '.join(_LISTS)} and, by audience, {', '.join(_BY_AUDIENCE)}; nothing else.")
    for name in _LISTS:
        _must_be_words(path, name, content[name])
    for name in _BY_AUDIENCE:
        if not isinstance(content[name], dict) or not set(content[name]) <= {*AUDIENCES, ADULT}:
            raise ContentFault(f"{path}: '{name}' must hold lists under names of audiences: {', '.join((*AUDIENCES, ADULT))}.")
        for audience, words in content[name].items():
            _must_be_words(path, f"{name}: {audience}", words)
    lists = {name: tuple(content[name]) for name in _LISTS}
    roles, says = ({who: tuple(words) for who, words in content[name].items()} for name in _BY_AUDIENCE)
    return WaysToSay(**lists, roles=roles, says=says)


def _must_be_words(path: Path, name: str, words: Any) -> None:
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word == word.lower().strip() for word in words):
        raise ContentFault(f"{path}: '{name}' must be a list of words in small letters. Put quotes round numbers and words such as 'no'.")
    if twice := {word for word in words if words.count(word) > 1}:
        raise ContentFault(f"{path}: '{name}' has '{min(twice)}' twice. Take one out.")


def ruled_out(said: Collection[str]) -> frozenset[str]:
    """The audiences that do not ask where those of `said` do: no children where an adult says so, and the other way round.

    A parent is no professional and the other way round, but a nurse may well be a survivor or fear what she might do.
    """
    if not said:
        return frozenset()
    others = _ONE_OF if _ONE_OF.issuperset(said) else frozenset()
    return _NO_CHILD if CHILDREN.issuperset(said) else (CHILDREN | others) - set(said)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class WhoAsks(GraphComponent):
    """Notes in each message who it says is asking; `Decision` weighs it."""

    def __init__(self, says: WhoSays) -> None:
        self._says = says

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`ways`: folder of who_asks.yml."""
        return {"ways": "data"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WhoAsks:
        """Read the ways to say it at every start, so that an edit needs no training. Raises ContentFault."""
        return cls(WhoSays(read_ways_to_say(Path(config["ways"]))))

    def process(self, messages: list[Message]) -> list[Message]:
        """Note the audiences that each message says are asking."""
        for message in messages:
            message.set(SAID, self._says(message.get(TEXT) or ""))
        return messages


def _any(words: Iterable[str]) -> str:
    """A pattern for any of `words`, longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _starts(phrases: Iterable[str]) -> str:
    """A pattern for any of `phrases` as whole words."""
    anchored = [phrase.removeprefix(AT_START) for phrase in phrases if phrase.startswith(AT_START)]
    free = [phrase for phrase in phrases if not phrase.startswith(AT_START)]
    kinds = [rf"(?<![\w'])(?:{_any(free)})"] if free else []
    return rf"(?:{'|'.join([*kinds, *([rf'^(?:{_any(anchored)})'] if anchored else [])])})"
