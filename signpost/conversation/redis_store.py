"""The conversation store for several workers: what `ForgettingStore` keeps, in Redis, where every worker finds it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation.forgetting_store import asks_to_forget, recalled, remembered
from signpost.conversation.redis_connection import conversation_key, redis_at

logger = logging.getLogger(__name__)


class RedisStore(TrackerStore):
    """Keeps a conversation's last turns in Redis, without text and never longer than `idle_minutes` after the last one.

    Without Redis each message is answered as the first of its conversation. No fault is raised: Rasa would fall back to its own store in
    memory, which keeps what people typed.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        host: str = "redis://127.0.0.1:6379/0",
        idle_minutes: float = 30,
        prefix: str = "signpost:conversation:",
        **kwargs: Any,
    ) -> None:
        """`host` is the `url` in the endpoints file. Raises ValueError when it is no address of Redis."""
        super().__init__(domain, event_broker)
        self._redis, self._idle_seconds, self._prefix = redis_at(host), int(float(idle_minutes) * 60), prefix

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker's last turns; forget the conversation at once where the person asks for that."""
        if asks_to_forget(tracker):
            await self.delete(tracker.sender_id)
            return
        key, kept = self._prefix + conversation_key(tracker.sender_id), json.dumps(remembered(tracker))
        await self._redis.ask(lambda: self._redis.client.set(key, kept, ex=self._idle_seconds), None)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation, or None when it is not known, was forgotten, Redis does not answer, or holds nonsense."""
        key = self._prefix + conversation_key(sender_id)
        kept: Any = await self._redis.ask(lambda: self._redis.client.get(key), None)
        try:
            return recalled(json.loads(kept), sender_id, self.domain) if kept else None
        except (ValueError, LookupError, TypeError, AttributeError) as fault:  # written by another release, or by nobody of ours
            logger.warning("A conversation in Redis cannot be read (%s); it begins anew.", type(fault).__name__)
            return None

    async def delete(self, sender_id: str) -> None:
        """Forget a conversation at once."""
        key = self._prefix + conversation_key(sender_id)
        await self._redis.ask(lambda: self._redis.client.delete(key), None)

    async def keys(self) -> Iterable[str]:
        """Keys of the conversations held. Ids cannot be had back from them."""
        return await self._redis.ask(self._all_keys, [])

    async def _all_keys(self) -> list[str]:
        return [key.decode() async for key in self._redis.client.scan_iter(f"{self._prefix}*")]
