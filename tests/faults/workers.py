"""`make run WORKERS=2` as a test drives it: the processes, their ports, and people who write at the same time."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from redis import Redis

from tests.conftest import MODEL, ROOT, Assistant, Reply

_AS_IT_IS = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "actions", "signpost", ".keys")


def copy_of_the_project(folder: Path) -> None:
    """Put into the empty `folder` what `make run` needs, with a data/ and a deploy/ of its own, which a test may spoil."""
    for name in _AS_IT_IS:
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    for name in ("data", "deploy"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "models").mkdir()
    for path in (MODEL, MODEL.with_name(f"{MODEL.name}.sig")):
        shutil.copy(path, folder / "models")


class Running:
    """A program that starts processes, and the lines that it says."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
        )
        self.seen: list[str] = []
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.seen.append(line)
            self._lines.put(line)
        self._lines.put("")  # it has ended

    def line(self, part: str, seconds: float = 180) -> str:
        """Wait for a line of the program that holds `part`."""
        limit = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.01, limit - time.monotonic()))
            except Empty:
                line = ""
            assert line, f"no line with {part!r}; the last ones: {''.join(self.seen[-15:])}"
            if part in line:
                return line

    @contextmanager
    def spoilt(self, path: Path, content: bytes) -> Iterator[None]:
        """Put `content` into a file of the project for a while."""
        whole = path.read_bytes()
        path.write_bytes(content)
        try:
            yield
        finally:
            path.write_bytes(whole)

    def pids(self, name: str) -> list[int]:
        """Direct children whose command line holds `name`."""
        found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False)
        rows = found.stdout  # ps fails when there is no child
        return [int(row.split()[0]) for row in rows.splitlines() if name in row]


class Machine(Running):
    """One machine with two workers in a copy of the project, started with the command that operators use."""

    def __init__(self, port: int, project: Path) -> None:
        copy_of_the_project(project)
        self.project, self.door = project, Assistant(port)
        command = [sys.executable, "-m", "signpost.desk.run_workers", "--workers", "2", "--port", str(port)]
        super().__init__(command, project, {"SIGNPOST_LIMIT": "off"})
        self.ports = [int(port) for port in re.findall(r"\d{4,5}", self.line("assistants on ports").partition("ports")[2])]
        self.line("The chat is at")
        self.folder = Path(self._argument("nginx", r"-c (\S+)/nginx\.conf"))
        self.redis = Redis.from_url(f"unix://{self.folder}/redis/redis.sock")

    def _argument(self, name: str, pattern: str) -> str:
        found = re.search(pattern, Path(f"/proc/{self.pids(name)[0]}/cmdline").read_text().replace("\0", " "))
        assert found
        return found.group(1)

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"{self.door.url}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0
        assert not self.folder.exists(), "nothing is left behind"


@dataclass
class People:
    """People who write all the time; every reply that does not answer them is kept in `bad`: that of a late turn is the safe card."""

    door: Assistant
    count: int = 4
    bad: list[Any] = field(default_factory=list)
    turns: int = 0

    def __enter__(self) -> People:
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._write) for _ in range(self.count)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        sender = uuid.uuid4().hex
        while not self._end.wait(0.05):
            status, messages = self._post(sender)
            self.turns += 1
            if status != 200 or not Reply(messages).routes or Reply(messages).handoff["topic"] != "ask_what_is_grooming":
                self.bad.append((status, messages))

    def _post(self, sender: str) -> tuple[int, Any]:
        try:
            return self.door.post(json.dumps({"sender": sender, "message": "what is grooming"}).encode())
        except OSError as fault:
            return 0, repr(fault)
