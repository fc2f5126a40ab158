"""What understanding hands on: one small record, carried in Rasa's parse data, without a word of what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

KEY = "understood"  # where the record lies in a message and in `parse_data`

UNSURE = {
    "emergency": "unsure_emergency",
    "worried": "unsure_worried",
    "practical": "unsure_practical",
    "information": "nlu_fallback",
}

OTHER_LANGUAGE = "other_language"  # the topics of messages that are not in English begin so; their kind follows


@dataclass(frozen=True)
class Understood:
    """Topic, urgency and audience of one message, how sure of the topic, and why.

    `close`: nearest topics, best first, offered as buttons when unsure. `audience` is '' when nothing tells; `who` is how sure the words
    themselves are of it (0 to 1), low where only the subject tells, 1 where it is said outright.
    `pattern`: the safety pattern that decided, or ''. `service`: id of a service that the message names, or ''.
    `language`: 'en', or the name of its file in data/languages, or OTHER_LANGUAGE.
    """

    topic: str
    urgency: str
    audience: str
    sure: bool
    confidence: float
    close: tuple[str, ...] = ()
    pattern: str = ""
    service: str = ""
    language: str = "en"
    who: float = 0.0
    adult: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON types."""
        return {**asdict(self), "close": list(self.close)}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any] | None) -> Understood | None:
        """Return the record that `as_dict` gave, or None for anything else."""
        if not record or "topic" not in record:
            return None
        return cls(**{**record, "close": tuple(record.get("close") or ())})
