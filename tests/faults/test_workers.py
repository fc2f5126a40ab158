"""Several workers are one assistant: whatever ends, stalls or is replaced, every turn is answered with people to turn to."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from signpost.desk.run import free_port
from tests.conftest import Assistant
from tests.faults.workers import Machine, People, until

TALK = [
    "my daughter is talking to a man online",
    "she is 14",
    "is it free to call them",
    "do they tell anyone",
    "what is grooming",
    "blorp",
    "qqqq zz",
    "thanks",
]


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    running = Machine(free_port())
    try:
        yield running
    finally:
        running.stop()


def test_no_process_of_the_machine_may_leave_a_core_file(machine: Machine) -> None:
    for name in ("rasa run", "rasa_sdk", "redis-server", "nginx"):
        pids = machine.pids(name)
        assert pids, name
        for pid in pids:
            assert re.search(r"Max core file size\s+0\s+0\s", Path(f"/proc/{pid}/limits").read_text()), name


def test_a_conversation_that_moves_between_workers_is_the_same_conversation(machine: Machine) -> None:
    here, there = (Assistant(port) for port in machine.ports)
    stays = [here.say(words, "stays").messages for words in TALK]
    moves = [(here, there)[turn % 2].say(words, "moves").messages for turn, words in enumerate(TALK)]
    assert [[message.get("text") or message.get("custom") for message in turn] for turn in moves] == [
        [message.get("text") or message.get("custom") for message in turn] for turn in stays
    ]
    fresh = [here.say(words).messages for words in TALK]
    assert [turn[0]["text"] for turn in fresh] != [turn[0]["text"] for turn in stays], "these words show whether anything is remembered"


def test_redis_holds_no_words_no_ids_and_forgets(machine: Machine) -> None:
    machine.door.say("xylophone marmalade", "integrator-77")
    keys = list(machine.redis.scan_iter("*"))
    assert keys
    everything = b"\n".join([*keys, *(machine.redis.get(key) or b"" for key in keys)]).lower()
    for word in (b"xylophone", b"marmalade", b"integrator", b"robot", b"0800", b"moves"):
        assert word not in everything
    assert all(0 < machine.redis.ttl(key) <= 30 * 60 for key in keys if b":lock:" not in key)
    assert not any(machine.folder.rglob("*.rdb"))
    assert not any(machine.folder.rglob("*.aof"))


def test_workers_are_replaced_under_load_without_a_lost_turn(machine: Machine) -> None:
    before = set(machine.pids("rasa run"))
    with People(machine.door) as people:
        machine.process.send_signal(signal.SIGHUP)
        machine.line("All assistants are new")
    assert not people.bad[:3]
    assert people.turns > 50
    assert not before & set(machine.pids("rasa run"))


def test_a_worker_that_is_killed_costs_no_turn_and_comes_back(machine: Machine) -> None:
    first, *_ = machine.pids("rasa run")
    with People(machine.door) as people:
        until("some turns", lambda: people.turns > 10)
        os.kill(first, signal.SIGKILL)
        machine.line("has ended by itself")
        seen = people.turns
        until("turns after it", lambda: people.turns > seen + 20)
    assert not people.bad[:3]
    until("two assistants again", lambda: len(machine.pids("rasa run")) == 2 and first not in machine.pids("rasa run"))


def test_without_redis_every_turn_is_answered_in_time_and_memory_comes_back(machine: Machine) -> None:
    [redis] = machine.pids("redis-server")
    with People(machine.door, 2) as people:
        until("some turns", lambda: people.turns > 5)
        os.kill(redis, signal.SIGSTOP)
        try:
            seen = people.turns
            until("turns without it", lambda: people.turns > seen + 20)
        finally:
            os.kill(redis, signal.SIGCONT)
    assert not people.bad[:3]
    assert people.slowest < 3
    until("memory again", lambda: _remembers(machine))


def test_redis_and_the_action_server_that_are_killed_cost_no_turn_and_come_back(machine: Machine) -> None:
    killed = _helpers(machine)
    assert len(killed) == 2
    with People(machine.door, 2) as people:
        until("some turns", lambda: people.turns > 5)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        until("both again", lambda: len(set(_helpers(machine)) - set(killed)) == 2)
        seen = people.turns
        until("turns after it", lambda: people.turns > seen + 10)
    assert not people.bad[:3]
    assert people.slowest < 3
    until("memory again", lambda: _remembers(machine))


def _helpers(machine: Machine) -> list[int]:
    return [*machine.pids("redis-server"), *machine.pids("rasa_sdk")]


def _remembers(machine: Machine) -> bool:
    sender = f"memory-{time.monotonic()}"
    replies = [machine.door.say(words, sender).messages[0]["text"] for words in ("blorp", "zzgh wuuf")]
    return replies[0] != replies[1]


def test_when_no_worker_answers_the_door_still_shows_people(machine: Machine) -> None:
    workers = machine.pids("rasa run")
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    try:
        reply = machine.door.say("help")
        assert reply.routes
        assert reply.handoff["services"][0]["phone"] in reply.text
        status, page = machine.get("/chat")
        assert status == 200
        assert reply.handoff["services"][0]["phone"] in page
        assert json.dumps(page).count("tel:") >= 1
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
    until("answers again", lambda: machine.door.say("what is grooming").handoff["topic"] == "ask_what_is_grooming")
