"""Several workers are one assistant: whatever ends, stalls or is replaced, every turn is answered with people to turn to."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from signpost.desk.run import free_port, read_register
from signpost.desk.run_workers import StandIn
from tests.conftest import ROOT, Assistant
from tests.deadline import until
from tests.faults.workers import Machine, People

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


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[StandIn, Path, list[float]]:
    """The page that stands in, written once from a copy of the content; its folder; and its clock."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    (folder := tmp_path / "signpost").mkdir()
    clock = [0.0]
    page = StandIn(folder, lambda: clock[0])
    page.write(read_register())
    clock[0] = 61.0
    return page, folder / "unavailable.html", clock


def _card_without_a_word() -> bytes:
    card = yaml.safe_load((ROOT / "data" / "card.yml").read_text(encoding="utf-8"))
    del card["words"]["safe_text"]
    return yaml.safe_dump(card).encode()


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("helplines.yml", b"services: [", "helplines.yml"),
        ("facts.yml", b"facts: {a: {says: [b], source: c, checked: d, review_by: e, status: f}}", "facts.yml"),
        ("card.yml", _card_without_a_word(), "safe_text"),
    ],
    ids=["no YAML", "no fact", "a word that is gone"],
)
def test_a_slip_in_a_file_is_told_every_minute_and_the_page_that_stands_in_is_true_all_the_same(
    stand_in: tuple[StandIn, Path, list[float]], capsys: pytest.CaptureFixture[str], file: str, content: bytes, said: str
) -> None:
    page, written, clock = stand_in
    Path("data", file).write_bytes(content)
    for minute in (1, 2):
        clock[0] = 61.0 * minute
        written.unlink()
        page.refresh()
        page.refresh()
        assert 'href="tel:08001111"' in written.read_text(encoding="utf-8")
        [told] = capsys.readouterr().err.splitlines()
        assert said in told
        assert "goes on" in told


def test_a_disk_that_takes_no_file_leaves_the_page_that_stands_in(
    stand_in: tuple[StandIn, Path, list[float]], capsys: pytest.CaptureFixture[str]
) -> None:
    page, written, _ = stand_in
    before = written.read_bytes()
    written.with_name("unavailable.html.new").mkdir()
    page.refresh()
    assert "unavailable.html.new" in capsys.readouterr().err
    assert written.read_bytes() == before


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    running = Machine(free_port(), tmp_path_factory.mktemp("project"))
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


@pytest.mark.parametrize("file", ["helplines.yml", "topics/ask_what_is_grooming.yml"])
def test_a_slip_in_a_file_is_told_in_place_of_new_workers_and_whoever_runs_goes_on(machine: Machine, file: str) -> None:
    with _same_processes(machine):
        assert f"data/{file}" in _not_replaced(machine, machine.project / "data" / file, b"services: [")


def test_a_new_worker_that_cannot_start_is_given_up_and_the_old_ones_go_on(machine: Machine) -> None:
    endpoints = machine.project / "deploy" / "endpoints.yml"
    writer = b"signpost.handoff.answer_writer.AnswerWriter"
    assert writer in endpoints.read_bytes()
    with _same_processes(machine):
        told = _not_replaced(machine, endpoints, endpoints.read_bytes().replace(writer, b"signpost.nowhere.Nobody"))
        assert "could not start" in told


def test_a_new_worker_that_nginx_cannot_be_told_of_is_ended_and_the_old_ones_go_on(machine: Machine) -> None:
    listed = machine.folder / "signpost" / "workers.conf"
    content = listed.read_bytes()
    with _same_processes(machine):
        listed.unlink()
        listed.mkdir()
        try:
            machine.process.send_signal(signal.SIGHUP)
            assert "workers.conf" in machine.line("Not replaced")
        finally:
            listed.rmdir()
            listed.write_bytes(content)


@contextmanager
def _same_processes(machine: Machine) -> Iterator[None]:
    """Assert that people who write meanwhile lose no turn, and that no process was added, ended or left to be started again."""
    before, seen = machine.pids(""), len(machine.seen)
    with People(machine.door) as people:
        yield
    assert not people.bad[:3]
    assert machine.pids("") == before
    _not_replaced(machine, machine.project / "data" / "helplines.yml", b"services: [")  # before it tells this, it has looked after all
    assert not [line for line in machine.seen[seen:] if "ended by itself" in line]
    assert machine.pids("") == before
    assert {Assistant(port).say("what is grooming").handoff["topic"] for port in machine.ports} == {"ask_what_is_grooming"}


def _not_replaced(machine: Machine, path: Path, content: bytes) -> str:
    """Ask for new workers while `content` stands in the file at `path`; return what is told of it."""
    with machine.spoilt(path, content):
        machine.process.send_signal(signal.SIGHUP)
        return machine.line("Not replaced")


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
