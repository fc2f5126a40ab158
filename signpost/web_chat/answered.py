"""The last answer of each conversation, for a short time: a message that is sent twice is taken once and answered alike.

That holds within one process. With several workers a repetition may reach another one, which takes the message again and answers anew.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Reply = TypeVar("Reply")

_MOST = 10_000  # conversations, about 4 kB each
_SECONDS = 120.0  # a page that was cut off longer starts a message anew


@dataclass(frozen=True)
class _Last(Generic[Reply]):
    token: str
    at: float
    reply: asyncio.Future[Reply]


class Answered(Generic[Reply]):
    """Remembers replies by conversation and the page's own token for the message. Nothing that anybody typed is in it."""

    def __init__(self, most: int = _MOST, seconds: float = _SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._last: OrderedDict[str, _Last[Reply]] = OrderedDict()  # oldest first

    async def once(self, conversation: str, token: str, answer: Callable[[], Awaitable[Reply]]) -> Reply:
        """Return the reply to the message `token`, calling `answer` unless it was called for that token before.

        The turn goes on when the caller's connection is lost, so that its repetition finds the reply. An empty token is never remembered.
        """
        self._forget_old()
        last = self._last.get(conversation)
        if last is None or last.token != token or not token:
            last = _Last(token, self._clock(), asyncio.ensure_future(answer()))
            self._last.pop(conversation, None)
            self._last[conversation] = last
            while len(self._last) > self._most:
                self._last.popitem(last=False)
        return await asyncio.shield(last.reply)

    async def forget(self, conversation: str) -> None:
        """Forget the conversation's reply, once a turn that is still under way has ended."""
        last = self._last.pop(conversation, None)
        if last is not None:
            await asyncio.wait([last.reply])

    def _forget_old(self) -> None:
        limit = self._clock() - self._seconds
        while self._last and next(iter(self._last.values())).at < limit:
            self._last.popitem(last=False)
