"""A message that is sent twice is taken once; nothing is remembered for long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from signpost.web_chat.answered import Answered


class Turn:
    """Counts how often it was taken; says when it has begun, and waits for `let_go` when told to."""

    def __init__(self, let_go: asyncio.Event | None = None) -> None:
        self.taken, self._let_go, self.begun = 0, let_go, asyncio.Event()

    async def __call__(self) -> str:
        self.taken += 1
        self.begun.set()
        if self._let_go:
            await self._let_go.wait()
        return f"reply {self.taken}"


async def test_the_same_message_is_answered_alike_and_taken_once() -> None:
    answered, turn = Answered[str](), Turn()
    assert await answered.once("c", "t1", turn) == await answered.once("c", "t1", turn) == "reply 1"
    assert await answered.once("c", "t2", turn) == "reply 2"
    assert await answered.once("other", "t2", turn) == "reply 3"


async def test_a_form_without_a_token_is_always_a_new_message() -> None:
    answered, turn = Answered[str](), Turn()
    assert await answered.once("c", "", turn) == "reply 1"
    assert await answered.once("c", "", turn) == "reply 2"


async def test_a_lost_connection_does_not_end_the_turn() -> None:
    go = asyncio.Event()
    answered, turn = Answered[str](), Turn(go)
    first = asyncio.ensure_future(answered.once("c", "t", turn))
    await turn.begun.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    go.set()
    assert await answered.once("c", "t", turn) == "reply 1"


@pytest.mark.parametrize("forget", [lambda answered, clock: clock.append(121.0), lambda answered, clock: fill(answered)])
async def test_replies_are_forgotten_after_two_minutes_and_when_there_are_too_many(
    forget: Callable[[Answered[str], list[float]], Awaitable[None] | None],
) -> None:
    clock = [0.0]
    answered, turn = Answered[str](most=2, clock=lambda: clock[-1]), Turn()
    await answered.once("c", "t", turn)
    waiting = forget(answered, clock)
    if waiting:
        await waiting
    assert await answered.once("c", "t", turn) == "reply 2"


async def fill(answered: Answered[str]) -> None:
    for name in ("a", "b"):
        await answered.once(name, "t", Turn())


async def test_leaving_waits_for_the_turn_under_way_and_forgets() -> None:
    go = asyncio.Event()
    ended: list[str] = []
    answered, turn = Answered[str](), Turn(go)
    first = asyncio.ensure_future(answered.once("c", "t", turn))
    await turn.begun.wait()
    leaving = asyncio.ensure_future(answered.forget("c"))
    leaving.add_done_callback(lambda _: ended.append("leaving"))
    first.add_done_callback(lambda _: ended.append("turn"))
    go.set()
    await leaving
    await first
    assert ended == ["turn", "leaving"]
    assert await answered.once("c", "t", turn) == "reply 2"
