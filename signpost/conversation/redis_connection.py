"""The connection of conversation store and lock store to Redis: quick to give up, so that a person never waits for it."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError

from signpost.conversation.buttons import secret

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 0.3  # for one answer of Redis, which takes under a millisecond when it is well
_REST_SECONDS = 1.0  # after a fault Redis is left alone so long, and turns go on without it
Answer = TypeVar("Answer")


class RedisConnection:
    """Asks Redis, and goes on without an answer when there is none."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`url`: redis://, rediss:// or unix:// with user and password. Raises ValueError when it is none of these; connects later."""
        self.client: Redis[Any] = Redis.from_url(
            url,
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 1),  # one more try: an idle connection may have been closed by a restart
            retry_on_error=[ConnectionError],
        )
        self._clock, self._rests_until = clock, 0.0

    async def ask(self, question: Callable[[], Awaitable[Answer]], otherwise: Answer) -> Answer:
        """Return Redis's answer to `question`, or `otherwise` when it has none; a fault is logged once until Redis is back."""
        if self._clock() < self._rests_until:
            return otherwise
        try:
            answer = await question()
        except (RedisError, OSError) as fault:
            if not self._rests_until:
                logger.error("Redis does not answer (%s); conversations go on without memory until it does.", type(fault).__name__)
            self._rests_until = self._clock() + _REST_SECONDS
            return otherwise
        if self._rests_until:
            logger.warning("Redis answers again.")
            self._rests_until = 0.0
        return answer


@cache
def redis_at(url: str) -> RedisConnection:
    """Return this process's one connection to `url`: a fault that the locks notice spares the store its own wait."""
    return RedisConnection(url)


def conversation_key(conversation: str) -> str:
    """Return what stands for a conversation: whoever reads Redis learns no id that a person or an integrator uses."""
    return hmac.new(secret(), f"redis:{conversation}".encode(), hashlib.sha256).hexdigest()[:40]
