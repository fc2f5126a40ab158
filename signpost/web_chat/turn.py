"""One turn: a message in, the guarded reply out, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.domain import Domain

from signpost.counting.counts import counts_of_this_process
from signpost.handoff.answers import read_answers
from signpost.handoff.guard import Guard, Messages
from signpost.register.content import Content

SECONDS = 2.0  # after so long the safe card leaves instead
LONGEST = 20_000  # characters: of a longer message its two ends are read, where people say what it is about and what they want
_BLANK = "?"  # what an empty message is understood as; Rasa's graph needs a character

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class Turns:
    """Takes turns for one channel. The guard's catalogue is compiled once for each model that is loaded."""

    def __init__(self, content: Content, channel: str) -> None:
        self._content, self._channel = content, channel
        self._guard: tuple[Domain, Guard] | None = None

    def guard_for(self, domain: Domain) -> Guard:
        """Return the guard that knows the answers of `domain`."""
        if self._guard is None or self._guard[0] is not domain:
            self._guard = (domain, Guard(self._content, read_answers(domain.responses)))
        return self._guard[1]

    async def take(self, on_new_message: OnNewMessage, domain: Domain, sender: str, text: str) -> Messages:
        """Return the messages that answer `text`; never raises, never empty, never without a card."""
        guard = self.guard_for(domain)
        collector = WholeReplies()
        slow = False
        try:
            message = UserMessage(_readable(text) or _BLANK, collector, sender, input_channel=self._channel)
            await asyncio.wait_for(on_new_message(message), SECONDS)
            fault = guard.fault(collector.messages)
        except asyncio.TimeoutError:
            fault, slow = "late", True
        except Exception as error:  # whatever it is, a person must not be left without a human route
            fault = type(error).__name__
        reply = list(collector.messages) if fault is None else guard.safe_card(datetime.now(timezone.utc), slow)
        counts_of_this_process().turn(sender, reply, fault or "")
        return reply


def _readable(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"


class WholeReplies(CollectingOutputChannel):
    """Collects replies as they were written; Rasa's own collector would split them at blank lines."""

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep one message whole."""
        await self._persist_message(self._message(recipient_id, text=text))
