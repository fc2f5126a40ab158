"""`make run`: start everything the assistant needs, say when it is ready and where, and leave nothing behind on Ctrl-C.

What ends by itself in the meantime is started again; the assistant answers without the action server.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TypeVar

from signpost.conversation.buttons import SECRET_NAME, secret
from signpost.desk.signature import SignatureFault, verify
from signpost.register.content import Content, read_content
from signpost.register.content_file import ContentFault, read_yaml
from signpost.twin.reviewed_topics import read_reviewed_topics
from signpost.twin.twin_words import read_twin_words
from signpost.understanding.courtesies import read_courtesies
from signpost.understanding.language_files import LanguageFault, read_languages
from signpost.understanding.normal_text import read_text_speak
from signpost.understanding.pattern_finder import load_finder
from signpost.understanding.patterns import PatternFault
from signpost.web_chat.chat_words import read_chat_words
from signpost.web_chat.launcher import Launcher
from signpost.web_chat.rate_limit import PROXIES_NAME, LimitFault, Proxies, limit_from

_PATIENCE_SECONDS = 120  # a slow machine's first start; the usual one takes 10 to 15
_GRACE_SECONDS = 5.0  # between asking a process to end and ending it
_UNPACKED = 2  # times the size of the model file, at most, when Rasa unpacks it
_MOST_ENDS = 4  # of processes by themselves within a minute; after more than that somebody has to look
_REGISTER = "helplines.yml, council.yml, facts.yml or card.yml"
# What the assistant reads of data/, by the file that a fault is in when it names none. The last two are read no further than their YAML:
# their readers bring all of Rasa along, for which every start would wait.
_READERS: tuple[tuple[str, Callable[[Path], object]], ...] = (
    (_REGISTER, read_content),
    ("embed.yml", lambda folder: Launcher(read_content(folder), folder)),
    ("page.yml", read_chat_words),
    ("twin.yml", read_twin_words),
    ("*/*.yml", read_reviewed_topics),
    ("safety/*.yml", load_finder),
    ("languages/*.yml", lambda folder: read_languages(folder / "languages")),
    ("text_speak.yml", lambda folder: read_text_speak(folder / "text_speak.yml")),
    ("courtesies.yml", lambda folder: read_courtesies(folder / "courtesies.yml")),
    ("places.yml", lambda folder: read_yaml(folder / "places.yml")),
    ("who_asks.yml", lambda folder: read_yaml(folder / "who_asks.yml")),
)
_Found = TypeVar("_Found")


class NotReady(Exception):
    """The start cannot go on. The message is one sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Kept:
    """How to start each process again: its name and its command, in the order of the processes, and the environment of all."""

    commands: tuple[tuple[str, list[str]], ...]
    environment: dict[str, str]


def main() -> int:
    """Run until Ctrl-C. Returns 0 after a clean stop, 1 when the start failed."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--host", default="127.0.0.1")
    ask.add_argument("--port", type=int, default=5005)
    ask.add_argument("--model", type=Path, default=Path("models/signpost.tar.gz"))
    args = ask.parse_args()
    ending = Ending()
    no_core_files()
    processes: list[subprocess.Popen[bytes]] = []
    try:
        check_before_start(args.model, args.host, args.port)
        kept = start(processes, args.host, args.port, args.model)
        ends: list[float] = []
        while not ending.asked:
            time.sleep(0.5)
            mend(processes, kept, args.model, ends)
        return 0
    except KeyboardInterrupt:
        return 0
    except NotReady as fault:
        print(fault, file=sys.stderr, flush=True)
        return 1
    finally:
        stop(processes)


def check_before_start(model: Path, host: str, port: int) -> None:
    """Raise NotReady, naming the file and the fault, when the assistant could not answer safely."""
    check_files(model)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise NotReady(f"Port {port} on {host} cannot be used ({fault.strerror}). Choose another: make run PORT=5006") from fault


def check_files(model: Path) -> None:
    """Raise NotReady, naming the file and the fault, when a file that the assistant needs is missing or wrong."""
    for name, reader in _READERS:
        _read(name, reader)
    for needed in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        if not Path(needed).is_file():
            raise NotReady(f"{needed} is missing. Restore it from the last release.")
    check_model_and_settings(model)
    check_disk(model)


def read_register() -> Content:
    """Return the register of data/ as it is now. Raises NotReady, naming the file and the fault."""
    return _read(_REGISTER, read_content)


def _read(name: str, reader: Callable[[Path], _Found]) -> _Found:
    try:
        return reader(Path("data"))
    except (ContentFault, PatternFault, LanguageFault) as fault:  # they name file, fault and mend
        raise NotReady(str(fault)) from fault
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as fault:  # a slip that its reader did not think of
        reason = " ".join(str(fault).split())
        raise NotReady(f"data/{name} cannot be read ({type(fault).__name__}: {reason}). Undo the last edit there.") from fault


def check_disk(model: Path) -> None:
    """Raise NotReady when there is no room to unpack the model: Rasa would start without it."""
    try:
        with tempfile.TemporaryFile() as room:
            os.posix_fallocate(room.fileno(), 0, _UNPACKED * model.stat().st_size)
    except OSError as fault:
        place = tempfile.tempdir or os.environ.get("TMPDIR", "/tmp")  # noqa: S108 - told, not used
        raise NotReady(f"The model cannot be unpacked in {place} ({fault.strerror}). Make room there, or set TMPDIR.") from fault


def check_model_and_settings(model: Path) -> None:
    """Raise NotReady when the model is not the one that was signed, or a setting in the environment is wrong."""
    try:
        verify(model)
        limit_from(os.environ)
        Proxies(os.environ.get(PROXIES_NAME, ""))
    except (SignatureFault, LimitFault) as fault:
        raise NotReady(str(fault)) from fault


def start(processes: list[subprocess.Popen[bytes]], host: str, port: int, model: Path) -> Kept:
    """Start the action server and the assistant into `processes`; return, when the assistant answers, how to start them again."""
    actions_port = free_port()
    commands = (
        ("action server", action_server_command(actions_port)),
        ("assistant", assistant_command(host, port, model, Path("endpoints.yml"))),
    )
    # The secret of this program: buttons and conversations on people's screens outlive an assistant that is started again.
    kept = Kept(commands, {**environment_of_processes(host, actions_port), SECRET_NAME: secret().decode()})
    began = time.monotonic()
    print("Starting: action server and assistant (loads the model, about 10 seconds) ...", flush=True)
    processes.extend(started(command, kept.environment) for _, command in commands)
    wait_until_ready(f"http://{host}:{port}/health/ready", processes)
    print(
        f"Ready after {time.monotonic() - began:.0f} s. The chat is at http://{host}:{port}/chat  (Ctrl-C stops it)",
        flush=True,
    )
    return kept


def mend(processes: list[subprocess.Popen[bytes]], kept: Kept, model: Path, ends: list[float]) -> None:
    """Start again, in its place in `processes`, whatever has ended by itself; `ends` holds when that happened lately.

    Raises NotReady when that happens again and again, or when the assistant's files would not let it start.
    """
    for place, (name, command) in enumerate(kept.commands):
        code = processes[place].poll()
        if code is None:
            continue
        now = time.monotonic()
        ends[:] = [*(then for then in ends if then > now - 60), now]
        if len(ends) > _MOST_ENDS:
            raise NotReady(f"The {name} ends again and again by itself (code {code}); the lines above say why.")
        if name == "assistant":
            check_files(model)
        print(f"The {name} has ended by itself (code {code}). Starting it again.", file=sys.stderr, flush=True)
        processes[place] = started(command, kept.environment)


def environment_of_processes(host: str, actions_port: int) -> dict[str, str]:
    """Return this program's environment with what Rasa, Sanic and TensorFlow must be told."""
    return {
        **os.environ,
        "ACTION_ENDPOINT_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": host,
        "LOG_LEVEL": "WARNING",  # Rasa's debug and info lines hold what people type: no setting turns them on
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": "1",  # one core answers one message; threads of one process only wait for each other
        "OPENBLAS_NUM_THREADS": "1",
    }


def action_server_command(port: int) -> list[str]:
    """Return the command of Rasa's action server."""
    return [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]


def assistant_command(host: str, port: int, model: Path, endpoints: Path) -> list[str]:
    """Return the command of one assistant process."""
    places = ["--interface", host, "--port", str(port), "--model", str(model)]
    return [sys.executable, "-m", "rasa", "run", *places, "--endpoints", str(endpoints), "--credentials", "credentials.yml"]


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End every process and its children, asking first."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    limit = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: subprocess.Popen[bytes], what: signal.Signals) -> None:
    try:
        os.killpg(process.pid, what)
    except ProcessLookupError:
        return


def started(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process. A session of its own: Ctrl-C reaches this program only, which then ends the others in order."""
    return subprocess.Popen(command, env=environment, start_new_session=True)


def wait_until_ready(address: str, processes: list[subprocess.Popen[bytes]]) -> None:
    """Return when `address` answers. Raises NotReady when a process ends first or none answers in time."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < limit:
        if any(process.poll() is not None for process in processes):
            raise NotReady("The assistant could not start; the lines above say why.")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - http on this machine
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise NotReady(f"The assistant did not answer within {_PATIENCE_SECONDS} s. Look at the lines above.")


def free_port() -> int:
    """Return a port of this machine that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Ending:
    """Ctrl-C or a signal to end. The first interrupts what runs now, and is remembered: code that is called back can lose an exception.

    Later ones change nothing, so that no impatient second Ctrl-C leaves a process behind.
    """

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if not self.asked:
            self.asked = True
            os.write(1, b"\nStopping.\n")  # print may be what was interrupted
            raise KeyboardInterrupt


def no_core_files() -> None:
    """Let no process that is started from here on write a core file: it would hold what people typed."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
