"""One turn: a message in, the guarded reply out, whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import datetime, timezone
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.domain import Domain

from signpost.counting.counts import counts_of_this_process
from signpost.handoff.answers import read_answers
from signpost.handoff.guard import Guard, Messages, safe_card
from signpost.handoff.guard_events import EXCEPTION, GUARD_EVENTS, LATE
from signpost.register.content import Content

logger = logging.getLogger(__name__)

SECONDS = 2.0  # after so long the safe card leaves instead
LONGEST = 20_000  # characters: of a longer message its two ends are read, where people say what it is about and what they want
_BLANK = "?"  # what an empty message is understood as; Rasa's graph needs a character

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class Turns:
    """Takes turns for one channel. The guard's catalogue is compiled once for each model that is loaded."""

    def __init__(self, content: Content, channel: str) -> None:
        """Raises whatever makes a safe card impossible: without one the start must stop."""
        self._content, self._channel = content, channel
        self._guard: tuple[Domain, Guard] | None = None
        self._last_resort = safe_card(content, datetime.now(timezone.utc))

    def guard_for(self, domain: Domain) -> Guard:
        """Return the guard that knows the answers of `domain`."""
        if self._guard is None or self._guard[0] is not domain:
            self._guard = (domain, Guard(self._content, read_answers(domain.responses)))
        return self._guard[1]

    async def take(self, on_new_message: OnNewMessage, domain: Domain | None, sender: str, text: str) -> Messages:
        """Return the messages that answer `text`; never raises, never empty, never without a card."""
        collector = WholeReplies()
        try:
            guard = self.guard_for(domain or Domain.empty())
            message = UserMessage(_readable(text) or _BLANK, collector, sender, input_channel=self._channel)
            fault = guard.fault(collector.messages) if await in_time(on_new_message(message)) else LATE
        except Exception as error:  # whatever it is, a person must not be left without a human route
            logger.warning("A turn failed: %s.", type(error).__name__)  # never any text of the message or the reply
            fault = EXCEPTION
        reply = self.let_out(list(collector.messages), fault)
        counts_of_this_process().turn(sender, reply, fault or "")
        return reply

    def let_out(self, messages: Messages, fault: str | None) -> Messages:
        """Return `messages`, or the safe card where there is a `fault`, which is counted by its name only."""
        if fault is None:
            return messages
        GUARD_EVENTS.add(fault)
        logger.warning("The guard sent the safe card: %s.", fault)
        try:
            return safe_card(self._content, datetime.now(timezone.utc), slow=fault == LATE)
        except Exception as error:  # the card of the start: its opening hours may be old, its numbers are not
            logger.warning("The safe card could not be made: %s.", type(error).__name__)
            return deepcopy(self._last_resort)


async def in_time(answering: Awaitable[Any]) -> bool:
    """Wait for `answering` and return whether it was done within the time; what is late is told to stop and not waited for.

    Raises whatever `answering` raised.
    """
    began = time.monotonic()
    task = asyncio.ensure_future(answering)
    try:
        done, _ = await asyncio.wait({task}, timeout=SECONDS)
    finally:
        if not task.done():
            task.add_done_callback(_forget_outcome)
            task.cancel()
    if not done:
        return False
    task.result()
    return time.monotonic() - began <= SECONDS


def _forget_outcome(task: asyncio.Future[Any]) -> None:
    """Look at the exception of a turn that was given up, or asyncio would log it, text and all."""
    if not task.cancelled():
        task.exception()


def _readable(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"


class WholeReplies(CollectingOutputChannel):
    """Collects replies as they were written; Rasa's own collector would split them at blank lines."""

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep one message whole."""
        await self._persist_message(self._message(recipient_id, text=text))
