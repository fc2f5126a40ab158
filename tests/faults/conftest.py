"""An assistant started as carelessly as can be, everything that it writes caught, for the tests that do bad things to it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from signpost.conversation.buttons import SECRET_NAME
from signpost.desk.run import free_port, stop
from tests.conftest import MODEL, ROOT, Assistant
from tests.deadline import until

LIMIT = 60  # messages a minute for each address of the page


@dataclass(frozen=True)
class Watched:
    """The assistant, its action server, and the folder that everything they may write goes to."""

    assistant: Assistant
    actions_port: int
    folder: Path
    pids: tuple[int, ...]
    since: float

    def written(self) -> Iterator[tuple[Path, bytes]]:
        """Every file that was written since the start: output, logs, temporary files, the home folder, and in the project itself."""
        skipped = {".git", ".venv", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache"}
        for top in (self.folder, ROOT):
            for folder, folders, files in os.walk(top):
                folders[:] = [name for name in folders if name not in skipped]
                for name in files:
                    path = Path(folder, name)
                    if path.is_file() and (top == self.folder or path.stat().st_mtime >= self.since):
                        yield path, path.read_bytes()


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Rasa started by hand with every debug switch there is, a log file, and an answer writer that can be made to fail."""
    folder = tmp_path_factory.mktemp("watched")
    for name in ("tmp", "home", "counts"):
        (folder / name).mkdir()
    endpoints = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    real = "signpost.handoff.answer_writer.AnswerWriter"
    assert real in endpoints
    (folder / "endpoints.yml").write_text(endpoints.replace(real, "tests.faults.broken_writer.BrokenWriter"), encoding="utf-8")
    port, actions_port = free_port(), free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ACTION_ENDPOINT_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "LOG_LEVEL": "DEBUG",
        "LOG_LEVEL_LIBRARIES": "DEBUG",
        "PYTHONWARNINGS": "always",
        "PYTHONASYNCIODEBUG": "1",
        "TMPDIR": str(folder / "tmp"),
        "HOME": str(folder / "home"),
        "SIGNPOST_COUNTS": str(folder / "counts"),
        "SIGNPOST_LIMIT": str(LIMIT),
        "SIGNPOST_PROXIES": "127.0.0.1",
        SECRET_NAME: "of the tests",
    }
    places = ["--port", str(port), "--interface", "127.0.0.1", "--model", str(MODEL), "--credentials", "credentials.yml"]
    rasa = [sys.executable, "-m", "rasa", "run", "--debug", *places, "--endpoints", str(folder / "endpoints.yml")]
    actions = [sys.executable, "-m", "rasa_sdk", "--debug", "--actions", "actions", "--port", str(actions_port)]
    processes: list[subprocess.Popen[bytes]] = []
    since = time.time()
    with (folder / "assistant.out").open("wb") as said, (folder / "actions.out").open("wb") as acted:
        try:
            for command, output in (([*rasa, "--log-file", str(folder / "rasa.log")], said), (actions, acted)):
                # A session each, as `make run` does, so that stopping one takes its children along.
                process = subprocess.Popen(
                    command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
                )
                processes.append(process)
            assistant = Assistant(port)
            until("the assistant to answer", lambda: _answers(assistant), 120)
            yield Watched(assistant, actions_port, folder, tuple(process.pid for process in processes), since)
        finally:
            stop(processes)


def _answers(assistant: Assistant) -> bool:
    try:
        return assistant.post(b"{}")[0] == 400
    except OSError:
        return False
