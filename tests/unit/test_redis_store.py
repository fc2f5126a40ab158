"""The store for several workers, on a real Redis: remembers across processes, keeps no words, forgets, and never makes a person wait."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from rasa.shared.core.events import UserUttered
from rasa.utils.endpoints import EndpointConfig
from redis import Redis
from redis.exceptions import ConnectionError

from signpost.conversation.redis_connection import conversation_key, redis_at
from signpost.conversation.redis_locks import RedisLocks
from signpost.conversation.redis_store import RedisStore
from signpost.web_chat import turn
from tests.unit.test_forgetting_store import DOMAIN, conversation


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    folder = tmp_path_factory.mktemp("redis")
    socket = folder / "redis.sock"
    process = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)])
    limit = time.monotonic() + 20
    while not _answers(socket):
        assert time.monotonic() < limit, "Redis does not start"
    try:
        yield process.pid, f"unix://{socket}"
    finally:
        process.terminate()
        process.wait()


def _answers(socket: Path) -> bool:
    try:
        return bool(Redis(unix_socket_path=str(socket)).ping())
    except ConnectionError:
        return False


@pytest.fixture
async def store(server: tuple[int, str]) -> AsyncIterator[RedisStore]:
    redis_at.cache_clear()  # a connection belongs to the event loop of one test
    yield RedisStore(DOMAIN, host=server[1], idle_minutes=30)
    await redis_at(server[1]).client.close()


async def test_it_remembers_what_matters_and_no_word(store: RedisStore, server: tuple[int, str]) -> None:
    await store.save(conversation("a"))
    again = await RedisStore(DOMAIN, host=server[1]).retrieve("a")
    assert again is not None
    assert again.get_slot("area") == "elsewhere"
    assert again.get_slot("understood_audience") == "parent"
    assert any(isinstance(event, UserUttered) for event in again.events)
    plain = Redis.from_url(server[1])
    [key] = plain.keys("signpost:conversation:*")
    kept = plain.get(key)
    assert b"xylophone" not in kept
    assert b"marmalade" not in kept
    assert key == f"signpost:conversation:{conversation_key('a')}".encode()
    assert 0 < plain.ttl(key) <= 30 * 60


async def test_it_forgets_at_once_when_asked(store: RedisStore) -> None:
    await store.save(conversation("b"))
    assert len(list(await store.keys())) >= 1
    await store.delete("b")
    assert await store.retrieve("b") is None


@pytest.mark.parametrize("asked", ["op_restart", "op_exit"])
async def test_whoever_starts_again_or_leaves_is_forgotten_in_redis_too(store: RedisStore, server: tuple[int, str], asked: str) -> None:
    plain, tracker = Redis.from_url(server[1]), conversation(asked)
    await store.save(tracker)
    key = f"signpost:conversation:{conversation_key(asked)}"
    assert plain.exists(key)
    tracker.update(UserUttered("", {"name": asked, "confidence": 1.0}))
    await store.save(tracker)
    assert not plain.exists(key)
    assert await store.retrieve(asked) is None


async def test_a_silent_redis_costs_less_than_a_turn_may_take_and_raises_nothing(store: RedisStore, server: tuple[int, str]) -> None:
    connection, now = redis_at(server[1]), [0.0]
    connection._clock = lambda: now[0]
    assert 2 * connection.client.get_connection_kwargs()["socket_timeout"] < turn.SECONDS, "a question is asked twice at most"
    await store.save(conversation("c"))
    os.kill(server[0], signal.SIGSTOP)
    try:
        async with RedisLocks(EndpointConfig(server[1])).lock("c"):
            os.kill(server[0], signal.SIGCONT)  # well again: whoever asked it now would hear
            assert await store.retrieve("c") is None, "after one question without an answer no more are asked in that turn"
    finally:
        os.kill(server[0], signal.SIGCONT)
    now[0] = 60.0
    assert await store.retrieve("c") is not None


async def test_one_message_of_a_conversation_at_a_time(store: RedisStore, server: tuple[int, str]) -> None:
    locks, order, plain = RedisLocks(EndpointConfig(server[1])), [], Redis.from_url(server[1])
    plain.flushdb()

    async def say(name: str, conversation: str) -> None:
        async with locks.lock(conversation):
            order.append(name)

    async with locks.lock("d"):
        [key] = plain.keys("signpost:lock:*")
        assert plain.pttl(key) > 0, "a worker that dies does not hold a conversation for ever"
        second = asyncio.create_task(say("second", "d"))
        await say("another conversation", "e")
        order.append("first")
    await second
    assert order == ["another conversation", "first", "second"]
    assert not plain.keys("signpost:lock:*")


def test_an_address_that_is_none_stops_the_start() -> None:
    with pytest.raises(ValueError, match="scheme"):
        RedisStore(DOMAIN, host="localhost")


@pytest.mark.parametrize(
    "nonsense", [b"", b"\xff", b"not JSON", b"[]", b"7", b'{"slots": 3, "events": []}', b'{"slots": {}, "events": [{}]}']
)
async def test_what_another_release_left_there_begins_anew(store: RedisStore, server: tuple[int, str], nonsense: bytes) -> None:
    """Were a fault raised, Rasa would go over to its own store, which keeps what people typed."""
    await store.save(conversation("z"))
    client = Redis.from_url(server[1])
    client.set(f"signpost:conversation:{conversation_key('z')}", nonsense)
    assert await store.retrieve("z") is None
    await store.save(conversation("z"))
    assert await store.retrieve("z") is not None
