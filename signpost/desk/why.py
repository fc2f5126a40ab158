"""`make why`: what was understood from a message and why. Shows names, files and figures, never a word of the message.

The message is typed without being echoed, or comes from standard input: `make why < file`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping
from getpass import getpass
from pathlib import Path

from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.shared.nlu.training_data.message import Message

from signpost.understanding.patterns import Pattern
from signpost.understanding.safety_net import FOUND
from signpost.understanding.three_questions import SCORES, Scores
from signpost.understanding.understood import KEY, Understood
from signpost.understanding.who_asks import SAID

_MODEL = Path("models/signpost.tar.gz")
_SHOWN = 3  # likeliest answers shown for each question


def understand(agent: Agent, text: str) -> Message:
    """Run the model's understanding on `text` and return Rasa's message with all that its components left in it."""
    processor = agent.processor
    if processor is None:
        raise ValueError(f"{_MODEL} holds no trained understanding. Run 'make train'.")
    target = processor.model_metadata.nlu_target
    results = processor.graph_runner.run(inputs={PLACEHOLDER_MESSAGE: [UserMessage(text)]}, targets=[target])
    messages: list[Message] = results[target]
    return messages[0]


def explain(message: Message) -> Iterator[str]:
    """Yield the lines that say what fired and what the three questions answered; none holds a word of the message."""
    patterns: list[Pattern] = message.get(FOUND) or []
    for pattern in patterns:
        yield f"pattern   {pattern.name}: {pattern.urgency}, {pattern.file}"
    if not patterns:
        yield "pattern   none"
    scores: Scores | None = message.get(SCORES)
    if scores:
        for question in ("topic", "urgency", "audience"):
            yield f"{question:<9} {_likeliest(getattr(scores, question))}"
        if scores.parts:
            most = max(part.urgency.get("emergency", 0.0) for part in scores.parts)
            yield f"parts     {len(scores.parts)}, the most urgent one emergency {most:.2f}"
    yield f"says      {', '.join(sorted(message.get(SAID) or ())) or 'not who asks'}"
    understood = Understood.from_dict(message.get(KEY))
    if understood:
        by = f"pattern {understood.pattern}" if understood.pattern else "sure" if understood.sure else "unsure"
        yield f"decision  {understood.topic}: {understood.urgency}, {understood.audience or 'unknown'}, {by}"


def _likeliest(scores: Mapping[str, float]) -> str:
    best = sorted(scores.items(), key=lambda item: -item[1])[:_SHOWN]
    return ", ".join(f"{label} {score:.2f}" for label, score in best)


def main() -> int:
    """Explain one message. Returns 0, or 1 when there is no model or no message."""
    if not _MODEL.exists():
        print(f"{_MODEL} is missing. Run 'make train'.", file=sys.stderr)
        return 1
    text = getpass("Message (not shown): ") if sys.stdin.isatty() else sys.stdin.read()
    if not text.strip():
        print("There was no message. Type one, or give it on standard input.", file=sys.stderr)
        return 1
    agent = asyncio.run(load_agent(model_path=str(_MODEL)))
    for line in explain(understand(agent, text)):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
