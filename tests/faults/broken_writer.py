"""An answer writer that goes wrong in every way a component can, and takes what was typed into each of its faults."""

from __future__ import annotations

import asyncio
import logging
import threading
import warnings
from typing import Any

import structlog
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.handoff.answer_writer import AnswerWriter


class BrokenWriter(AnswerWriter):
    """Writes as the real one does, unless the message holds one of the words below."""

    async def generate(self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any) -> dict[str, Any] | None:
        text = tracker.latest_message.text or ""
        if "raise" in text:
            try:
                raise KeyError(text)
            except KeyError as fault:
                raise RuntimeError(f"cannot answer {text}") from fault
        if "hang" in text:
            await asyncio.Event().wait()
        if "chatter" in text:
            _log(text)
        if "thread" in text:
            thread = threading.Thread(target=_fail, args=(text,))
            thread.start()
            thread.join()
        if "lost" in text:
            asyncio.get_running_loop().call_soon(_fail, text)
        return await super().generate(utter_action, tracker, output_channel, **kwargs)


def _fail(text: str) -> None:
    raise ValueError(text)


def _log(text: str) -> None:
    for name in ("", "rasa.core.processor", "sanic.root", "sanic.error", "sanic.access", "asyncio", "somebody.else"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
            logger.log(level, "typed: %s", text)
            logger.log(level, f"typed: {text}")  # as Rasa writes them
        logger.error("cannot be %d", text)
    structlog.get_logger().error("typed", text=text)
    warnings.warn(text, UserWarning, stacklevel=1)
    warnings.warn(text, DeprecationWarning, stacklevel=1)
