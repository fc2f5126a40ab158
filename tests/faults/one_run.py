"""`make run` in a copy of the project, whose files and clock a test may spoil while it runs."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path

from signpost.conversation.buttons import SECRET_NAME, button_id, secret
from signpost.desk.run import free_port
from signpost.register.content import read_content
from tests.conftest import MODEL, ROOT, Assistant, Reply
from tests.deadline import until
from tests.faults.workers import Running, copy_of_the_project

LONGEST = 3.0  # seconds that nothing may hang over
_CARD = read_content(ROOT / "data").card.words
_FULL = 0  # bytes that a process may write to a file


class OneRun(Running):
    """The action server and one assistant."""

    def __init__(self, folder: Path) -> None:
        copy_of_the_project(folder)
        self.folder, self.model, self.register = folder, folder / "models" / MODEL.name, folder / "data" / "helplines.yml"
        self.door = Assistant(free_port())
        self._clock = folder / "clock"
        self.clock("+0")
        super().__init__(
            _command(self.door.port),
            folder,
            {"SIGNPOST_LIMIT": "off", "SIGNPOST_COUNTS": str(folder / "counts"), SECRET_NAME: secret().decode(), **self._faked()},
        )
        self.line("The chat is at")

    def clock(self, time_of_day: str) -> None:
        """Set the wall clock of the processes, within a second: '+0' for the true time, '@2027-06-30 03:00:00' for another."""
        self._clock.write_text(f"{time_of_day}\n", encoding="ascii")

    def _faked(self) -> dict[str, str]:
        library = next(iter(glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
        assert library, "These tests move the clock of a process with libfaketime: apt-get install faketime"
        return {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # as on a real machine, where only the wall clock jumps
            "TZ": "UTC",
        }

    def pid(self, name: str) -> int:
        """The one child whose command line holds `name`."""
        [found] = self.pids(name)
        return found

    def comes_back(self, name: str, old: int) -> None:
        """Return when another process runs in the place of the child `old`."""
        until(f"another {name}", lambda: bool(self.pids(name)) and self.pids(name) != [old])

    def health(self, what: str) -> int:
        """The status of `/health/live` or `/health/ready`; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.door.url}/health/{what}", timeout=LONGEST) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return 0

    def answers_everything(self) -> None:
        """Assert that turns of all kinds carry people to turn to, in time, on both doors, and that the health tells the same."""
        subjects = {"what is grooming": "ask_what_is_grooming", button_id("op_restart"): "op_restart"}
        sender = f"person {time.monotonic()}"
        for words in (*subjects, "he wants more pictures or he will send them round", "blorp", ""):
            reply = self.in_time(words, sender)
            assert reply.routes
            assert reply.handoff["services"][0]["phone"] in reply.text
            assert reply.handoff["topic"] == subjects.get(words, reply.handoff["topic"])
        body = urllib.parse.urlencode({"message": "what is grooming"}).encode()
        with urllib.request.urlopen(f"{self.door.url}/chat", body, timeout=LONGEST) as page:
            assert 'href="tel:' in page.read().decode()
        assert (self.health("live"), self.health("ready")) == (200, 200)

    def in_time(self, words: str, sender: str) -> Reply:
        """Say `words`; assert that the assistant answers: when it hangs or fails, the guard lets the safe card out instead."""
        reply = self.door.say(words, sender)
        assert not reply.text.startswith((_CARD["safe_text"], _CARD["safe_text_slow"]))
        return reply

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let no process write a byte into any file for a while."""
        pids = [self.process.pid, self.pid("rasa run"), self.pid("rasa_sdk")]
        before = [resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids]
        try:
            for pid, (_, hard) in zip(pids, before, strict=True):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (_FULL, hard))
            yield
        finally:
            for pid, limits in zip(pids, before, strict=True):
                if pid not in (self.process.pid, *self.pids("rasa")):  # ended in the meantime
                    continue
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    def refusal(self, *, full_disk: bool = False) -> str:
        """Start it once more; assert that the start refuses in one line, and return that."""
        command = _command(free_port())
        if full_disk:
            command = ["prlimit", f"--fsize={_FULL}", *command]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONWARNINGS": "ignore"}
        )
        assert done.returncode == 1
        [line] = done.stderr.splitlines()
        return line

    def stop(self) -> None:
        """End it as Ctrl-C does; assert that no process is left."""
        if self.process.poll() is not None:
            return
        children = [*self.pids("rasa run"), *self.pids("rasa_sdk")]
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0
        assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]


def _command(port: int) -> list[str]:
    return [sys.executable, "-m", "signpost.desk.run", "--port", str(port)]
