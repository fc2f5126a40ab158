"""One message of a conversation at a time, whichever worker it reaches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock_store import LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio.lock import Lock
from redis.exceptions import LockError

from signpost.conversation.redis_connection import conversation_key, redis_at

_HELD_SECONDS = 3.0  # a worker that dies holds a conversation no longer; a turn takes 2 s at most
_WAIT_SECONDS = 1.5  # for the turn before; then the message is answered all the same
_LOOK_SECONDS = 0.02  # from one look at a lock that is held to the next


class RedisLocks(LockStore):
    """Locks in Redis. Rasa's own ticket locks stop the event loop for seven answers of Redis a turn and look again after a second only."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        """Raises ValueError when `url` in the endpoints file is no address of Redis."""
        self._redis = redis_at(endpoint_config.url)
        self._prefix = endpoint_config.kwargs.get("prefix", "signpost:lock:")

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: Any, **__: Any) -> AsyncIterator[None]:
        """Hold the conversation. Without Redis, or when the turn before takes too long, go on: an answer matters more than order."""
        key = self._prefix + conversation_key(conversation_id)
        held = Lock(self._redis.client, key, timeout=_HELD_SECONDS, sleep=_LOOK_SECONDS, blocking_timeout=_WAIT_SECONDS)
        ours = await self._redis.ask(held.acquire, False)
        try:
            yield
        finally:
            if ours:
                await self._redis.ask(lambda: _release(held), None)


async def _release(held: Lock) -> None:
    try:
        await held.release()
    except LockError:  # it has expired: the turn took longer than a worker may hold it
        return
