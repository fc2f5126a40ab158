"""Which language a message is in, and danger said in that language. Stands first in the pipeline, before words are made English."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lingua import Language as Lingua
from lingua import LanguageDetectorBuilder
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.conversation.buttons import BUTTON
from signpost.understanding.language_danger import DangerByLetters, load_dangers, save_dangers
from signpost.understanding.language_files import (
    EMERGENCY,
    HONOUR,
    PARENT,
    PRACTICAL,
    WORRIED,
    YOUNG,
    LanguageFile,
    Phrase,
    PhraseFinder,
    folded_words,
    read_languages,
)
from signpost.understanding.lemmas import english_words
from signpost.understanding.lookalikes import unmasked
from signpost.understanding.made_from import made_from
from signpost.understanding.normal_text import both_ends, read_text_speak
from signpost.understanding.understood import OTHER_LANGUAGE, Understood

HEARD = "language_heard"  # in a message: the Heard

_MEMORY = "english_words.json"
_LOOKED_AT = 300  # characters that the detector reads; a language shows sooner
_FEWEST_WORDS, _FEWEST_LETTERS = 4, 14  # below that only listed words and script decide: 'hola', a name or a typo is no language
_ENGLISH = 0.65  # share of known English words from which on nothing else is asked
_NOT_ENGLISH = 0.4  # the detector decides only where at most this share is known English
_CONFIDENT = 0.8  # probability that the detector must give
_STRANGER = 3  # how many times as often a word must be seen that another language has and no English dictionary
_LISTED = 0.3  # share of words that must stand in a language's list
# Languages told apart from ours, so that theirs are not taken for ours; the detector would else have to choose one of ours.
_CONFUSABLE = ("ENGLISH", "ITALIAN", "GERMAN", "DUTCH", "TURKISH", "LITHUANIAN", "HUNGARIAN", "SOMALI", "ALBANIAN", "CZECH", "SLOVAK")
_RUSSIAN, _UKRAINIAN = frozenset("ыэъё"), frozenset("іїєґ")
_RUSSIAN_WORDS = frozenset(
    ["что", "это", "меня", "мне", "и", "как", "по", "говорю", "помогите", "очень", "есть", "нет", "если", "хочу", "его"]
)
_URDU, _NEITHER = frozenset("ٹڈڑںےہ"), frozenset("پچژگځڅښګۍێۆڵڕ")
_HINDI = frozenset(["है", "हैं", "में", "मैं", "मुझे", "नहीं", "और", "हूँ", "हूं", "क्या", "मेरा", "मेरी", "था", "थी", "रहा", "रही", "कर"])
_SCRIPTS = (("latin", 0x41, 0x24F), ("cyrillic", 0x400, 0x52F), ("arabic", 0x600, 0x77F), ("devanagari", 0x900, 0x97F))


@dataclass(frozen=True)
class Heard:
    """What a message told in another language: '' for none. `sure`: the message itself is in it, not a phrase among English alone."""

    language: str = ""
    kind: str = PRACTICAL
    audience: str = ""
    sure: bool = False


class LanguageEar:
    """Tells language, danger and audience of a message.

    `english`: words known from the examples and the text-speak list. `dangers`: what was learned of each language. `danger` and `worry`:
    the probability from which that counts.
    """

    def __init__(
        self,
        languages: Sequence[LanguageFile],
        english: Collection[str],
        dangers: Mapping[str, DangerByLetters],
        danger: float,
        worry: float,
    ) -> None:
        self._english = frozenset(english)
        self._dangers, self._danger, self._worry = dangers, danger, worry
        self._languages = {language.name: language for language in languages}
        self._finder = PhraseFinder(languages)
        self._of_lingua = {language.lingua: language.name for language in languages if language.lingua}
        latin = [name for name in self._of_lingua if name not in ("ARABIC", "URDU", "UKRAINIAN")]
        names = [getattr(Lingua, name) for name in (*latin, *_CONFUSABLE)]
        builder = LanguageDetectorBuilder.from_languages(*names)
        self._detector = builder.with_low_accuracy_mode().with_preloaded_language_models().build()

    def hear(self, text: str) -> Heard:
        """Return what was heard in typed `text`. Linear in its length; never raises."""
        text = unmasked(both_ends(text).lower())
        words = folded_words(text)
        if not words:
            return Heard()
        share = sum(word in self._english for word in words) / len(words)
        language = self._language(text, words, share)
        if not language and share == 1:
            return Heard()  # all words are known English ones, so that no phrase in it could count as foreign
        found = [
            (phrase.language, phrase.kind) for phrase, said in self._finder.find(words) if language or self._foreign(phrase, said, share)
        ]
        danger = Counter(name for name, kind in found if kind in (EMERGENCY, HONOUR))
        if not language and not danger:
            return Heard()
        speaks = language
        if danger and language not in danger and (language in ("", OTHER_LANGUAGE) or not self._listed(language, words)):
            speaks = max(sorted(danger), key=lambda name: (danger[name], self._listed(name, words)))
        kinds = {kind for name, kind in found if name == speaks}
        # Danger said in a sister language's words is danger too (Spanish and Portuguese, Urdu and Nepali in Latin letters).
        kind = next((kind for kind in (HONOUR, EMERGENCY) if kind in kinds), EMERGENCY if danger else "")
        audience = PARENT if PARENT in kinds else YOUNG if YOUNG in kinds else ""
        kind = kind or (WORRIED if WORRIED in kinds else PRACTICAL)
        return Heard(speaks, self._by_letters(speaks, words, kind), audience, bool(language))

    def _by_letters(self, language: str, words: Sequence[str], kind: str) -> str:
        """The kind that a message of `language` gets, no calmer than the `kind` that its phrases say."""
        if kind in (EMERGENCY, HONOUR) or language not in self._dangers:
            return kind
        likely = self._dangers[language](words)
        if likely[EMERGENCY] >= self._danger:
            return EMERGENCY
        return WORRIED if likely[EMERGENCY] + likely[WORRIED] >= self._worry else kind

    def _foreign(self, phrase: Phrase, said: Sequence[str], share: float) -> bool:
        """Whether a phrase in an English message cannot be English; a single word among much English must be a plain one."""
        if sum(word not in self._english for word in said) * 2 <= len(said):
            return False
        return len(said) > 1 or share <= _NOT_ENGLISH or phrase.is_plain(said[0])

    def _listed(self, name: str, words: Iterable[str]) -> int:
        return sum(word in self._languages[name].words for word in words)

    def _language(self, text: str, words: Sequence[str], share: float) -> str:
        """The file's name of the language, OTHER_LANGUAGE for a language without a file, '' for English or too little to tell."""
        if share >= _ENGLISH:
            return ""
        scripts = Counter(_script(word[0]) for word in words if word[0].isalpha())
        latin = scripts.pop("latin", 0)
        if scripts and sum(scripts.values()) > latin:
            script, _ = scripts.most_common(1)[0]
            letters = sum(len(word) for word in words if _script(word[0]) == script)
            return self._by_script(script, text, words) if letters >= 3 else ""
        return self._by_words(words, share) or self._by_detector(text, words, share)

    def _by_script(self, script: str, text: str, words: Sequence[str]) -> str:
        letters = frozenset(text)
        name = ""
        if script == "cyrillic" and not letters & _RUSSIAN:
            name = "ukrainian" if letters & _UKRAINIAN or not _RUSSIAN_WORDS & frozenset(text.split()) else ""
        elif script == "arabic":
            name = "urdu" if letters & _URDU else "" if letters & _NEITHER else "arabic"
        elif script == "devanagari" and len(_HINDI & frozenset(text.split())) <= self._listed("nepali", words):
            name = "nepali"
        return name if name in self._languages else OTHER_LANGUAGE

    def _by_words(self, words: Sequence[str], share: float) -> str:
        """The language whose listed words are the most, when they outnumber the English ones."""
        votes = {name: self._listed(name, words) for name in self._languages}
        first, second = sorted(votes, key=lambda name: -votes[name])[:2]
        strange = sum(word in self._languages[first].words and word not in self._english for word in words)
        enough = votes[first] >= max(2, _LISTED * len(words)) and strange >= 1 and votes[first] > share * len(words)
        return first if enough and votes[first] > votes[second] else ""

    def _by_detector(self, text: str, words: Sequence[str], share: float) -> str:
        if share > _NOT_ENGLISH or len(words) < _FEWEST_WORDS or sum(map(len, words)) < _FEWEST_LETTERS:
            return ""
        likely = self._detector.compute_language_confidence_values(text[:_LOOKED_AT])[0]
        name = str(likely.language.name)
        return "" if name == "ENGLISH" or likely.value < _CONFIDENT else self._of_lingua.get(name, OTHER_LANGUAGE)


def _script(letter: str) -> str:
    return next((name for name, first, last in _SCRIPTS if first <= ord(letter) <= last), "other")


def in_language(understood: Understood, heard: Heard | None) -> Understood:
    """Return `understood` with the answer in the language heard; danger that was understood before is never lowered."""
    if heard is None or not heard.language:
        return understood
    danger = understood.urgency == EMERGENCY and (bool(understood.pattern) or not heard.sure)
    if danger and not heard.sure:
        return understood  # an English message whose danger is known already: its own topic answers better
    kind = EMERGENCY if danger and heard.kind != HONOUR else heard.kind
    return replace(
        understood,
        topic=f"{OTHER_LANGUAGE}_{kind}",
        urgency=EMERGENCY if kind == HONOUR else kind,
        audience=heard.audience or (understood.audience if not heard.sure else ""),
        sure=True,
        close=(),
        language=heard.language,
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Language(GraphComponent):
    """Notes the language of each message; keeps no word of it. `Decision` then chooses the answer."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, ear: LanguageEar | None) -> None:
        self._config, self._storage, self._resource, self._ear = config, storage, resource, ear

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`languages`: folder of their files; `text_speak`: typed words that are English; `common`: as for the normaliser.

        `danger` and `worry`: see `LanguageEar`.
        """
        return {"languages": "data/languages", "text_speak": "data/text_speak.yml", "common": 3, "danger": 0.6, "worry": 0.7}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when the code or a file of words has changed."""
        return made_from(config, "text_speak", "languages")

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Language:
        """Build the untrained component. Raises ContentFault or LanguageFault when a file of a language is broken."""
        read_languages(Path(config["languages"]))
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> Language:
        """Load the known English words from the model, and the languages from their files. Raises ContentFault or LanguageFault."""
        with model_storage.read_from(resource) as folder:
            english, dangers = json.loads((folder / _MEMORY).read_text(encoding="utf-8")), load_dangers(folder)
        languages = read_languages(Path(config["languages"]))
        return cls(config, model_storage, resource, LanguageEar(languages, english, dangers, config["danger"], config["worry"]))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the English words from the English examples, and danger in each language from its own."""
        texts = [example.get(TEXT) for example in training_data.training_examples if example.get(TEXT)]
        languages = read_languages(Path(self._config["languages"]))
        foreign = {word for language in languages for word in language.words}
        words = known_words(texts, read_text_speak(Path(self._config["text_speak"])), foreign, self._config["common"])
        with self._storage.write_to(self._resource) as folder:
            (folder / _MEMORY).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
            save_dangers(learned_dangers(languages), folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Note what was heard in each message."""
        for message in messages:
            typed = message.get(TEXT) or ""
            if self._ear is not None and not BUTTON.fullmatch(typed):
                message.set(HEARD, self._ear.hear(typed))
        return messages


def learned_dangers(languages: Iterable[LanguageFile]) -> dict[str, DangerByLetters]:
    """Return what the examples of each language teach of danger in it, by the language's name."""
    return {
        language.name: DangerByLetters.learned({kind: [folded_words(text) for text in texts] for kind, texts in language.examples.items()})
        for language in languages
    }


def known_words(texts: Iterable[str], text_speak: Iterable[str], foreign: Collection[str], at_least: int) -> list[str]:
    """Return the words that count as English, folded and in order: those of text-speak and those seen often enough in `texts`.

    A word of the `foreign` lists that no English dictionary has must be seen three times as often as others, since a few examples say
    words of other languages.
    """
    counts = Counter(word for text in texts for word in folded_words(text))
    strange = set(foreign) - {word for each in english_words() for word in folded_words(each)}
    often = {word for word, count in counts.items() if count >= (at_least * _STRANGER if word in strange else at_least)}
    return sorted(often | {word for typed in text_speak for word in folded_words(typed)})
