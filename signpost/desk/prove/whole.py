"""The whole assistant, message by message: that the machine says what it says, and that the guard stands in front of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from signpost.conversation.buttons import button_id
from signpost.desk.prove.machine import Heard, Machine, State
from signpost.desk.prove.subject import Subject
from signpost.desk.prove.tally import Tally
from signpost.desk.prove.trained import TrainedPolicies
from signpost.handoff.answer_writer import TALK_TO_A_PERSON
from signpost.handoff.answers import UTTER
from signpost.understanding.understood import UNSURE
from signpost.web_chat.turn import Turns, WholeReplies

UNFAITHFUL = "turns in which machine and assistant differ"
OTHER_ACTION = "predictions in which table and policies differ"
LET_THROUGH = "faulty replies that the guard let through"

_CONVERSATION = 6  # turns: two more than the store remembers
_TYPED = "xylophone marmalade"

Assistant = Callable[[UserMessage], Awaitable[Any]]


async def _says_nothing(_: UserMessage) -> None:
    return None


async def _fails(_: UserMessage) -> None:
    raise RuntimeError(_TYPED)


async def _hangs(_: UserMessage) -> None:
    await asyncio.Event().wait()


async def _echoes(message: UserMessage) -> None:
    if message.output_channel is not None:
        await message.output_channel.send_text_message(message.sender_id, str(message.text))


def _sends(reply: dict[str, Any]) -> Assistant:
    async def assistant(message: UserMessage) -> None:
        if message.output_channel is not None:
            await message.output_channel.send_response(message.sender_id, dict(reply))

    return assistant


def _faulty(good: dict[str, Any]) -> dict[str, Assistant]:
    """Assistants that go wrong, each in its way, made from one good reply."""
    answer, _, card = good["text"].partition("\n")
    handoff = good["custom"]["handoff"]
    lines = handoff["services"]
    return {
        "nothing": _says_nothing,
        "exception": _fails,
        "too late": _hangs,
        "typed words": _echoes,
        "no card": _sends({key: part for key, part in good.items() if key != "custom"}),
        "no services": _sends({**good, "custom": {"handoff": {**handoff, "services": []}}}),
        "another sentence": _sends({**good, "text": f"{_TYPED}\n{card}"}),
        "another number": _sends({**good, "text": f"{answer}\n{card.replace('1', '2')}"}),
        "another address": _sends({**good, "custom": {"handoff": {**handoff, "services": [{**lines[0], "web": "https://example.org"}]}}}),
        "typed words in the card": _sends({**good, "custom": {"handoff": {**handoff, "topic": _TYPED}}}),
        "a free button": _sends({**good, "buttons": [{"title": _TYPED, "payload": good["buttons"][0]["payload"]}]}),
    }


async def guard_stands(subject: Subject) -> Tally:
    """Put faulty assistants in front of the guard; each must be answered with the safe card."""
    tally, turns = Tally(), Turns(subject.content, "rest")
    messages, _, _ = Machine(subject).take(State(), Heard(TALK_TO_A_PERSON))
    good = {key: part for message in messages for key, part in message.items()}
    safe = {subject.content.card.words[name] for name in ("safe_text", "safe_text_slow")}
    for name, assistant in _faulty(good).items():
        left = await turns.take(assistant, subject.domain, "proof", _TYPED)
        words = str(left[0].get("text", "")).partition("\n")[0] if left else ""
        fine = words in safe and len(left) == 2 and left[1]["custom"]["handoff"]["services"] and _TYPED not in str(left)
        tally.add([] if fine else [LET_THROUGH], name)
    return tally


def policies_agree(policies: TrainedPolicies, intents: tuple[str, ...], until: float, seed: int) -> Tally:
    """Ask the real policies about random triples and compare with the table, until the time is over."""
    tally, dice = Tally(), random.Random(f"policies {seed}")  # noqa: S311 - a sample that can be drawn again
    while time.monotonic() < until:
        first, second, third = dice.choices(intents, k=3)
        same = policies.confirm((first, second), third) == policies((first, second), third)
        tally.add([] if same else [OTHER_ACTION], (first, second, third))
    return tally


async def machine_agrees(agent: Agent, subject: Subject, until: float, seed: int, least: int = 0) -> Tally:
    """Hold random conversations with the whole assistant, by its buttons, and compare each reply with the machine's."""
    tally, dice, machine = Tally(), random.Random(f"whole {seed}"), Machine(subject)  # noqa: S311 - can be drawn again
    intents = [intent for intent in subject.intents if intent not in UNSURE.values() and _speaks_only(subject, intent)]
    while tally.turns < least or time.monotonic() < until:
        state = State()
        path: tuple[str, ...] = ()
        for _ in range(_CONVERSATION):
            heard = Heard(dice.choice(intents))
            path = (*path, heard.intent)
            said = WholeReplies()  # without the time limit: a busy machine is no difference
            await agent.handle_message(UserMessage(button_id(heard.intent), said, f"proof {seed} {tally.turns // _CONVERSATION}"))
            expected, _, state = machine.take(state, heard)
            same = _whole(said.messages) == _whole(expected) and subject.guard.fault(said.messages) is None
            tally.add([] if same else [UNFAITHFUL], path)
    return tally


def _speaks_only(subject: Subject, intent: str) -> bool:
    """Whether no custom action stands among the intent's actions: there is no action server here."""
    return all(action.startswith(UTTER) for action in subject.policies((), intent))


def _whole(messages: list[dict[str, Any]]) -> tuple[str, list[Any], list[Any]]:
    """Words, buttons and cards of a turn, however they are spread over messages."""
    text = "\n".join(message["text"] for message in messages if message.get("text"))
    buttons = [button for message in messages for button in message.get("buttons") or []]
    return text, buttons, [message["custom"] for message in messages if message.get("custom")]
